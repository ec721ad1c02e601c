"""The table on stdout and the same as JSON."""

import json
import os
import platform
import time

from goals import GOALS


def number(value):
    """As many digits as say something."""
    if value is None:
        return "-"
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


class Report:
    def __init__(self):
        self.rows = []
        self.broken = {}  # family → why it could not be measured to its end
        self.started = time.time()
        self.load_before = os.getloadavg()[0]

    def add(self, name, value, detail=""):
        """One figure: printed as it comes, for the whole takes minutes."""
        goal = GOALS[name]
        holds = goal.holds(value, goal.gate)
        row = {
            "name": name, "what": goal.what, "value": value, "unit": goal.unit, "gate": goal.gate,
            "target": goal.target, "at_least": goal.at_least, "stable": goal.stable, "holds": holds,
            "reaches_target": goal.holds(value, goal.target), "detail": detail,
        }  # fmt: skip
        self.rows.append(row)
        print(self.line(row), flush=True)

    def skip(self, name, reason):
        goal = GOALS[name]
        self.rows.append({"name": name, "what": goal.what, "value": None, "detail": reason})
        print(f"{goal.what:<46} {'skipped':>18}{'':28}  {reason}", flush=True)

    @staticmethod
    def header():
        title = f"{'what':<46} {'measured':>18} {'gate':>9} {'target':>9} {'':>7}  how"
        print(title + "\n" + "-" * len(title), flush=True)

    @staticmethod
    def line(row):
        sign = "≥ " if row["at_least"] else "≤ "
        gate = "" if row["gate"] is None else sign + number(row["gate"])
        target = "" if row["target"] is None else sign + number(row["target"])
        verdict = "" if row["gate"] is None else "ok" if row["holds"] else "MISSED"
        measured = f"{number(row['value'])} {row['unit']}".rstrip()
        return (
            f"{row['what']:<46} {measured:>18} {gate:>9} {target:>9} {verdict:>7}  {row['detail']}"
        )

    def missed(self):
        return [row for row in self.rows if row["value"] is not None and not row["holds"]]

    def write(self, path, short):
        document = {
            "short": short,
            "started_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.started)),
            "seconds": round(time.time() - self.started),
            "machine": {
                "cpus": os.cpu_count(), "kernel": platform.release(),
                "load_before": round(self.load_before, 2),
                "load_after": round(os.getloadavg()[0], 2),
            },
            "rows": self.rows,
            "broken": self.broken,
        }  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1) + "\n")
