"""Keys and tokens stay where they belong: not in a log, an answer, a command line, an environment."""

import os
import pathlib
import signal
import stat
import time
import unittest

from support import ServerTest, processes_below, scenario

NOBODY = 65534


def readable_by(uid, path):
    """What another user finds in a file; empty when it may not look."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        content = b""
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            content = pathlib.Path(path).read_bytes()
        except OSError:
            pass
        os.write(writer, content)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        content = answer.read()
    os.waitpid(child, 0)
    return content


class Secrets(ServerTest):
    def start(self, *arguments, environment=None):
        configuration = self.directory / "signalbox.yaml"
        configuration.write_text("runner: {lost_after: 1 s}\n")
        environment = {"SIGNALBOX_CONFIG": str(configuration), **(environment or {})}
        return super().start(*arguments, environment=environment)

    def setUp(self):
        super().setUp()
        self.tenant = self.server.tenant("city-a")
        self.tenant_key = self.tenant.headers["Authorization"].split()[1]
        self.job_id = self.tenant.submit(scenario("marathon")).json()["job_id"]
        self.tenant.wait(self.job_id, ("RUNNING",))
        self.run_directory = next((self.directory / "data" / "runs").iterdir())
        self.token = (self.run_directory / "token").read_text().strip()
        self.secrets = [
            secret.encode() for secret in (self.tenant_key, self.server.admin_key, self.token)
        ]
        self.assertTrue(all(len(secret) >= 16 for secret in self.secrets))

    def assert_free(self, content, where):
        for secret in self.secrets:
            self.assertNotIn(secret, content, where)

    def worker(self):
        """Id of the one process that works in the attempt's own directory."""
        return next(
            pid for pid in processes_below(self.run_directory)
            if os.readlink(f"/proc/{pid}/cwd") == str(self.run_directory)
        )

    def test_no_process_shows_one_in_its_command_line_or_environment(self):
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            for name in ("cmdline", "environ"):
                try:
                    content = (entry / name).read_bytes()
                except OSError:
                    continue
                self.assert_free(content, entry / name)

    def test_sumo_knows_nothing_of_its_worker(self):
        worker = self.worker()
        (sumo,) = [pid for pid in processes_below(self.run_directory) if pid != worker]
        environment = pathlib.Path(f"/proc/{sumo}/environ").read_bytes()
        self.assertNotIn(b"SIGNALBOX", environment)
        # Its own three, and what it opened itself: of its directory, and SUMO's own files.
        simulators = self.server.admin.get("/simulators").json()["simulators"]
        places = (str(self.run_directory / "run"), *(simulator["home"] for simulator in simulators))
        inherited = {os.readlink(f"/proc/{sumo}/fd/{number}") for number in (0, 1, 2)}
        self.assertIn("/dev/null", inherited)
        for link in pathlib.Path(f"/proc/{sumo}/fd").iterdir():
            try:
                target = os.readlink(link)
            except FileNotFoundError:
                continue  # closed meanwhile
            own = target.startswith(places)
            self.assertTrue(own or target in inherited, f"{link.name} -> {target}")

    @unittest.skipUnless(os.geteuid() == 0, "needs another user to look with")
    def test_another_user_of_the_machine_sees_none_and_no_scenario(self):
        data = self.directory / "data"
        self.directory.chmod(0o755)
        for path in (
            self.run_directory / "token", self.run_directory / "worker.log", data / "admin.key",
            data / "signalbox.db", f"/proc/{self.worker()}/environ",
            f"/proc/{self.server.process.pid}/environ",
            *(path for path in (self.run_directory / "run").rglob("*.xml") if path.is_file()),
        ):
            self.assertEqual(readable_by(NOBODY + 1, path), b"", path)

    def test_files_with_secrets_are_their_owners_alone(self):
        for path in (self.run_directory / "token", self.directory / "data" / "admin.key"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_logs_answers_and_stored_files_are_free_of_them(self):
        wrong = "sk-" + "wrong" * 10
        self.secrets.append(wrong.encode())
        stranger = self.server.client(wrong)
        answers = [
            stranger.get("/jobs"),
            self.server.client(self.token).get("/jobs"),
            self.tenant.get(f"/jobs/{self.job_id}"),
            self.tenant.get(f"/jobs/{self.job_id}/logs"),
            self.tenant.get(f"/jobs/{self.job_id}/history"),
            self.tenant.get("/nowhere"),
            self.server.admin.get("/metrics"),
        ]
        self.assertEqual([answer.status for answer in answers[:2]], [401, 401])
        for answer in answers:
            self.assert_free(answer.body, "an answer")
        self.assert_free((self.run_directory / "worker.log").read_bytes(), "worker.log")
        self.server.stop(signal.SIGTERM)
        self.assert_free(self.server.log_path.read_bytes(), "server.log")
        known = {self.run_directory / "token", self.directory / "data" / "admin.key"}
        for path in (self.directory / "data").rglob("*"):
            if path.is_file() and path not in known:
                self.assert_free(path.read_bytes(), path)
        # The run goes on; who ends with SIGINT now ends it as well.
        self.start()
        self.server.client(self.tenant_key).wait(self.job_id, ("RUNNING",))

    def test_a_killed_worker_takes_sumo_with_it_and_leaves_no_files(self):
        os.kill(self.worker(), signal.SIGKILL)
        deadline = time.monotonic() + 10
        while processes_below(self.run_directory) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(processes_below(self.run_directory), [])
        self.assertEqual(self.tenant.call("POST", f"/jobs/{self.job_id}/cancel").status, 200)
        self.tenant.wait(self.job_id, seconds=90)
        deadline = time.monotonic() + 30
        while self.run_directory.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(self.run_directory.exists(), "files were left behind")


if __name__ == "__main__":
    unittest.main()
