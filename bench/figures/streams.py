"""Many event streams at once: what an idle one costs, and what the others notice of a thousand."""

import contextlib
import json
import selectors
import socket
import statistics
import threading
import time

import wrk
from processes import SCENARIOS, memory_bytes, wait_until
from signalbox import Server

WARM, IDLE = 200, 2_000
FOLLOWERS = 1_000
# Seconds between two lines of log.
QUIET, LIVELY = 0.2, 0.02
# The same in simulated seconds, of which the run makes some 4,500 a second.
SIMULATED_PERIOD = 1_000
ROUNDS = 5


class Followers:
    """Open event streams; what comes is read by a thread and thrown away.

    Followers are on other machines as a rule, and reading a thousand sockets takes more of this one
    than the server needs to write them. So for as long as something else is measured, what comes
    stays in the buffers of the sockets.
    """

    def __init__(self):
        self.reading = threading.Event()
        self.reading.set()
        self.selector = selectors.DefaultSelector()
        self.sockets = []
        self.received = 0
        self.ended = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.read_all, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for stream in self.sockets:
            stream.close()
        self.selector.close()

    def open(self, address, headers, path, count):
        lines = [f"GET {path} HTTP/1.1", "Host: bench"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        for _ in range(count):
            stream = socket.create_connection(address, 30)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            stream.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            head = stream.recv(65536)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{path}: {head[:200]!r}")
            stream.setblocking(False)
            self.sockets.append(stream)
            self.selector.register(stream, selectors.EVENT_READ)

    @contextlib.contextmanager
    def unread(self):
        self.reading.clear()
        yield
        self.reading.set()

    def read_all(self):
        while not self.over.is_set():
            if not self.reading.wait(0.1):
                continue
            for key, _ in self.selector.select(0.1):
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    received = len(key.fileobj.recv(65536))
                    self.received += received
                    if received == 0:
                        self.ended += 1
                        self.selector.unregister(key.fileobj)


def kilobytes_per_stream(server, headers, path):
    with Followers() as followers:
        followers.open(server.address, headers, path, WARM)
        time.sleep(3)
        warm = memory_bytes(server.pid, "RssAnon")
        followers.open(server.address, headers, path, IDLE)
        time.sleep(3)
        if followers.ended:
            raise RuntimeError(f"{followers.ended} streams ended by themselves")
        return (memory_bytes(server.pid, "RssAnon") - warm) / IDLE / 1000


def measure_memory(stage, report):
    """On a job that waits, because another has the only slot."""
    memory = {}
    for kind in ("events", "logs/stream"):
        server = Server(stage, "idle-streams", no_worker=True, slots=1)
        headers, tenant = server.tenant("bench")
        square = (SCENARIOS / "square.zip").read_bytes()
        tenant.submit(square)
        waiting = tenant.submit(square)
        memory[kind] = kilobytes_per_stream(server, headers, f"/jobs/{waiting}/{kind}")
        server.stop()
    report.add(
        "stream_memory", max(memory.values()),
        f"events {memory['events']:.1f} kB, log {memory['logs/stream']:.1f} kB; {IDLE:,} streams",
    )  # fmt: skip


def health_p99(stage, server):
    load = wrk.get(stage, server.url, ["/health"], connections=8, seconds=6)
    if load.errors:
        raise RuntimeError(f"{load.errors} of {load.requests} requests to /health failed")
    return load.p99_ms


class LogWriter(threading.Thread):
    """Stands in for the worker of the one run: its log grows by a line, again and again.

    A worker and its sumo would take a core of their own, which is not there: with them on two cores,
    what /health waits for is the scheduler's time slice.
    """

    def __init__(self, server, period):
        super().__init__(daemon=True)
        token = next((server.data / "runs").glob("*/token")).read_text()
        self.worker = server.client({"Authorization": f"Bearer {token}"})
        self.period = period
        self.over = threading.Event()
        self.problem = None
        self.size = 0

    def run(self):
        line = b"Step #86400.00 (1ms ~= 1000.00*RT, ~430000.00UPS, vehicles TOT 9000 ACT 430 BUF 12)\n"
        try:
            while not self.over.wait(self.period):
                self.worker.call("PUT", f"/worker/v1/log?offset={self.size}", line)
                self.size += len(line)
        except (RuntimeError, OSError) as problem:
            self.problem = problem

    def stop(self):
        self.over.set()
        self.join()
        if self.problem:
            raise RuntimeError(f"the log broke off: {self.problem}")


def compare_followers(stage, report, figure, server, headers, job):
    """/health without and with a thousand followers of a log that goes on growing in both halves."""
    without, beside, received, seconds = [], [], 0, 0
    for _ in range(ROUNDS):
        without.append(health_p99(stage, server))
        with Followers() as followers:
            followers.open(server.address, headers, f"/jobs/{job}/logs/stream", FOLLOWERS)
            time.sleep(2)
            before, started = followers.received, time.monotonic()
            with followers.unread():
                beside.append(health_p99(stage, server))
            time.sleep(1)  # the reader catches up
            seconds += time.monotonic() - started
            received += followers.received - before
            if followers.ended:
                raise RuntimeError(f"{followers.ended} followers were cut off")
        time.sleep(0.5)
    if received == 0:
        raise RuntimeError("no follower was sent anything")
    ratio = statistics.median(with_ / alone for with_, alone in zip(beside, without))
    report.add(
        figure, ratio,
        f"{statistics.median(beside):.2f} ms, without {statistics.median(without):.2f} ms;"
        f" each was sent {received / seconds / FOLLOWERS:,.0f} bytes/s",
    )  # fmt: skip


def measure_followers(stage, report, figure, period):
    """Of a log that grows by a line every `period` seconds, written by nobody that takes a core."""
    server = Server(stage, "followers", no_worker=True, slots=1)
    headers, tenant = server.tenant("bench")
    job = tenant.submit((SCENARIOS / "square.zip").read_bytes())
    wait_until(lambda: any((server.data / "runs").glob("*/token")), 10, "the attempt")
    writer = LogWriter(server, period)
    writer.start()
    compare_followers(stage, report, figure, server, headers, job)
    writer.stop()
    server.stop()


def measure_beside_sumo(stage, report):
    """The same while the run's own worker and `sumo` want a core as well."""
    server = Server(stage, "beside-sumo", slots=1)
    headers, tenant = server.tenant("bench")
    args = json.dumps(["--step-log.period", str(SIMULATED_PERIOD)])
    job = tenant.submit((SCENARIOS / "marathon.zip").read_bytes(), args=args)
    wait_until(lambda: tenant.get(f"/jobs/{job}")["status"] == "RUNNING", 60, "the run")
    compare_followers(stage, report, "followers_beside_sumo", server, headers, job)
    server.stop()


def measure(stage, report, short):
    measure_memory(stage, report)
    if not short:
        measure_followers(stage, report, "followers", QUIET)
        measure_followers(stage, report, "lively_followers", LIVELY)
        measure_beside_sumo(stage, report)
