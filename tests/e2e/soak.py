#!/usr/bin/env python3
"""Mixed load on a real server for as long as asked: memory must stand still, no answer may be wrong.

    tests/e2e/soak.py [--minutes 60] [--bin build/release/bin]

Three tenants submit small runs, cancel some, follow logs and events, page through their jobs, read
and delete results. Every ten seconds the server's memory, descriptors and threads are noted, every
minute a line is printed. Exit 1 when an answer was wrong, or when the memory of the last third is
more than a tenth and 4 MiB above that of the third before it.
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time

SAMPLE_SECONDS = 10
SMALL = ("square", "cross", "roundabout", "broken-stop")
TENANTS = ("north", "middle", "south")
# A queue that never runs empty and never grows: beyond it a submitter waits.
OPEN_JOBS = 20


class Load:
    """What all threads share: the end, the counts, the first wrong answers."""

    def __init__(self):
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.errors = []

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def wrong(self, what):
        with self.lock:
            self.counts["errors"] += 1
            if len(self.errors) < 20:
                self.errors.append(what)

    def expect(self, what, answer, *statuses):
        """Counts an answer; None when its status is not among those expected."""
        self.count(what)
        if answer.status in statuses:
            return answer
        self.wrong(f"{what}: {answer.status} {answer.body[:300]!r}")
        return None


class User:
    """One tenant's habits; each method is a thread that goes on until the end."""

    def __init__(self, load, client, seed):
        self.load, self.client = load, client
        self.chance = random.Random(seed)
        self.jobs = collections.deque(maxlen=200)

    def habits(self):
        return (self.submit, self.follow, self.follow, self.page, self.read_results)

    def pause(self, seconds):
        return self.load.stopping.wait(seconds * (0.5 + self.chance.random()))

    def some_job(self):
        with self.load.lock:
            return self.chance.choice(self.jobs) if self.jobs else None

    def submit(self):
        while not self.pause(0.2):
            stats = self.load.expect("dashboard", self.client.get("/tenants/me/dashboard"), 200)
            counts = stats.json()["stats"] if stats else {}
            if sum(counts.get(state, 0) for state in ("queued", "pending", "running")) > OPEN_JOBS:
                continue
            name = self.chance.choice(SMALL)
            answer = self.client.submit(scenario(name), name, priority=self.chance.randrange(10))
            if not self.load.expect("submit", answer, 200):
                continue
            job_id = answer.json()["job_id"]
            with self.load.lock:
                self.jobs.append(job_id)
            if self.chance.random() < 0.1:
                answer = self.client.call("POST", f"/jobs/{job_id}/cancel")
                self.load.expect("cancel", answer, 200, 409)

    def follow(self):
        while not self.pause(0.5):
            job_id = self.some_job()
            if not job_id:
                continue
            kind = self.chance.choice(("logs/stream", "events"))
            stream = Stream(self.client, f"/jobs/{job_id}/{kind}", timeout=120)
            self.load.count(kind)
            if stream.status != 200:
                self.load.wrong(f"{kind} of {job_id}: {stream.status}")
            patience = self.chance.randrange(1, 200)
            for _, _, data in stream.events():
                json.loads(data)
                patience -= 1
                if patience == 0 or self.load.stopping.is_set():
                    break
            stream.close()

    def page(self):
        filters = ("", "&status=SUCCEEDED", "&status=CANCELLED", "&scenario_id=cross")
        while not self.pause(0.5):
            cursor, chosen = "", self.chance.choice(filters)
            for _ in range(self.chance.randrange(1, 5)):
                path = f"/jobs?limit=50{chosen}{cursor and '&cursor=' + cursor}"
                answer = self.load.expect("page", self.client.get(path), 200)
                cursor = answer.json()["next_cursor"] if answer else None
                if not cursor:
                    break

    def read_results(self):
        while not self.pause(0.5):
            job_id = self.some_job()
            if not job_id:
                continue
            answer = self.load.expect("results", self.client.get(f"/jobs/{job_id}/results"), 200)
            for file in (answer.json().get("files") or [])[:2] if answer else []:
                # Another thread may have deleted them since.
                self.load.expect("file", self.client.get(file["url"]), 200, 404)
            if self.chance.random() < 0.3:
                answer = self.client.call("DELETE", f"/jobs/{job_id}/results")
                self.load.expect("delete results", answer, 204, 409)


def guarded(load, habit):
    def run():
        try:
            habit()
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            load.wrong(f"{habit.__name__}: {error!r}")

    return run


def sample(pid):
    """(resident MiB, descriptors, threads) of a process."""
    fields = {}
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.split()
    return (
        int(fields["VmRSS"][0]) / 1024,
        len(os.listdir(f"/proc/{pid}/fd")),
        int(fields["Threads"][0]),
    )


def watch(load, pid, minutes):
    """The server's memory over time, a line a minute."""
    samples, begin = [], time.monotonic()
    print(f"{'minute':>6} {'MiB':>7} {'files':>6} {'threads':>7}  answers so far", flush=True)
    while time.monotonic() - begin < minutes * 60:
        time.sleep(SAMPLE_SECONDS)
        samples.append(sample(pid))
        if len(samples) % (60 // SAMPLE_SECONDS) == 0:
            memory, files, threads = samples[-1]
            with load.lock:
                counts = ", ".join(f"{name} {n}" for name, n in sorted(load.counts.items()))
            minute = len(samples) * SAMPLE_SECONDS // 60
            print(f"{minute:6} {memory:7.1f} {files:6} {threads:7}  {counts}", flush=True)
    return [memory for memory, _, _ in samples]


def verdict(load, memory):
    third = len(memory) // 3
    before, after = (statistics.median(part) for part in (memory[third:2 * third], memory[2 * third:]))
    print(f"memory: {before:.1f} MiB in the middle third, {after:.1f} MiB in the last")
    grown = after > before * 1.1 + 4
    for error in load.errors:
        print(f"wrong: {error}")
    print(f"{load.counts['errors']} errors, memory {'grew' if grown else 'steady'}")
    return 1 if grown or load.counts["errors"] else 0


def main():
    server = Server(directory / "data", "--slots", "2")
    load = Load()
    threads = []
    try:
        for number, name in enumerate(TENANTS):
            client = server.tenant(name, max_concurrent_jobs=4, on_limit="queue")
            user = User(load, client, number)
            threads += [threading.Thread(target=guarded(load, habit)) for habit in user.habits()]
        for thread in threads:
            thread.start()
        memory = watch(load, server.process.pid, arguments.minutes)
    finally:
        load.stopping.set()
        for thread in threads:
            thread.join()
        code = server.stop(signal.SIGINT)
    if code != 0:
        load.wrong(f"the orderly stop ended with {code}")
    return verdict(load, memory)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="how long, at least 1 (default 60)")
    parser.add_argument("--bin", default="build/release/bin", help="where the programs are")
    arguments = parser.parse_args()
    if arguments.minutes < 1:
        parser.error(f"--minutes {arguments.minutes}: at least 1")
    os.environ["SIGNALBOX_BIN"] = arguments.bin
    from support import Server, Stream, scenario  # reads SIGNALBOX_BIN when it is imported

    directory = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-soak-"))
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(directory, ignore_errors=True)
