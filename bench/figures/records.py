"""Many rows: pages of a million jobs, and a server that starts with a hundred thousand queued ones.

Such databases are made in seconds by SQL: one real run gives the row that all others are copied
from, and the indexes and triggers of the server's own schema are put back when the rows are there.
"""

import itertools
import shutil
import sqlite3
import statistics
import time

from goals import GOALS
from processes import SCENARIOS, wait_until
from signalbox import Reader, Server

FEW, MANY = 1_000, 1_000_000
QUEUED_FEW, QUEUED_MANY = 1_000, 100_000
REPEATS, REPEAT_SECONDS = 21, 1
CLAIMS = 150
ROUNDS = 3
# Bound to the row's number `i` from 1 to {count}: ids in order of time, as the server makes them.
ID = "printf('%08x-%04x-7000-8000-%012x', 26000000 + (i >> 16), i & 65535, i)"
# The last 180 wait or run, and can do nothing else: too large, due in a century, without a worker.
LISTED = {
    "id": ID,
    "tenant": "CASE WHEN i > {count} - 180 OR i % 2 THEN 'bench' ELSE 'other' END",
    "scenario_id": "CASE WHEN i > {count} - 180 OR i / 2 % 2 THEN 'morning' ELSE 'evening' END",
    "status": "CASE WHEN i <= {count} - 180 THEN "
    "CASE i / 4 % 3 WHEN 0 THEN 'SUCCEEDED' WHEN 1 THEN 'FAILED' ELSE 'CANCELLED' END "
    "ELSE CASE i % 3 WHEN 0 THEN 'QUEUED' WHEN 1 THEN 'PENDING' ELSE 'RUNNING' END END",
    "finished_at": "CASE WHEN i <= {count} - 180 THEN {finished_at} END",
    "cpu": "CASE WHEN i > {count} - 180 THEN 32 ELSE 1 END",
    "not_before": "CASE WHEN i > {count} - 180 THEN 4102444800000 ELSE 0 END",
}
# Spread over tenants that may each have so many active jobs as the limit of limits allows.
WAITING = {
    "id": ID, "tenant": "printf('tenant-%03d', i % {tenants})", "status": "'{status}'",
    "reason": "''", "progress": "''", "figures": "''", "attempt": "0", "started_at": "NULL",
    "finished_at": "NULL", "has_results": "0", "has_log": "0", "result_bytes": "0",
}  # fmt: skip


def quoted(value):
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def rows_of(database, table, where="true"):
    database.row_factory = sqlite3.Row
    return [dict(row) for row in database.execute(f"SELECT * FROM {table} WHERE {where}")]


class Maker:
    """Data directories with many jobs, each a copy of one in which a real job has run."""

    def __init__(self, stage):
        self.stage = stage
        server = Server(stage, "one-run")
        for tenant in ("bench", "other"):
            server.tenant(tenant, max_cpu=1)
        self.headers, client = server.tenant("template")
        client.wait(client.submit((SCENARIOS / "square.zip").read_bytes()))
        server.stop()
        self.origin = server.data
        # Keys are hashed with the data directory's own means, so tenants keep those they have.
        with sqlite3.connect(self.origin / "signalbox.db") as database:
            self.job = rows_of(database, "jobs")[0]
            self.file = rows_of(database, "result_files")[0]
            self.tenant = rows_of(database, "tenants", "id = 'template'")[0]
            database.execute("UPDATE api_keys SET tenant = 'bench' WHERE tenant = 'template'")

    def make(self, name, count, expressions, tenants=0, with_files=False, **values):
        """A data directory with `count` jobs more."""
        data = self.stage.directory(name) / "data"
        shutil.copytree(self.origin, data)
        database = sqlite3.connect(data / "signalbox.db", isolation_level=None)
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN")
        aside = database.execute(
            "SELECT type, name, sql FROM sqlite_schema"
            " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type"
        ).fetchall()
        for kind, thing, _ in aside:
            database.execute(f"DROP {kind} {thing}")
        self.add_tenants(database, tenants)
        values |= {"count": count, "tenants": tenants, "finished_at": self.job["finished_at"]}
        self.add_jobs(database, expressions, values)
        if with_files:
            self.add_files(database)
        database.execute("DELETE FROM job_counts")
        database.execute(
            "INSERT INTO job_counts SELECT tenant, status, count(*) FROM jobs GROUP BY 1, 2"
        )
        for _, _, sql in aside:
            database.execute(sql)
        database.execute("COMMIT")
        database.close()
        return data

    def add_tenants(self, database, count):
        row = {name: quoted(value) for name, value in self.tenant.items() if name != "seq"}
        row["id"] = "printf('tenant-%03d', i - 1)"
        insert(database, "tenants", row, count)

    def add_jobs(self, database, expressions, values):
        row = {name: quoted(value) for name, value in self.job.items() if name != "seq"}
        row |= {name: text.format(**values) for name, text in expressions.items()}
        insert(database, "jobs", row, values["count"])

    def add_files(self, database):
        row = {name: quoted(value) for name, value in self.file.items() if name != "seq"}
        row["job"] = "seq"
        database.execute(
            f"INSERT INTO result_files ({', '.join(row)}) SELECT {', '.join(row.values())}"
            " FROM jobs WHERE tenant IN ('bench', 'other')"
        )


