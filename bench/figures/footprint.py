"""What a server takes that has nothing to do: memory, and time to its first answer."""

import statistics
import time

from signalbox import Server

ROUNDS = 5


def measure(stage, report, short):
    seconds, megabytes = [], []
    for number in range(ROUNDS):
        # From the second on with a database that is there: as after a restart.
        data = stage.path / "footprint" / "data" if number else None
        server = Server(stage, "footprint", data=data)
        seconds.append(server.start_seconds)
        time.sleep(1)
        megabytes.append(server.memory_mb())
        server.stop()
    report.add("idle_memory", statistics.median(megabytes), "VmRSS, a second after its start")
    if not short:
        worst = f"from exec to the answer of /health; worst {max(seconds):.3f} s"
        report.add("start", statistics.median(seconds), worst)
