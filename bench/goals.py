"""What Signalbox promises about its speed and size: one line per figure, a gate and a target.

The gate must hold; the target is where the figure should go. `stable` figures hardly depend on what
else the machine does (ratios of CPU time in one run, instruction counts, memory): the short form
measures these alone. A figure without a gate is shown for comparison.
"""

from dataclasses import dataclass

# Instructions per authenticated GET that were last accepted: 10 % more fails, whatever the goal.
ACCEPTED_INSTRUCTIONS = 32_100
MOST_INSTRUCTIONS = min(35_000, round(ACCEPTED_INSTRUCTIONS * 1.1))


@dataclass(frozen=True)
class Goal:
    what: str
    unit: str
    gate: float | None = None
    target: float | None = None
    at_least: bool = False
    stable: bool = False

    def holds(self, value, limit):
        return limit is None or (value >= limit if self.at_least else value <= limit)


GOALS = {
    # requests.py
    "get_cpu": Goal(
        "authenticated GET, CPU per request", "x nginx", 0.60, 0.75, at_least=True, stable=True
    ),
    "get_instructions": Goal(
        "authenticated GET, instructions", "", MOST_INSTRUCTIONS, stable=True
    ),
    "get_wall": Goal("authenticated GET, wall", "x FastAPI", 4, 5, at_least=True),
    "job_rate": Goal("GET /jobs/{id}, 32 connections", "/s", 16_800, at_least=True),
    "job_p99": Goal("GET /jobs/{id}, 32 connections, p99", "ms", 5),
    "job_errors": Goal("GET /jobs/{id}, errors", "", 0),
    # submissions.py
    "submit_ratio": Goal("durable submit, SQLite FULL", "x inserts", 4, 8, at_least=True),
    "submit_ratio_quick": Goal(
        "durable submit, a sync takes less than 1 ms", "x inserts", at_least=True
    ),
    "submit_rate": Goal("durable submit, one scenario", "/s", 1_300, at_least=True),
    "submit_distinct": Goal("durable submit, each another scenario", "/s", at_least=True),
    # records.py
    "page": Goal("50 of 1,000,000 jobs, worst filter", "x of 1,000", 1.5, 1.2),
    "admin_page": Goal("the same of all tenants, for admins", "x of 1,000", 1.5, 1.2),
    "queue_memory": Goal("server with 100,000 queued jobs", "MB", 150, 80, stable=True),
    "queue_start": Goal("start with 100,000 queued jobs", "s", 2),
    "queue_claims": Goal(
        "claims, 100,000 queued jobs", "x of 1,000", 0.9, 1.0, at_least=True
    ),
    "pending_claims": Goal("claims, 100,000 admitted jobs", "x of 1,000", at_least=True),
    # runs.py
    "start_latency": Goal("submit to sumo started, p50", "ms", 30, 15),
    "run_cost": Goal("our own CPU around one run", "ms", 50),
    "run_share": Goal("100 small runs: sumo's share of all cores", "%", 90, at_least=True),
    # scenarios.py
    "guard_memory": Goal("archive guard, 600,000 entries, memory", "MB", 10, stable=True),
    "preflight": Goal("pre-flight, XML per CPU second", "MB/s", 100, at_least=True),
    # streams.py
    "followers": Goal("/health p99 with 1,000 log followers", "x without", 1.5, 1.2),
    "lively_followers": Goal("the same, the log ten times as lively", "x without"),
    "followers_beside_sumo": Goal("the same, beside a sumo that takes a core", "x without"),
    "stream_memory": Goal("idle event stream, user memory", "kB", 8, 4, stable=True),
    # footprint.py
    "idle_memory": Goal("idle server, memory", "MB", 25, 15, stable=True),
    "start": Goal("start to first answer", "s", 0.2, 0.1),
}
