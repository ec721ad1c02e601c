"""Durable submissions of a small zip, against rows inserted one by one into the same database."""

import sqlite3
import statistics
import time

import wrk
from processes import SCENARIOS
from signalbox import Server, multipart

ROUNDS = 5
CONNECTIONS = 64
INSERT_SECONDS = 2
DIGITS = 10


def with_comment(archive):
    """The same zip with a comment of digits at its end, to make archives that differ."""
    if archive[-2:] != b"\0\0":
        raise ValueError("the zip has a comment already")
    return archive[:-2] + DIGITS.to_bytes(2, "little") + b"0" * DIGITS


def prepare_request(stage):
    archive = with_comment((SCENARIOS / "square.zip").read_bytes())
    content_type, (head, archive, tail) = multipart(
        archive, {"scenario_id": "bench", "on_limit": "queue", "seed": "1SSSSSSSS"}
    )
    folder = stage.directory("request")
    for name, content in (
        ("type", content_type.encode()), ("head", head), ("archive", archive), ("tail", tail),
    ):  # fmt: skip
        (folder / name).write_bytes(content)
    return folder, len(archive)


def copy_schema(source, target):
    """An empty database with the tables, indexes and triggers of the server's own."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as database:
        statements = [
            row[0] for row in database.execute(
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                " ORDER BY type = 'table' DESC"
            )
        ]  # fmt: skip
        tenant = database.execute("SELECT * FROM tenants").fetchone()
        columns = [row[1] for row in database.execute("SELECT * FROM pragma_table_info('jobs')")]
        job = dict(zip(columns, database.execute("SELECT * FROM jobs").fetchone()))
    copy = sqlite3.connect(target, isolation_level=None)
    copy.execute("PRAGMA journal_mode = WAL")
    copy.execute("PRAGMA synchronous = FULL")
    for statement in statements:
        copy.execute(statement)
    copy.execute(f"INSERT INTO tenants VALUES ({', '.join('?' * len(tenant))})", tenant)
    return copy, job


def inserts_per_second(database, job, first):
    """What a submission writes, each in a transaction of its own."""
    names = [name for name in job if name != "seq"]
    insert_job = f"INSERT INTO jobs ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    insert_change = "INSERT INTO history (job, status, reason, at) VALUES (?, 'QUEUED', '', ?)"
    started, count = time.monotonic(), 0
    while time.monotonic() - started < INSERT_SECONDS:
        row = {**job, "id": f"{first + count:08x}-0000-7000-8000-000000000000", "status": "QUEUED"}
        database.execute("BEGIN IMMEDIATE")
        done = database.execute(insert_job, [row[name] for name in names])
        database.execute(insert_change, (done.lastrowid, row["submitted_at"]))
        database.execute("COMMIT")
        count += 1
    return count / (time.monotonic() - started), count


def measure(stage, report, short):
    if short:
        return
    server = Server(stage, "submissions", no_worker=True, slots=1)
    headers, tenant = server.tenant("bench", max_concurrent_jobs=1)
    tenant.submit((SCENARIOS / "square.zip").read_bytes())
    folder, size = prepare_request(stage)
    reference, job = copy_schema(server.data / "signalbox.db", stage.path / "inserts.db")
    done, inserted = 0, 0
    rates = {"same": [], "distinct": [], "inserts": []}
    latencies = []
    for _ in range(ROUNDS):
        for kind in ("same", "distinct"):
            load = wrk.run(
                stage, "submit.lua", server.url, folder, kind, done,
                headers=headers, connections=CONNECTIONS,
            )  # fmt: skip
            if load.errors:
                raise RuntimeError(f"{load.errors} of {load.requests} submissions failed")
            done += load.requests + CONNECTIONS
            rates[kind].append(load.rate)
            if kind == "same":
                latencies.append(load.p99_ms)
        rate, count = inserts_per_second(reference, job, inserted)
        inserted += count
        rates["inserts"].append(rate)
    reference.close()
    server.stop()
    same, distinct, inserts = (statistics.median(rates[kind]) for kind in rates)
    ratio = statistics.median(own / one for own, one in zip(rates["same"], rates["inserts"]))
    # What is gained is waiting for syncs; where there is hardly any, the ratio says nothing.
    figure = "submit_ratio" if inserts < 1000 else "submit_ratio_quick"
    report.add(figure, ratio, f"one-by-one inserts {inserts:,.0f}/s on the same disk")
    report.add(
        "submit_rate", same,
        f"zip of {size:,} bytes, {CONNECTIONS} connections,"
        f" p99 {statistics.median(latencies):.0f} ms",
    )  # fmt: skip
    report.add("submit_distinct", distinct, "two more files synced each")
