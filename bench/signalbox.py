"""A signalboxd under test: started on a free port with data of its own, asked over HTTP."""

import http.client
import json
import signal
import socket
import time
import uuid

from processes import BIN, MB, end, memory_bytes

# Limits that a load generator with one key would meet. Everything else is the default.
CONFIGURATION = """\
limits: {{streams_per_key: 100000, connections: 20000}}
tenancy: {{rates: {{requests_per_second: 10000000}}}}
runner: {{lost_after: 1d, slots: {slots}, local: {{worker: "{worker}"}}}}
retention: {{min_free_percent: 0}}
"""
# A tenant that meets no limit of its own either.
WIDE = {
    "max_cpu": 1000, "max_memory_gi": 5000, "max_concurrent_jobs": 200,
    "max_queued_jobs": 1_000_000, "on_limit": "queue",
}  # fmt: skip


class Client:
    """One credential on one connection that stays open."""

    def __init__(self, address, headers):
        self.headers = headers
        self.connection = http.client.HTTPConnection(*address, timeout=60)

    def call(self, method, path, body=None, headers=None):
        if isinstance(body, dict):
            body = json.dumps(body)
        self.connection.request(method, path, body, {**self.headers, **(headers or {})})
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return json.loads(content) if content.startswith((b"{", b"[")) else content

    def get(self, path):
        return self.call("GET", path)

    def submit(self, archive, **fields):
        content_type, parts = multipart(archive, {"scenario_id": "bench", **fields})
        return self.call("POST", "/jobs", b"".join(parts), {"Content-Type": content_type})["job_id"]

    def wait(self, job):
        """Until the job is over: its event stream ends then. The job."""
        self.get(f"/jobs/{job}/events")
        return self.get(f"/jobs/{job}")


class Reader:
    """GET on one connection with as little around it as Python can."""

    def __init__(self, address, headers, path):
        lines = [f"GET {path} HTTP/1.1", "Host: bench"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.connection = socket.create_connection(address, 60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def milliseconds(self):
        started = time.perf_counter()
        self.connection.sendall(self.request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.connection.recv(1 << 18)
        head, _, body = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{self.request!r}: {received[:300]!r}")
        size = int(head.lower().partition(b"content-length:")[2].split()[0])
        left = size - len(body)
        while left > 0:
            left -= len(self.connection.recv(1 << 18))
        return (time.perf_counter() - started) * 1000


def multipart(archive, fields):
    """The content type and the body in three parts: up to the file, the file, behind it."""
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="sumo_files"; filename="s.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    parts = [head.encode(), archive, f"\r\n--{boundary}--\r\n".encode()]
    return f"multipart/form-data; boundary={boundary}", parts


class Server:
    """`no_worker`: attempts are claimed and written as ever, but what is started ends at once."""

    def __init__(self, stage, name, data=None, no_worker=False, slots=0, wrapper=()):
        self.data = data or stage.directory(name) / "data"
        self.data.mkdir(mode=0o700, exist_ok=True)
        configuration = self.data.parent / "config.yaml"
        worker = "/bin/true" if no_worker else BIN / "signalbox-worker"
        configuration.write_text(CONFIGURATION.format(worker=worker, slots=slots))
        self.stop_signal = signal.SIGTERM if no_worker else signal.SIGINT
        self.log = self.data.parent / "server.log"
        command = [*wrapper, BIN / "signalboxd", "--config", configuration, "--data", self.data]
        started = time.monotonic()
        self.process = stage.start(
            [*command, "--listen", "127.0.0.1:0"], log=self.log, stdout=-1,
            environment={"ADMIN_KEY": "", "LOG_LEVEL": "info"},
        )  # fmt: skip
        line = self.process.stdout.readline().decode()
        if " ready on http://" not in line:
            raise RuntimeError(f"signalboxd is not ready: {self.log.read_text()[-2000:]}")
        self.url = line.split()[-1]
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        self.address = (host, int(port))
        self.client({}).get("/health")
        self.start_seconds = time.monotonic() - started
        self.pid = self.process.pid
        self.admin_key = (self.data / "admin.key").read_text().strip()
        self.admin = self.client({"X-Admin-Key": self.admin_key})

    def client(self, headers):
        return Client(self.address, headers)

    def tenant(self, name, **fields):
        """A new tenant: its key as a header, and a client with it."""
        body = {"tenant_id": name, **WIDE, **fields}
        key = self.admin.call("POST", "/auth/register", body)["api_key"]
        headers = {"Authorization": f"Bearer {key}"}
        return headers, self.client(headers)

    def metric(self, name):
        """The sum of a metric over its labels."""
        total = 0.0
        for line in self.client({}).get("/metrics").decode().splitlines():
            if line.startswith((name + " ", name + "{")):
                total += float(line.rpartition(" ")[2])
        return total

    def memory_mb(self):
        return memory_bytes(self.pid) / MB

    def stop(self):
        """With workers as Ctrl-C does: their runs are ended, none stays."""
        code = end(self.process, self.stop_signal)
        if code != 0:
            raise RuntimeError(f"signalboxd ended with {code}: {self.log.read_text()[-2000:]}")
