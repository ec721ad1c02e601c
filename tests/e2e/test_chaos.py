"""Faults at every step of a job's life: server, workers and sumo are killed, stopped and restarted.

A seeded plan of faults (kill -9, SIGSTOP, SIGTERM, orderly stops) meets a real server with real
runs. Half of the faults strike at random moments, half at the very moment at which a file appears
that marks a step: an upload, an attempt's directory, a verdict, a manifest. Whatever happens:

- what was acknowledged exists, once; what was not acknowledged exists at most once;
- a job never runs twice at a time;
- every job ends, with an outcome that what was done to it explains; a success has the figures of an
  undisturbed run;
- no process and no file is left.

CHAOS_SEED (default 1) and CHAOS_KILLS (default 30) choose another plan. The moments depend on the
machine, so a seed gives the same plan, not the same history.
"""

import collections
import datetime
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import threading
import time
import unittest
import uuid

from support import BIN, FINAL, ServerTest, scenario

SEED = int(os.environ.get("CHAOS_SEED", "1"))
KILLS = int(os.environ.get("CHAOS_KILLS", "30"))
SLOTS = 3
OPEN_JOBS = 8
CONFIGURATION = """
runner: {slots: %d, lost_after: 1 s, retry_delay: 0.2 s, retries: 3}
server: {grace: 5 s}
tenancy: {rates: {wrong_keys_per_minute: 1000}}
""" % SLOTS

# Glob below the data directory → the step that a new match marks.
STEPS = {
    "spool/*": "an upload is being taken in",
    "scenarios/*/*.zip": "an archive was stored",
    "runs/*": "an attempt's directory was made",
    "runs/*/lock": "its worker was locked in",
    "runs/*/pid": "its worker began",
    "runs/*/scenario.zip": "the scenario was fetched",
    "runs/*/run": "it is being unpacked",
    "runs/*/verdict.json": "a verdict was written",
    "results/*/*/*": "results are arriving",
    "results/*/*/*/manifest.sha256": "results were sealed",
    "logs/*/*/*.log": "a log began",
}
SCENARIOS = ("square", "grid", "cross", "cross", "roundabout", "broken-stop", "marathon")

# What a client sees of a server that has just gone.
CUTS = (OSError, http.client.HTTPException)

# The outcomes that a kind of fault may bring about by itself.
EXPLAINED = {
    "worker": {"WORKER_LOST"},
    "sumo": {"SUMO_CRASHED", "INTERRUPTED", "OUT_OF_MEMORY"},
}


