"""What all tests of hostile clients share: the server, plain sockets, and what must be true afterwards.

After each test the server must answer, hold no spool file and no stream, and have logged no error.
"""

import json
import os
import pathlib
import re
import socket
import time

from support import ServerTest

CONFIGURATION = """
limits: {slow_request: 1 s, idle_connection: 2 s, upload_mb: 1}
tenancy: {rates: {wrong_keys_per_minute: 100000}}
"""
MIB = 1 << 20


class HostileTest(ServerTest):
    def start(self, *arguments, **more):
        file = self.directory / "signalbox.yaml"
        file.write_text(CONFIGURATION)
        return super().start("--config", str(file), *arguments, **more)

    def setUp(self):
        super().setUp()
        self.tenant = self.server.tenant("acme", max_concurrent_jobs=20)
        self.key = self.tenant.headers["Authorization"]

    def tearDown(self):
        try:
            self.check_aftermath()
        finally:
            super().tearDown()

    def check_aftermath(self):
        self.assertEqual(self.server.admin.get("/health").json()["status"], "healthy")
        deadline = time.monotonic() + 5  # a hang-up is noticed a moment later
        while time.monotonic() < deadline and (self.spool_files() or self.metric("signalbox_event_streams")):
            time.sleep(0.05)
        self.assertEqual(self.spool_files(), [])
        self.assertEqual(self.metric("signalbox_event_streams"), 0)
        for line in self.server.log_path.read_text().splitlines():
            entry = json.loads(line)
            self.assertNotEqual(entry["level"], "error", line)
            # Clients that hang up are no trouble of the server's.
            self.assertNotIn("CLIENT_GONE", line)

    def spool_files(self):
        return sorted(path.name for path in (self.server.data / "spool").iterdir())

    def metric(self, name):
        text = self.server.admin.get("/metrics").body.decode()
        return float(re.search(rf"^{name} (\S+)$", text, re.M)[1])

    def memory(self):
        pages = pathlib.Path(f"/proc/{self.server.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def connect(self, timeout=20):
        return socket.create_connection(self.server.address, timeout=timeout)

    def exchange(self, data, half_close=False):
        """All that comes until the server closes."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before all of it was sent
            return read_until_closed(connection)

    def head(self, method, path, *fields, key=True):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", *fields]
        if key:
            lines.append(f"Authorization: {self.key}")
        return "".join(line + "\r\n" for line in lines).encode() + b"\r\n"

    def check_refusal(self, answer, statuses, what):
        """One whole refusal in the form all errors have, and nothing behind it."""
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 "), f"{what}: {answer[:200]!r}")
        status = int(head.split()[1])
        self.assertIn(status, statuses, f"{what}: {answer[:400]!r}")
        self.check_error_body(json.loads(body), what)
        fields = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
        self.assertIn(b"x-request-id", fields, what)
        self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)), 1, f"{what}: {answer[:600]!r}")

    def check_error_body(self, error, what):
        self.assertEqual(error["error"], error["message"], what)
        self.assertTrue(error["message"], what)
        self.assertNotIn("Internal error", error["message"], what)
        self.assertTrue(error["details"]["code"], what)
        self.assertTrue(isinstance(error["detail"], list) or error["detail"] == error["message"], what)


def read_until_closed(connection):
    answer = b""
    try:
        while piece := connection.recv(1 << 16):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)
