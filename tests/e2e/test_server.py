"""signalboxd as a program: its configuration, how it starts and stops, and what it leaves on the disk."""

import os
import pathlib
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import time
import unittest

from support import BIN, Client, ServerTest, scenario

READY = b"signalboxd ready on http"


class ProgramTest(unittest.TestCase):
    """Runs of signalboxd in a directory of their own."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-e2e-"))
        self.data = self.directory / "data"

    def tearDown(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def arguments(self, *more):
        return [BIN / "signalboxd", "--data", self.data, *more]

    @staticmethod
    def environment(**more):
        return {**os.environ, "SIGNALBOX_LISTEN": "127.0.0.1:0", **more}

    def run_to_its_end(self, *more, file=None, **environment):
        """(exit code, stdout, stderr) of a call that is not meant to serve."""
        if file is not None:
            path = self.directory / "signalbox.yaml"
            path.write_text(file)
            more = ("--config", path, *more)
        done = subprocess.run(
            self.arguments(*more),
            capture_output=True,
            text=True,
            timeout=30,
            env=self.environment(**environment),
        )
        return done.returncode, done.stdout, done.stderr

    def start(self, *more, stderr=subprocess.DEVNULL, **environment):
        process = subprocess.Popen(
            self.arguments(*more), stdout=subprocess.PIPE, stderr=stderr, env=self.environment(**environment)
        )
        line = process.stdout.readline()
        self.assertTrue(line.startswith(READY), line)
        process.stdout.close()
        host, _, port = line.decode().strip().split("//")[1].rpartition(":")
        return process, (host, int(port))


class Configuration(ProgramTest):
    def test_all_problems_are_said_at_once_and_nothing_is_touched(self):
        code, out, err = self.run_to_its_end(
            "--listen",
            "nowhere",
            "--tls-cert",
            "/nowhere/cert.pem",
            file="server: {grace: 1 y}\nlimits: {uplaod_mb: 5}\nsever: {}\nsimulators: [{hoem: /x}]\n",
            API_KEYS="a:b:c",
            LOG_LEVEL="loud",
            DATABASE_URL="postgresql://u:secret@h/d",
        )
        self.assertEqual((code, out), (2, ""))
        for said in (
            "server.grace",
            "did you mean limits.upload_mb?",
            "sever: unknown section",
            "simulators.hoem",
            'server.listen: "nowhere"',
            "server.tls_cert and server.tls_key",
            "API_KEYS",
            "LOG_LEVEL",
            "storage.database",
        ):
            self.assertIn(said, err)
        self.assertNotIn("secret", err)
        self.assertFalse(self.data.exists())

    def test_checking_and_printing_have_no_side_effect(self):
        for flag in ("--check-config", "--print-config", "--version", "--help"):
            code, out, err = self.run_to_its_end(flag)
            self.assertEqual((code, err), (0, ""), flag)
            self.assertTrue(out, flag)
        self.assertEqual(self.run_to_its_end("--no-such-flag")[0], 2)
        self.assertFalse(self.data.exists())

    def test_what_is_printed_is_a_file_and_holds_no_secret(self):
        secrets = {"ADMIN_KEY": "secret-1", "API_KEYS": "ops:secret-2"}
        _, printed, _ = self.run_to_its_end(
            "--print-config", "--slots", "3", file="tenancy: {reserved: [a, 'b \"c\"']}\n", **secrets
        )
        self.assertNotIn("secret-", printed)
        self.assertIn("(set, not shown)", printed)
        code, again, err = self.run_to_its_end("--print-config", file=printed)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(again, printed.replace(" (set, not shown)", ""))

    def test_a_flag_beats_the_environment_also_when_it_says_no(self):
        _, printed, _ = self.run_to_its_end(
            "--print-config", "--open-registration=false", SIGNALBOX_OPEN_REGISTRATION="1"
        )
        self.assertIn('open_registration: "false"', printed)
        file = self.directory / "admin"
        file.write_text("key-of-the-file\n")
        process, address = self.start("--admin-key-file", file, ADMIN_KEY="key-of-the-environment")
        try:
            for key, status in (("key-of-the-file", 200), ("key-of-the-environment", 401)):
                self.assertEqual(Client(address, {"X-Admin-Key": key}).get("/auth/tenants").status, status)
        finally:
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 0)


class StartAndStop(ProgramTest):
    def test_whoever_reads_that_it_is_ready_can_stop_it_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT) * 3:
            process, _ = self.start()
            process.send_signal(number)
            self.assertEqual(process.wait(30), 0, number)

    def test_a_second_signal_ends_it_at_once(self):
        process, address = self.start("--grace", "60")
        with socket.create_connection(address) as unfinished:
            unfinished.sendall(b"POST /auth/register HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n")
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            self.assertIsNone(process.poll(), "the request is not over")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(5), 1)

    def test_a_log_that_nobody_reads_does_not_end_it(self):
        reader, writer = os.pipe()
        process, address = self.start("--log-level", "debug", stderr=writer)
        os.close(writer)
        os.close(reader)
        for _ in range(10):
            self.assertEqual(Client(address, {}).get("/healthz").status, 200)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)

    def test_one_server_per_data_directory(self):
        process, address = self.start()
        code, out, err = self.run_to_its_end()
        self.assertEqual((code, out), (3, ""))
        self.assertIn("is in use by another signalboxd", err)
        # The same port, another directory: a failure, and the log says which.
        done = subprocess.run(
            [BIN / "signalboxd", "--data", self.directory / "other", "--listen", f"127.0.0.1:{address[1]}"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("Address already in use", done.stderr.splitlines()[-1])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)

    def test_it_speaks_tls_with_the_files_it_is_given(self):
        certificate, key = self.directory / "cert.pem", self.directory / "key.pem"
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key,
                "-out",
                certificate,
            ],
            check=True,
            capture_output=True,
        )
        process, address = self.start("--tls-cert", certificate, "--tls-key", key)
        trusting = ssl.create_default_context(cafile=certificate)
        with socket.create_connection(address, timeout=10) as plain, trusting.wrap_socket(
            plain, server_hostname="127.0.0.1"
        ) as secure:
            secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertTrue(secure.recv(100).startswith(b"HTTP/1.1 200"))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)


class Files(ServerTest):
    def start(self, *arguments, **more):
        before = os.umask(0)
        try:
            return super().start(*arguments, **more)
        finally:
            os.umask(before)

    def test_every_file_is_its_owners_alone(self):
        tenant = self.server.tenant("acme")
        self.assertEqual(tenant.call("PUT", "/scenarios/a", scenario("cross").read_bytes()).status, 200)
        tenant.wait(tenant.submit(scenario("cross")).json()["job_id"])
        paths = [self.server.data, *self.server.data.rglob("*")]
        self.assertGreater(len(paths), 20)
        # A run of another user has to pass through to its own directory.
        passages = {self.server.data, self.server.data / "runs"}
        for path in paths:
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:
                continue  # a run's directory, tidied up meanwhile
            if self.server.data / "runs" in path.parents:
                continue
            expected = 0o700 if stat.S_ISDIR(mode) else 0o600
            allowed = {expected, 0o711} if path in passages else {expected}
            self.assertIn(stat.S_IMODE(mode), allowed, path)


if __name__ == "__main__":
    unittest.main()