def insert(database, table, row, count):
    database.execute(
        f"INSERT INTO {table} ({', '.join(row)})"
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        f" SELECT {', '.join(row.values())} FROM n WHERE {count} > 0"
    )


def filters(path):
    """The query of every combination of filters that a list offers."""
    words = ("SUCCEEDED", "FAILED", "CANCELLED", "QUEUED", "PENDING", "RUNNING")
    statuses = ["", *(f"status={word}" for word in words)]
    if path == "/admin/jobs":
        others = ["", "tenant_id=bench"]
    else:
        others = ["", "scenario_id=morning", "scenario_id=evening", "scenario_id=none"]
    for parts in itertools.product(statuses, others):
        yield "&".join(["limit=50", *filter(None, parts)])


def compare_page(few, many, path, query):
    """(ratio, query, ms of few, ms of many) of a first page."""
    readers = [
        Reader(
            server.address,
            server.admin.headers if path == "/admin/jobs" else server.headers,
            f"{path}?{query}",
        )
        for server in (few, many)
    ]
    times, until = [], time.monotonic() + REPEAT_SECONDS
    while len(times) < 3 or (len(times) < REPEATS and time.monotonic() < until):
        times.append([reader.milliseconds() for reader in readers])
    for reader in readers:
        reader.connection.close()
    small, large = (statistics.median(column) for column in zip(*times))
    return large / small, query, small, large


def measure_pages(stage, report, maker):
    servers = []
    for count in (FEW, MANY):
        data = maker.make(f"jobs-{count}", count, LISTED, with_files=True)
        server = Server(stage, "", data=data, no_worker=True)
        server.headers = maker.headers
        servers.append(server)
    for figure, path in (("page", "/jobs"), ("admin_page", "/admin/jobs")):
        pages = [compare_page(*servers, path, query) for query in filters(path)]
        ratio, query, small, large = max(pages)
        report.add(
            figure, ratio,
            f"{large:.2f} ms, {small:.2f} ms: {path}?{query}; {len(pages)} filters,"
            f" {sum(page[0] > GOALS[figure].gate for page in pages)} beyond the gate",
        )  # fmt: skip
    for server in servers:
        server.stop()


def claims_per_second(server):
    """From the first run that is started until CLAIMS have been."""

    def started():
        return server.metric("signalbox_runs_started_total")

    first = wait_until(started, 30, "the first run", pause=0.001)
    begun = time.monotonic()
    wait_until(lambda: started() >= CLAIMS, 120, f"{CLAIMS} runs")
    return (CLAIMS - first) / (time.monotonic() - begun)


def measure_queue(stage, report, maker, short):
    """The same queue short and long; workers end at once and attempts stay open, as slots grow."""
    kinds = {
        "few": (QUEUED_FEW, 100, "QUEUED"), "many": (QUEUED_MANY, 100, "QUEUED"),
        "admitted": (QUEUED_MANY, 500, "PENDING"),
    }  # fmt: skip
    if short:
        del kinds["few"], kinds["admitted"]
    data = {
        kind: maker.make(kind, count, WAITING, tenants=tenants, status=status)
        for kind, (count, tenants, status) in kinds.items()
    }
    claims, starts, memory = {kind: [] for kind in kinds}, [], []
    for number in range(1, ROUNDS + 1):
        for kind in kinds:
            server = Server(stage, "", data=data[kind], no_worker=True, slots=CLAIMS * number)
            claims[kind].append(claims_per_second(server))
            if kind == "many":
                starts.append(server.start_seconds)
                memory.append(server.memory_mb())
            server.stop()
    report.add("queue_memory", max(memory), f"VmRSS after {CLAIMS} claims")
    if not short:
        few, many, admitted = (statistics.median(claims[kind]) for kind in kinds)
        report.add("queue_start", statistics.median(starts), f"worst {max(starts):.3f} s")
        report.add("queue_claims", many / few, f"{many:,.0f}/s, {few:,.0f}/s with 1,000")
        report.add(
            "pending_claims", admitted / few, f"{admitted:,.0f}/s, 500 tenants with 200 each"
        )


def measure(stage, report, short):
    maker = Maker(stage)
    if not short:
        measure_pages(stage, report, maker)
    measure_queue(stage, report, maker, short)
