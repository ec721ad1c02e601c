"""Load by wrk: as fast as the server answers, over a number of connections, for a time."""

import json
import subprocess
from dataclasses import dataclass

from processes import ROOT

SCRIPTS = ROOT / "bench" / "load"


@dataclass(frozen=True)
class Load:
    requests: int
    seconds: float
    errors: int  # wrong status, or none
    p50_ms: float
    p99_ms: float

    @property
    def rate(self):
        return self.requests / self.seconds


def run(stage, script, url, *arguments, headers=None, connections=32, seconds=3):
    """One run of bench/load/SCRIPT with its own arguments."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    command += ["-s", SCRIPTS / script, url, "--", *arguments]
    process = stage.start(command, log=stage.path / "wrk.log", stdout=subprocess.PIPE, cwd=SCRIPTS)
    output = process.communicate(timeout=seconds + 60)[0].decode()
    for line in output.splitlines():
        if line.startswith("{"):
            return Load(**json.loads(line))
    raise RuntimeError(f"wrk said nothing of use: {output[-500:]}")


def get(stage, url, paths, **options):
    """GET of these paths, one after the other."""
    listed = stage.path / "paths.txt"
    listed.write_text("\n".join(paths) + "\n")
    return run(stage, "get.lua", url, listed, **options)
