"""Many jobs of several tenants: exact limits, fair shares, order by priority."""

import shutil
import signal
import threading
import time
import unittest

from support import ServerTest, scenario

TENANTS = {"small": (1, 2), "middle": (2, 4), "large": (4, 8)}  # weight, concurrent jobs
JOBS_EACH = 20
SLOTS = 7


class Queue(ServerTest):
    arguments = ("--slots", str(SLOTS))

    def fill_all_slots(self):
        """Long runs of another tenant, so that all queues stand before the first turn is given."""
        client = self.server.tenant("first-come", max_concurrent_jobs=SLOTS)
        ids = [client.submit(scenario("marathon")).json()["job_id"] for _ in range(SLOTS)]
        for job_id in ids:
            client.wait(job_id, ("RUNNING",))
        return client, ids

    def test_sixty_jobs_of_three_tenants_are_shared_by_weight(self):
        clients = {
            name: self.server.tenant(
                name, priority_weight=weight, max_concurrent_jobs=jobs, on_limit="queue",
                max_cpu=100, max_memory_gi=100,
            )
            for name, (weight, jobs) in TENANTS.items()
        }
        first_come, long_runs = self.fill_all_slots()
        most, stop = {name: 0 for name in TENANTS}, threading.Event()

        def sample():
            while not stop.is_set():
                for name, client in clients.items():
                    used = client.get("/tenants/me/dashboard").json()["quota"]["jobs"]["used"]
                    most[name] = max(most[name], used)
                time.sleep(0.05)

        sampler = threading.Thread(target=sample)
        sampler.start()
        jobs = {name: {} for name in TENANTS}
        try:
            for n in range(JOBS_EACH):
                for name, client in clients.items():
                    priority = (n * 7) % 10
                    answer = client.submit(scenario("grid"), f"{name}-{n}", priority=priority)
                    self.assertEqual(answer.status, 200, answer.body)
                    jobs[name][answer.json()["job_id"]] = (priority, answer.json()["status"])
            for job_id in long_runs:
                first_come.call("POST", f"/jobs/{job_id}/cancel")
            details = {
                name: [clients[name].wait(job_id, seconds=300) for job_id in ids]
                for name, ids in jobs.items()
            }
        finally:
            stop.set()
            sampler.join()
        for name, (_, limit) in TENANTS.items():
            self.assertLessEqual(most[name], limit, f"{name} was over its limit")
            self.assertTrue(all(job["status"] == "SUCCEEDED" for job in details[name]))
            self.check_order(name, jobs[name], details[name])
        self.check_shares(details)

    def check_order(self, name, submitted, details):
        """Among jobs that had to queue, a higher priority is never started clearly later."""
        queued = sorted(
            (job for job in details if submitted[job["job_id"]][1] == "QUEUED"),
            key=lambda job: job["attempts"][0]["started_at"],
        )
        # All were submitted before the first of the last half was started.
        tail = queued[len(queued) // 2:]
        priorities = [submitted[job["job_id"]][0] for job in tail]
        self.assertEqual(priorities, sorted(priorities, reverse=True), name)

    def check_shares(self, details):
        """While all three still wait, starts go by weight."""
        starts = sorted(
            (job["attempts"][0]["started_at"], name) for name, jobs in details.items() for job in jobs
        )
        large_done = max(at for at, name in starts if name == "large")
        contested = [name for at, name in starts if at <= large_done]
        counts = {name: contested.count(name) for name in TENANTS}
        self.assertEqual(counts["large"], JOBS_EACH)
        self.assertAlmostEqual(counts["middle"], JOBS_EACH / 2, delta=3, msg=str(counts))
        self.assertAlmostEqual(counts["small"], JOBS_EACH / 4, delta=3, msg=str(counts))


class FullDisk(ServerTest):
    arguments = ("--slots", "1")

    def test_jobs_wait_while_the_disk_is_short_of_room(self):
        usage = shutil.disk_usage(self.directory)
        more_than_free = int(100 * usage.free / usage.total) + 2
        if more_than_free > 90:
            self.skipTest("the disk is too empty to count as full")
        client = self.server.tenant("city")
        running = client.submit(scenario("marathon")).json()["job_id"]
        waiting = client.submit(scenario("square")).json()["job_id"]
        client.wait(running, ("RUNNING",))
        self.server.stop(signal.SIGINT)

        configuration = self.directory / "config.yaml"
        configuration.write_text(f"retention: {{min_free_percent: {more_than_free}}}\n")
        self.start("--config", configuration)
        client = self.server.client(client.headers["Authorization"].split()[1])
        answer = client.get(f"/jobs/{waiting}/explain").json()
        held = [reason["message"] for reason in answer["reasons"] if reason["code"] == "HELD"]
        self.assertRegex(held[0], "no run is started: only .* free .* % are needed")
        self.assertEqual(client.submit(scenario("square")).status, 507)
        self.assertEqual(client.job(waiting)["attempt"], 0)
        self.assertEqual(client.job(running)["attempt"], 1)
        self.server.stop()

        self.start()
        client = self.server.client(client.headers["Authorization"].split()[1])
        client.call("POST", f"/jobs/{running}/cancel")
        self.assertEqual(client.wait(waiting)["status"], "SUCCEEDED")


if __name__ == "__main__":
    unittest.main()
