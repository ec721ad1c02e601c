"""What a run is, on the real sumo: true outcomes, figures, results, logs."""

import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest
import zipfile

from support import BIN, FINAL, ServerTest, Stream, further_scenario, processes_below, scenario


def sumo_homes():
    return [pathlib.Path(home) for home in os.environ.get("SIGNALBOX_SUMO_HOMES", "").split(":") if home]


def sumo_processes(directory):
    """Ids of the sumo processes that run below a directory."""
    return [
        pid for pid in processes_below(directory)
        if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "sumo"
    ]


class Runs(ServerTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.server.tenant("city-a", max_concurrent_jobs=4)

    def submitted(self, name, **fields):
        answer = self.tenant.submit(scenario(name), name, **fields)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()["job_id"]

    def test_a_small_run_succeeds_with_figures_results_and_log(self):
        job = self.tenant.wait(self.submitted("cross"))
        self.assertEqual((job["status"], job["reason"]), ("SUCCEEDED", "COMPLETED"), job)
        vehicles = job["kpis"]["vehicles"]
        self.assertGreater(vehicles["inserted"], 0)
        self.assertEqual(vehicles["arrived"], vehicles["inserted"] - vehicles["running"])
        self.assertGreater(job["kpis"]["vehicleTripStatistics"]["timeLoss"], 0)
        self.assertGreater(job["kpis"]["cost"]["cpuSeconds"], 0)

        results = self.tenant.get(f"/jobs/{job['job_id']}/results").json()
        inputs = set(zipfile.ZipFile(scenario("cross")).namelist())
        names = {file["name"] for file in results["files"]}
        self.assertFalse(names & inputs, "inputs among the results")
        for file in results["files"]:
            answer = self.tenant.get(file["url"])
            self.assertEqual((answer.status, len(answer.body)), (200, file["size"]))
        log = self.tenant.get(f"/jobs/{job['job_id']}/logs").json()["logs"]
        self.assertIn("Simulation ended at time", log)

    def test_sumo_ended_by_sigterm_is_never_success(self):
        job_id = self.submitted("marathon")
        self.tenant.wait(job_id, ("RUNNING",))
        deadline = time.monotonic() + 120
        while self.tenant.job(job_id)["status"] not in FINAL and time.monotonic() < deadline:
            running = sumo_processes(self.directory)
            time.sleep(0.5)  # well into the run
            for pid in running:
                try:
                    os.kill(pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass  # it has ended meanwhile
        job = self.tenant.wait(job_id)
        self.assertEqual((job["status"], job["reason"]), ("FAILED", "INTERRUPTED"), job)
        self.assertEqual([a["reason"] for a in job["attempts"]], ["INTERRUPTED"] * 3)

    def test_an_unknown_lane_gives_sumos_own_sentence(self):
        job = self.tenant.wait(self.submitted("broken-stop"))
        self.assertEqual((job["status"], job["reason"]), ("FAILED", "SCENARIO_ERROR"))
        self.assertIn("no-such-lane_0", job["error"])
        self.assertIn("not known", job["error"])

    def test_an_unknown_edge_is_refused_with_its_line(self):
        answer = self.tenant.submit(scenario("broken-edge"))
        self.assertEqual(answer.status, 400, answer.body)
        findings = answer.json()["details"]["context"]["findings"]
        self.assertEqual([(f["code"], f["line"]) for f in findings], [("UNKNOWN_EDGE", 6)])
        self.assertIn("no-such-edge", findings[0]["message"])

    def test_two_configurations_are_both_listed(self):
        answer = self.tenant.submit(scenario("two-configs"))
        self.assertEqual(answer.status, 400)
        names = [n for n in zipfile.ZipFile(scenario("two-configs")).namelist() if n.endswith(".sumocfg")]
        for name in names:
            self.assertIn(name, answer.json()["detail"])
        chosen = self.tenant.submit(scenario("two-configs"), config_file=names[0])
        self.assertEqual(chosen.status, 200, chosen.body)
        self.assertEqual(chosen.json()["config_file"], names[0])

    def test_a_missing_file_is_refused_with_all_findings(self):
        answer = self.tenant.submit(scenario("missing-file"))
        self.assertEqual(answer.status, 400, answer.body)
        findings = answer.json()["details"]["context"]["findings"]
        self.assertTrue(any(f["code"] == "MISSING_FILE" and f["line"] > 0 for f in findings), findings)

    def test_the_same_seed_gives_the_same_trips(self):
        trips = []
        for _ in range(2):
            job = self.tenant.wait(self.submitted("corridor", seed=7))
            files = self.tenant.get(f"/jobs/{job['job_id']}/results").json()["files"]
            url = next(f["url"] for f in files if "tripinfo" in f["name"])
            trips.append(without_header(self.tenant.get(url).body))
        self.assertEqual(*trips)

    def test_a_cancel_reaches_a_running_job_quickly(self):
        job_id = self.submitted("marathon")
        self.tenant.wait(job_id, ("RUNNING",))
        answer = self.tenant.call("POST", f"/jobs/{job_id}/cancel")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.json()["cancel_requested"])
        job = self.tenant.wait(job_id, seconds=15)
        self.assertEqual((job["status"], job["reason"]), ("CANCELLED", "CANCELLED"))
        self.assertEqual(self.tenant.call("POST", f"/jobs/{job_id}/cancel").status, 200)

    def test_a_time_limit_ends_the_run_with_its_reason(self):
        job = self.tenant.wait(self.submitted("marathon", timeout_seconds=2))
        self.assertEqual((job["status"], job["reason"]), ("FAILED", "TIMED_OUT"))

    def test_every_installed_version_can_be_chosen(self):
        versions = [s["version"] for s in self.tenant.get("/simulators").json()["simulators"]]
        for version in versions:
            job = self.tenant.wait(self.submitted("cross", sumo_version=version))
            self.assertEqual(job["status"], "SUCCEEDED", job)
            self.assertEqual(job["attempts"][0]["sumo_version"], version)
        refused = self.tenant.submit(scenario("cross"), sumo_version="0.1.2")
        self.assertEqual(refused.status, 400)
        self.assertIn(versions[0], refused.json()["detail"])


class LogStreams(ServerTest):
    def follow(self, tenant, job_id, cuts):
        """All lines of a stream that is cut at random and resumed."""
        chance = random.Random(20)
        lines, last_id, closing = [], None, None
        while closing is None:
            stream = Stream(tenant, f"/jobs/{job_id}/logs/stream", last_id)
            patience = chance.randrange(1, 12) if cuts > 0 else None
            for event_id, _, data in stream.events():
                last_id = event_id
                event = json.loads(data)
                if "status" in event:
                    closing = event
                elif "phase" not in event:
                    lines.append(event["message"])
                if patience is not None:
                    patience -= 1
                    if patience == 0:
                        cuts -= 1
                        break
            stream.close()
        ended = Stream(tenant, f"/jobs/{job_id}/logs/stream", last_id)
        self.assertEqual(ended.status, 204)
        ended.close()
        return lines, closing

    def test_a_stream_cut_ten_times_equals_the_stored_log(self):
        tenant = self.server.tenant("city-a")
        job_id = tenant.submit(scenario("district")).json()["job_id"]
        live, closing = self.follow(tenant, job_id, 10)
        self.assertEqual(closing["status"], "Succeeded")
        stored = tenant.get(f"/jobs/{job_id}/logs?lines=10000").json()["logs"]
        files = list((self.directory / "data" / "logs").rglob("*.log"))
        self.assertEqual(len(files), 1)
        self.assertEqual("\n".join(live) + "\n", files[0].read_text())
        self.assertEqual(stored.rstrip("\n"), "\n".join(live).rstrip("\n"))
        again, _ = self.follow(tenant, job_id, 10)
        self.assertEqual(again, live)


class Crashes(ServerTest):
    def test_a_run_survives_its_server_and_is_stored_once(self):
        tenant = self.server.tenant("city-a")
        job_id = tenant.submit(scenario("district")).json()["job_id"]
        tenant.wait(job_id, ("RUNNING",))
        time.sleep(1)
        before = sumo_processes(self.directory)
        self.assertEqual(len(before), 1)
        self.server.stop(signal.SIGKILL)
        time.sleep(1)
        self.assertEqual(sumo_processes(self.directory), before, "the run must go on")
        self.start()
        tenant = self.server.client(tenant.headers["Authorization"].split()[1])
        job = tenant.wait(job_id)
        self.assertEqual(job["status"], "SUCCEEDED", job)
        self.assertEqual(len(job["attempts"]), 1)
        finals = [
            h for h in tenant.get(f"/jobs/{job_id}/history").json()["history"]
            if h["status"] in ("SUCCEEDED", "FAILED", "CANCELLED")
        ]
        self.assertEqual(len(finals), 1)
        log = tenant.get(f"/jobs/{job_id}/logs?lines=10000").json()["logs"]
        steps = [line for line in log.splitlines() if line.startswith("Step #")]
        times = [float(line.split("#")[1].split()[0]) for line in steps]
        gaps = {round(b - a, 2) for a, b in zip(times, times[1:])}
        self.assertEqual(len(gaps), 1, f"a gap in the log: {gaps}")
        self.assertNotIn("dropped", log)

    def test_sigterm_hands_over_and_sigint_ends_runs(self):
        tenant = self.server.tenant("city-a")
        job_id = tenant.submit(scenario("marathon")).json()["job_id"]
        tenant.wait(job_id, ("RUNNING",))
        self.assertEqual(self.server.stop(signal.SIGTERM), 0)
        self.assertEqual(len(sumo_processes(self.directory)), 1, "an upgrade must not cost a run")
        self.start()
        tenant = self.server.client(tenant.headers["Authorization"].split()[1])
        self.assertEqual(tenant.job(job_id)["status"], "RUNNING")
        self.assertEqual(self.server.stop(signal.SIGINT), 0)
        deadline = time.monotonic() + 10
        while processes_below(self.directory) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(processes_below(self.directory), [], "something was left behind")
        self.start()
        tenant = self.server.client(tenant.headers["Authorization"].split()[1])
        job = tenant.wait(job_id, ("RUNNING",))
        self.assertEqual(len(job["attempts"]), 2)

    def test_a_run_that_does_not_end_in_time_goes_back_to_the_queue_as_well(self):
        self.server.stop()
        self.start("--grace", "1 s")
        tenant = self.server.tenant("city-a")
        job_id = tenant.submit(scenario("marathon")).json()["job_id"]
        tenant.wait(job_id, ("RUNNING",))
        workers = [
            pid for pid in processes_below(self.directory / "data" / "runs")
            if "signalbox-worker" in pathlib.Path(f"/proc/{pid}/cmdline").read_text()
        ]
        self.assertEqual(len(workers), 1)
        # It hears nothing and ends nothing.
        os.kill(workers[0], signal.SIGSTOP)
        try:
            self.assertEqual(self.server.stop(signal.SIGINT), 0)
            self.start()
            tenant = self.server.client(tenant.headers["Authorization"].split()[1])
            job = tenant.wait(job_id, ("RUNNING",))
            self.assertEqual([a["reason"] for a in job["attempts"]], ["INTERRUPTED", None])
        finally:
            os.kill(workers[0], signal.SIGKILL)

    def test_a_killed_worker_is_lost_and_its_job_tried_again(self):
        self.server.stop()
        self.start(environment={"SIGNALBOX_CONFIG": self.config("runner: {lost_after: 1 s, retry_delay: 1 s}\n")})
        tenant = self.server.tenant("city-a")
        job_id = tenant.submit(scenario("cross")).json()["job_id"]
        tenant.wait(job_id, ("PENDING", "RUNNING"))
        deadline = time.monotonic() + 20
        while not (workers := processes_below(self.directory / "data" / "runs")):
            self.assertLess(time.monotonic(), deadline)
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        job = tenant.wait(job_id)
        self.assertEqual(job["status"], "SUCCEEDED", job)
        if len(job["attempts"]) > 1:
            self.assertEqual(job["attempts"][0]["reason"], "WORKER_LOST")

    def config(self, text):
        path = self.directory / "signalbox.yaml"
        path.write_text(text)
        return str(path)

    def test_a_second_server_on_the_same_data_is_refused(self):
        second = subprocess.run(
            [BIN / "signalboxd", "--data", self.directory / "data", "--listen", "127.0.0.1:0"],
            capture_output=True, timeout=30,
        )
        self.assertEqual(second.returncode, 3)
        self.assertIn(b"in use", second.stderr)


def without_header(xml):
    """XML without the comment that carries the time of its making."""
    text = xml.decode()
    start, end = text.find("<!--"), text.find("-->")
    return text[:start] + text[end:] if start >= 0 else text


class Bologna(ServerTest):
    """Real demand of a real city; the figures are SUMO's own."""

    EXPECTED = {"1.28.0": (5643, 163.32), "1.15.0": (5703, 156.60)}

    def test_figures_and_trips_are_those_of_a_direct_run(self):
        archive = further_scenario("bologna-acosta")
        tenant = self.server.tenant("bologna", max_concurrent_jobs=4)
        installed = tenant.get("/simulators").json()["simulators"]
        homes = {s["version"]: s["home"] for s in self.server.admin.get("/simulators").json()["simulators"]}
        jobs = {}
        for simulator in installed:
            if simulator["version"] in self.EXPECTED:
                answer = tenant.submit(archive, "acosta", sumo_version=simulator["version"])
                self.assertEqual(answer.status, 200, answer.body)
                jobs[simulator["version"]] = answer.json()["job_id"]
        self.assertTrue(jobs, "no known version of sumo is installed")
        for version, job_id in jobs.items():
            with self.subTest(version=version):
                self.check(tenant, tenant.wait(job_id), version, homes[version], archive)

    def check(self, tenant, job, version, home, archive):
        end, time_loss = self.EXPECTED[version]
        self.assertEqual(job["status"], "SUCCEEDED", job)
        self.assertEqual(job["kpis"]["vehicles"]["inserted"], 8779)
        self.assertEqual(job["kpis"]["cost"]["simulatedSeconds"], end)
        self.assertAlmostEqual(job["kpis"]["vehicleTripStatistics"]["timeLoss"], time_loss, places=2)
        files = {f["name"]: f["url"] for f in tenant.get(f"/jobs/{job['job_id']}/results").json()["files"]}
        inputs = set(zipfile.ZipFile(archive).namelist())
        self.assertFalse(set(files) & inputs)

        direct = self.directory / f"direct-{version}"
        with zipfile.ZipFile(archive) as z:
            z.extractall(direct)
        sumo = pathlib.Path(home) / "bin" / "sumo"
        subprocess.run(
            [sumo if sumo.exists() else "/usr/bin/sumo", "-c", direct / "run.sumocfg",
             "--tripinfo-output", "direct-tripinfo.xml", "--tripinfo-output.write-unfinished",
             "--no-step-log"],
            check=True, capture_output=True, timeout=300, cwd=direct,
            env={"SUMO_HOME": home, "PATH": "/usr/bin:/bin"},
        )
        url = next(u for n, u in files.items() if "tripinfo" in n)
        ours = without_header(tenant.get(url).body).splitlines()
        theirs = without_header((direct / "direct-tripinfo.xml").read_bytes()).splitlines()
        self.assertEqual(trips_of(ours), trips_of(theirs))
        made = {str(p.relative_to(direct)) for p in direct.rglob("*") if p.is_file()} - inputs
        made.discard("direct-tripinfo.xml")
        self.assertTrue(made, "this scenario has detector outputs")
        self.assertLessEqual(made, set(files), "outputs of the scenario's own are missing")


def trips_of(lines):
    return [line for line in lines if "<tripinfo " in line]


if __name__ == "__main__":
    unittest.main()
