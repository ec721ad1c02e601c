"""Real runs: how soon sumo starts, and what is spent around it."""

import json
import os
import statistics
import time
from datetime import datetime

from processes import SCENARIOS, cpu_seconds, wait_until
from signalbox import Server

STARTS = 15
COSTED = 20
RUNS = 100


def archive(name):
    return (SCENARIOS / f"{name}.zip").read_bytes()


def sumo_started_at(server, job):
    """When the worker of the job had started sumo; None before."""
    path = server.data / "runs" / f"{job}-1" / "worker.log"
    if not path.exists():
        return None
    for line in path.read_text().splitlines():
        if '"sumo started"' in line:
            said = json.loads(line)
            return datetime.fromisoformat(said["time"]).timestamp()
    return None


def measure_latency(report, server, tenant):
    content, milliseconds = archive("marathon"), []
    for _ in range(STARTS):
        submitted = time.time()
        job = tenant.submit(content)
        started = wait_until(lambda: sumo_started_at(server, job), 60, "sumo", pause=0.02)
        milliseconds.append((started - submitted) * 1000)
        tenant.call("POST", f"/jobs/{job}/cancel")
        tenant.wait(job)
    milliseconds = sorted(milliseconds[1:])  # the first worker gets to know the simulators
    report.add(
        "start_latency", statistics.median(milliseconds),
        f"{len(milliseconds)} submissions, {milliseconds[0]:.0f}-{milliseconds[-1]:.0f} ms;"
        " from the request to posix_spawn's return",
    )  # fmt: skip


def cpu_of_sumo(tenant, jobs):
    finished = [tenant.wait(job) for job in jobs]
    for job in finished:
        if job["status"] != "SUCCEEDED":
            raise RuntimeError(f"a run did not succeed: {job}")
    return sum(job["kpis"]["cost"]["cpuSeconds"] for job in finished)


def measure_cost(report, server, tenant):
    content = archive("square")
    before = cpu_seconds(server.pid, with_reaped=True)
    sumo = sum(cpu_of_sumo(tenant, [tenant.submit(content)]) for _ in range(COSTED))
    everything = cpu_seconds(server.pid, with_reaped=True) - before
    report.add(
        "run_cost", (everything - sumo) / COSTED * 1000,
        f"server and worker, {COSTED} runs; sumo itself {sumo / COSTED * 1000:.0f} ms",
    )  # fmt: skip


def measure_share(report, server, tenant):
    content, cores = archive("grid"), os.cpu_count()
    before, started = cpu_seconds(server.pid, with_reaped=True), time.monotonic()
    sumo = cpu_of_sumo(tenant, [tenant.submit(content) for _ in range(RUNS)])
    seconds = time.monotonic() - started
    ours = cpu_seconds(server.pid, with_reaped=True) - before - sumo
    report.add(
        "run_share", sumo / seconds / cores * 100,
        f"{seconds:.1f} s; CPU: sumo {sumo:.1f} s, we {ours:.1f} s (sumo has"
        f" {sumo / (sumo + ours) * 100:.1f} % of the two)",
    )  # fmt: skip


def measure(stage, report, short):
    if short:
        return
    server = Server(stage, "runs")
    _, tenant = server.tenant("bench")
    measure_latency(report, server, tenant)
    measure_cost(report, server, tenant)
    measure_share(report, server, tenant)
    server.stop()
