"""Runs scenarios with every SUMO on this machine and prints what came out, for the README."""

import os
import re
import resource
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"marathon"}  # takes minutes and is stopped by whoever uses it


def simulators():
    """version → (binary, SUMO_HOME)"""
    homes = [Path(h) for h in os.environ.get("SIGNALBOX_SUMO_HOMES", "").split(":") if h]
    homes += ROOT.glob(".cache/sumo/*/lib/python3*/*/sumo")
    found = [(home / "bin" / "sumo", home) for home in homes if (home / "bin" / "sumo").exists()]
    system = shutil.which("sumo")
    if system:
        found.append((Path(system), Path("/usr/share/sumo")))
    by_version = {}
    for binary, home in found:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
        version = re.search(r"(\d+\.\d+\.\d+)", answer.stdout).group(1)
        by_version.setdefault(version, (binary, home))
    return dict(sorted(by_version.items()))


def run(archive, binary, home):
    """One run of the archive's first configuration: its figures and what it complained about."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as files:
            files.extractall(folder)
        configs = sorted(Path(folder).glob("*.sumocfg"))
        if not configs:
            return {"complaint": "no configuration"}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [binary, "-c", configs[0], "--no-step-log", "--statistic-output", "stats.xml"],
            cwd=folder,
            env={"SUMO_HOME": str(home), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures = {
            "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "exit": done.returncode,
            "complaint": "; ".join(done.stderr.replace(folder + "/", "").split("\n")).strip("; "),
        }
        ended = re.search(r"Simulation ended at time: (\d+(?:\.\d+)?)", done.stdout)
        figures["end"] = float(ended.group(1)) if ended else None
        stats = Path(folder, "stats.xml")
        if done.returncode == 0 and stats.exists():
            figures |= read_statistics(stats)
        return figures


def read_statistics(path):
    root = ElementTree.parse(path).getroot()
    vehicles, trips = root.find("vehicles"), root.find("vehicleTripStatistics")
    return {
        "inserted": int(vehicles.get("inserted")),
        "running": int(vehicles.get("running")),
        "waiting": int(vehicles.get("waiting")),
        "teleports": int(root.find("teleports").get("total")),
        "speed": float(trips.get("speed")),
        "loss": float(trips.get("timeLoss")),
    }


def print_table(folder, names):
    columns = ["inserted", "left at end", "end s", "teleports", "speed m/s", "loss s", "CPU s"]
    print(f"\n| scenario | SUMO | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 2)}")
    for name in names:
        if name in SKIPPED:
            continue
        for version, (binary, home) in simulators().items():
            got = run(folder / f"{name}.zip", binary, home)
            if "inserted" in got:
                left = got["running"] + got["waiting"]
                cells = [got["inserted"], left, f"{got['end']:.0f}", got["teleports"]]
                cells += [f"{got['speed']:.2f}", f"{got['loss']:.2f}", f"{got['cpu']:.1f}"]
                print(f"| `{name}` | {version} | " + " | ".join(map(str, cells)) + " |")
            else:
                print(f"| `{name}` | {version} | exit {got.get('exit', '-')} |" + " |" * 6)
            if got["complaint"]:
                print(f"  {got['complaint'][:1500]}")
