"""Starts the real programs for end-to-end tests: a server on a free port, in a directory of its own.

Environment: SIGNALBOX_BIN is the directory of the programs, SIGNALBOX_SCENARIOS that of the made
test networks, SIGNALBOX_TEST_SCENARIOS (optional) one with further real scenarios. Every process is
ended by its id, every file is below one temporary directory.
"""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import uuid

BIN = pathlib.Path(os.environ.get("SIGNALBOX_BIN", "build/dev/bin")).resolve()
SCENARIOS = pathlib.Path(os.environ.get("SIGNALBOX_SCENARIOS", "build/scenarios")).resolve()
FURTHER = os.environ.get("SIGNALBOX_TEST_SCENARIOS", "")
FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")


class Answer:
    """Status, headers and body of one exchange."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Client:
    """One credential against one server; a plain client that shares nothing with the product."""

    def __init__(self, address, headers):
        self.address = address
        self.headers = headers

    def call(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        try:
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
                headers = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, body, {**self.headers, **(headers or {})})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def submit(self, archive, scenario_id="test", headers=None, **fields):
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"scenario_id": scenario_id, **fields}.items()
        ]
        content = pathlib.Path(archive).read_bytes() if not isinstance(archive, bytes) else archive
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="sumo_files"; '
            f'filename="s.zip"\r\nContent-Type: application/zip\r\n\r\n'.encode()
        )
        parts += [content, f"\r\n--{boundary}--\r\n".encode()]
        return self.call(
            "POST", "/jobs", b"".join(parts),
            {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})},
        )

    def job(self, job_id):
        return self.get(f"/jobs/{job_id}").json()

    def wait(self, job_id, states=FINAL, seconds=180):
        """The job once it is in one of the states."""
        end = time.monotonic() + seconds
        while True:
            job = self.job(job_id)
            if job["status"] in states:
                return job
            if time.monotonic() > end:
                raise AssertionError(f"job is still {job['status']} after {seconds} s: {job}")
            time.sleep(0.05)


class Stream:
    """A server-sent event stream, read event by event."""

    def __init__(self, client, path, last_event_id=None, timeout=60):
        self.connection = http.client.HTTPConnection(*client.address, timeout=timeout)
        headers = dict(client.headers)
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def events(self):
        """(id, event name, data) until the server ends the stream."""
        event = {"id": None, "event": None, "data": []}
        while True:
            line = self.response.readline()
            if not line:
                return
            line = line.decode().rstrip("\n").rstrip("\r")
            if line == "":
                if event["data"]:
                    yield event["id"], event["event"], "\n".join(event["data"])
                event = {"id": None, "event": None, "data": []}
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                value = value[1:] if value.startswith(" ") else value
                if name == "data":
                    event["data"].append(value)
                elif name in event:
                    event[name] = value

    def close(self):
        # A response may keep the socket open; ending both directions ends it for the server too.
        try:
            if self.connection.sock:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.response.close()
        self.connection.close()


class Server:
    """signalboxd on a free port; `directory` keeps its data between starts."""

    def __init__(self, directory, *arguments, environment=None):
        self.data = pathlib.Path(directory)
        self.log_path = self.data.parent / "server.log"
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [BIN / "signalboxd", "--data", self.data, "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **(environment or {})},
        )
        line = self.process.stdout.readline().decode()
        if not line.startswith("signalboxd ready on http"):
            raise AssertionError(f"not ready: {line!r}\n{self.log_path.read_text()[-3000:]}")
        self.url = line.split()[-1]
        host, _, port = self.url.split("//")[1].rpartition(":")
        self.address = (host, int(port))
        key_file = self.data / "admin.key"
        self.admin_key = key_file.read_text().strip() if key_file.exists() else ""
        self.admin = Client(self.address, {"X-Admin-Key": self.admin_key})

    def tenant(self, name, **fields):
        answer = self.admin.call("POST", "/auth/register", {"tenant_id": name, **fields})
        if answer.status != 200:
            raise AssertionError(answer.body)
        return self.client(answer.json()["api_key"])

    def client(self, key):
        return Client(self.address, {"Authorization": f"Bearer {key}"})

    def stop(self, number=signal.SIGTERM, seconds=60):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        self.process.stdout.close()
        self.log.close()
        return code


class ServerTest(unittest.TestCase):
    """A test with a server and a directory of its own."""

    arguments = ()

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="signalbox-e2e-"))
        self.server = None
        self.start()

    def start(self, *arguments, environment=None):
        self.server = Server(
            self.directory / "data", *self.arguments, *arguments, environment=environment
        )
        return self.server

    def tearDown(self):
        try:
            if self.server and self.server.process.poll() is None:
                # Ctrl-C ends the runs as well: nothing is left behind.
                self.server.stop(signal.SIGINT)
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)


def processes_below(directory):
    """Ids of living processes whose working directory is below `directory`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str((entry / "cwd").readlink()).startswith(str(directory)):
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


def scenario(name):
    path = SCENARIOS / f"{name}.zip"
    if not path.exists():
        raise AssertionError(f"{path} is missing: run `make scenarios`")
    return path


def further_scenario(name):
    path = pathlib.Path(FURTHER) / f"{name}.zip"
    if not FURTHER or not path.exists():
        raise unittest.SkipTest(f"{name}.zip is not here (SIGNALBOX_TEST_SCENARIOS)")
    return path
