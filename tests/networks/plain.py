"""Road networks described in a few lines and built by SUMO's own netconvert or netgenerate.

A Plan holds nodes and edges as SUMO's "plain XML" knows them; build_plan() and build_generated()
turn it into the text of a .net.xml without its header comment, which holds a time stamp.
"""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

KMH = 1 / 3.6


def element(tag, attributes, children=(), indent="    "):
    """One XML element; children are texts made by this function."""
    text = "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())
    if not children:
        return f"<{tag}{text}/>"
    inner = "".join(f"\n{indent}" + child.replace("\n", "\n" + indent) for child in children)
    return f"<{tag}{text}>{inner}\n</{tag}>"


def document(root, children, attributes=None):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element(root, attributes or {}, children)}\n'


@dataclass
class Plan:
    """Nodes and edges; a road is a pair of edges `a-b` and `b-a`."""

    nodes: dict = field(default_factory=dict)
    edges: dict = field(default_factory=dict)

    def node(self, name, x, y, kind="priority", **more):
        self.nodes[name] = {"id": name, "x": f"{x:.1f}", "y": f"{y:.1f}", "type": kind, **more}

    def edge(self, start, end, lanes=1, speed=50 * KMH, priority=3, name=None, **more):
        name = name or f"{start}-{end}"
        self.edges[name] = {
            "id": name,
            "from": start,
            "to": end,
            "numLanes": lanes,
            "speed": f"{speed:.2f}",
            "priority": priority,
            **more,
        }

    def road(self, a, b, **more):
        self.edge(a, b, **more)
        self.edge(b, a, **more)

    def degree(self, node):
        neighbours = {e["to"] for e in self.edges.values() if e["from"] == node}
        return len(neighbours | {e["from"] for e in self.edges.values() if e["to"] == node})


class Builder:
    """Runs the network tools of one SUMO installation."""

    def __init__(self, sumo_home):
        self.home = Path(sumo_home)

    def build_plan(self, plan, *options, roundabouts=()):
        with tempfile.TemporaryDirectory() as folder:
            nodes, edges = Path(folder, "n.nod.xml"), Path(folder, "e.edg.xml")
            nodes.write_text(document("nodes", [element("node", n) for n in plan.nodes.values()]))
            ring = [element("roundabout", r) for r in roundabouts]
            edges.write_text(
                document("edges", [element("edge", e) for e in plan.edges.values()] + ring)
            )
            arguments = ["--node-files", nodes, "--edge-files", edges]
            arguments += ["--offset.disable-normalization", "true"]
            return self._run("netconvert", folder, [*arguments, *options])

    def build_generated(self, *options):
        with tempfile.TemporaryDirectory() as folder:
            return self._run("netgenerate", folder, list(options))

    def _run(self, tool, folder, options):
        net = Path(folder, "out.net.xml")
        common = ["--no-turnarounds", "true", "--precision", "2", "-o", net]
        done = subprocess.run(
            [self.home / "bin" / tool, *options, *common],
            env={**os.environ, "SUMO_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"make-scenarios: {tool} failed: {done.stderr.strip()[-500:]}")
        return re.sub(r"<!--.*?-->\s*", "", net.read_text(), count=1, flags=re.S)