def stat_of(pid):
    """(state, parent) of a process; None when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


class Runs:
    """What runs below a data directory right now."""

    def __init__(self, data):
        self.runs = data / "runs"

    def processes(self):
        """[(pid, attempt's directory, "worker" | "sumo")] of the living."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                directory = (entry / "cwd").readlink()
                if not directory.is_relative_to(self.runs):
                    continue
                name = (entry / "comm").read_text().strip()
            except OSError:
                continue
            state = stat_of(entry.name)
            if state and state[0] not in "ZX":
                attempt = directory.relative_to(self.runs).parts[:1]
                if attempt:
                    kind = "sumo" if name == "sumo" else "worker"
                    found.append((int(entry.name), attempt[0].removesuffix(" (deleted)"), kind))
        return found


class Witness(threading.Thread):
    """Looks all the time whether a job runs twice."""

    def __init__(self, runs):
        super().__init__()
        self.runs = runs
        self.stopping = threading.Event()
        self.doubles = []
        self.looks = 0

    def run(self):
        while not self.stopping.wait(0.01):
            attempts = collections.defaultdict(set)
            for pid, attempt, kind in self.runs.processes():
                if kind == "sumo":
                    attempts[attempt.rpartition("-")[0]].add((attempt, pid))
            self.looks += 1
            for job, running in attempts.items():
                # A process that was just killed may be seen once more while it dies.
                if len({attempt for attempt, _ in running}) > 1:
                    time.sleep(0.2)
                    alive = [pid for _, pid in running if (stat_of(pid) or "Z")[0] not in "ZX"]
                    if len(alive) > 1:
                        self.doubles.append((job, sorted(running)))

    def stop(self):
        self.stopping.set()
        self.join()


class Chaos(ServerTest):
    def setUp(self):
        self.chance = random.Random(SEED)
        self.failures = []
        self.acknowledged = {}  # scenario_id → (job id, scenario)
        self.cancelled = set()  # job ids for which a cancel was sent
        self.faults = collections.defaultdict(set)  # attempt's directory → kinds of faults it met
        self.kills = collections.Counter()
        self.server_killed_at = []
        super().setUp()
        self.server.stop(signal.SIGINT)
        self.file = self.directory / "signalbox.yaml"
        self.file.write_text(CONFIGURATION)
        self.key = None
        self.restart()
        self.tenant = self.server.tenant(
            "chaos", max_concurrent_jobs=OPEN_JOBS, max_cpu=100, max_memory_gi=100, on_limit="queue",
            max_queued_jobs=OPEN_JOBS,
        )
        self.key = self.tenant.headers["Authorization"].split()[1]
        self.runs = Runs(self.directory / "data")
        self.clean = self.undisturbed_figures()

    def restart(self):
        self.start(environment={"SIGNALBOX_CONFIG": str(self.file)})
        if self.key:
            self.tenant = self.server.client(self.key)

    def undisturbed_figures(self):
        """The figures that every success must repeat."""
        clean = {}
        for name in ("square", "grid", "cross", "roundabout"):
            answer = self.tenant.submit(scenario(name), f"clean-{name}")
            self.assertEqual(answer.status, 200, answer.body)
            job = self.tenant.wait(answer.json()["job_id"])
            self.assertEqual(job["status"], "SUCCEEDED", job)
            self.acknowledged[f"clean-{name}"] = (job["job_id"], name)
            clean[name] = figures_of(job)
        return clean

    # Submitting, without rest.

    def submit_for_ever(self, stopping, seed):
        chance = random.Random(seed)
        number = 0
        while not stopping.is_set():
            number += 1
            name = chance.choice(SCENARIOS)
            scenario_id = f"{name}-{seed}-{number}"
            try:
                job_id = self.submit_until_acknowledged(name, scenario_id, stopping)
            except AssertionError as problem:
                self.failures.append(str(problem))
                return
            if job_id and (name == "marathon" or chance.random() < 0.2):
                stopping.wait(chance.random())
                self.cancel(job_id)

    def submit_until_acknowledged(self, name, scenario_id, stopping):
        """Tries with one idempotency key until somebody answers, as a careful client does."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        while True:
            try:
                answer = self.tenant.submit(scenario(name), scenario_id, headers)
            except CUTS:
                time.sleep(0.05)
                continue
            if answer.status == 200:
                self.acknowledged[scenario_id] = (answer.json()["job_id"], name)
                return answer.json()["job_id"]
            if answer.status not in (429, 503):
                raise AssertionError(f"{scenario_id}: {answer.status} {answer.body!r}")
            if stopping.wait(0.3):
                return None

    def cancel(self, job_id):
        self.cancelled.add(job_id)
        for _ in range(200):
            try:
                status = self.tenant.call("POST", f"/jobs/{job_id}/cancel").status
            except CUTS:
                time.sleep(0.05)
                continue
            if status not in (200, 409):
                self.failures.append(f"cancel of {job_id}: {status}")
            return

    # Faults.

    def wait_for_a_step(self):
        """Until a file appears that marks a chosen step, or two seconds."""
        pattern = self.chance.choice(sorted(STEPS))
        data = self.directory / "data"
        before, deadline = set(data.glob(pattern)), time.monotonic() + 2
        while time.monotonic() < deadline:
            try:
                new = set(data.glob(pattern)) - before
            except OSError:
                continue  # a directory that went while it was read
            if new:
                return STEPS[pattern]
        return None

    def strike(self):
        """One fault, planned by the seed; whom it meets is up to the moment."""
        step = None
        if self.chance.random() < 0.5:
            step = self.wait_for_a_step()
        else:
            time.sleep(self.chance.random() * 0.4)
        victim = self.chance.choice(("server", "server", "worker", "worker", "sumo"))
        how = self.chance.choice(("kill", "kill", "kill", "pause", "end"))
        pause = self.chance.random() * 0.4
        if victim == "server":
            self.strike_server(how, pause)
        elif not self.strike_process(victim, how, pause):
            return
        self.kills[f"{victim}: {how}"] += 1
        if step:
            self.kills[f"when {step}"] += 1

    def strike_server(self, how, pause):
        if how == "pause":
            self.server.process.send_signal(signal.SIGSTOP)
            time.sleep(pause)
            self.server.process.send_signal(signal.SIGCONT)
            return
        number = signal.SIGKILL
        if how == "end":
            number = self.chance.choice((signal.SIGTERM, signal.SIGTERM, signal.SIGINT))
        else:
            self.server_killed_at.append(datetime.datetime.now(datetime.timezone.utc))
        code = self.server.stop(number)
        if number != signal.SIGKILL and code != 0:
            self.failures.append(f"an orderly stop ended with {code}")
        time.sleep(pause)
        self.restart()

    def strike_process(self, victim, how, pause):
        candidates = [p for p in self.runs.processes() if p[2] == victim]
        if not candidates:
            return False
        pid, attempt, _ = self.chance.choice(candidates)
        try:
            if how == "pause":
                os.kill(pid, signal.SIGSTOP)
                time.sleep(pause)
                os.kill(pid, signal.SIGCONT)
            else:
                # Before it is done, for the outcome may be asked at once.
                self.faults[attempt].add(victim)
                os.kill(pid, signal.SIGKILL if how == "kill" else signal.SIGTERM)
        except ProcessLookupError:
            return False
        return True

    # The test.

    def test_nothing_is_lost_doubled_stuck_or_untrue(self):
        witness, stopping = Witness(self.runs), threading.Event()
        submitters = [
            threading.Thread(target=self.submit_for_ever, args=(stopping, SEED * 100 + n))
            for n in range(3)
        ]
        for thread in (witness, *submitters):
            thread.start()
        try:
            while sum(n for key, n in self.kills.items() if ":" in key) < KILLS and not self.failures:
                self.strike()
        finally:
            stopping.set()
            for thread in submitters:
                thread.join()
        try:
            jobs = self.wait_until_all_ended()
        finally:
            witness.stop()
        self.assertEqual(self.failures, [])
        self.assertEqual(witness.doubles, [], "a job ran twice at a time")
        self.check_existence(jobs)
        for job in jobs.values():
            with self.subTest(job=job["scenario_id"]):
                self.check_outcome(job)
        self.check_nothing_is_left()
        self.report(jobs, witness)

    def wait_until_all_ended(self):
        deadline = time.monotonic() + 180
        while True:
            jobs = self.all_jobs()
            waiting = [job for job in jobs.values() if job["status"] not in FINAL]
            if not waiting:
                return {job_id: self.tenant.job(job_id) for job_id in jobs}
            for job in waiting:
                if job["scenario_id"].startswith("marathon") and job["job_id"] not in self.cancelled:
                    self.cancel(job["job_id"])
            if time.monotonic() > deadline:
                raise AssertionError(f"stuck: {json.dumps(waiting, indent=1)}")
            time.sleep(0.2)

    def all_jobs(self):
        jobs, cursor = {}, ""
        while cursor is not None:
            page = self.tenant.get(f"/jobs?limit=200{cursor and '&cursor=' + cursor}").json()
            for job in page["jobs"]:
                self.assertNotIn(job["job_id"], jobs, "a job is listed twice")
                jobs[job["job_id"]] = job
            cursor = page["next_cursor"]
        return jobs

    def check_existence(self, jobs):
        ids = collections.Counter(job["scenario_id"] for job in jobs.values())
        doubled = {name: n for name, n in ids.items() if n > 1}
        self.assertEqual(doubled, {}, "an idempotent submission was taken twice")
        for scenario_id, (job_id, _) in self.acknowledged.items():
            self.assertIn(job_id, jobs, f"{scenario_id} was acknowledged and is gone")

    def check_outcome(self, job):
        name = next(n for n in SCENARIOS if n in job["scenario_id"])
        history = self.tenant.get(f"/jobs/{job['job_id']}/history").json()["history"]
        finals = [entry["status"] for entry in history if entry["status"] in FINAL]
        self.assertEqual(finals, [job["status"]], history)
        self.check_attempts(job, name)
        if job["status"] == "SUCCEEDED":
            self.assertEqual(job["reason"], "COMPLETED")
            self.assertEqual(figures_of(job), self.clean[name], "figures of another run")
            self.check_results(job)
        elif job["status"] == "CANCELLED":
            self.assertIn(job["job_id"], self.cancelled)
        elif name == "broken-stop":
            self.assertIn(job["reason"], {"SCENARIO_ERROR"} | self.explained(job, job["attempts"][-1]))
        else:
            self.assertIn(job["reason"], self.explained(job, job["attempts"][-1]), job)

    def explained(self, job, attempt):
        """Reasons that what was done to an attempt explains."""
        hits = self.faults.get(f"{job['job_id']}-{attempt['n']}", set())
        reasons = set().union(*(EXPLAINED[kind] for kind in hits))
        begin, end = (datetime.datetime.fromisoformat(attempt[at].replace("Z", "+00:00"))
                      for at in ("started_at", "finished_at"))
        if any(begin <= killed <= end for killed in self.server_killed_at):
            # Between the lock and the worker that was to hold it: nobody can tell who died first.
            reasons.add("WORKER_LOST")
        return reasons

    def check_attempts(self, job, name):
        numbers = [attempt["n"] for attempt in job["attempts"]]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        for attempt in job["attempts"][:-1]:
            # SIGINT of the server ends runs, which costs them nothing but the attempt.
            allowed = self.explained(job, attempt) | {"INTERRUPTED"}
            self.assertIn(attempt["reason"], allowed, (name, job["attempts"]))

    def check_results(self, job):
        files = self.tenant.get(f"/jobs/{job['job_id']}/results").json()["files"]
        self.assertTrue(files)
        for file in files:
            answer = self.tenant.get(file["url"])
            self.assertEqual((answer.status, len(answer.body)), (200, file["size"]), file)

    def check_nothing_is_left(self):
        data = self.directory / "data"
        deadline = time.monotonic() + 30
        while (left := [*data.glob("runs/*"), *data.glob("spool/*")]) and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(left, [], "files of ended runs")
        self.assertEqual(self.runs.processes(), [], "processes of ended runs")
        self.assertEqual(self.server.stop(signal.SIGTERM), 0)
        check = subprocess.run(
            ["sqlite3", data / "signalbox.db", "PRAGMA integrity_check; PRAGMA foreign_key_check"],
            capture_output=True, text=True, check=True, timeout=60,
        )
        self.assertEqual(check.stdout.strip(), "ok")

    def report(self, jobs, witness):
        outcomes = collections.Counter(f"{job['status']} {job['reason']}" for job in jobs.values())
        attempts = sum(len(job["attempts"]) for job in jobs.values())
        print(f"\nseed {SEED}: {len(jobs)} jobs, {attempts} attempts, {witness.looks} looks", flush=True)
        for title, counter in (("faults", self.kills), ("outcomes", outcomes)):
            print(f"  {title}: " + ", ".join(f"{k} {n}" for k, n in sorted(counter.items())), flush=True)


def figures_of(job):
    """Figures without what a run costs."""
    return {name: value for name, value in job["kpis"].items() if name != "cost"}


if __name__ == "__main__":
    unittest.main()
