"""Processes and files of a benchmark: started here, ended by their id, gone at the end.

A Stage is one directory below build/bench and everything that was started for it. Children live in
sessions of their own, so that Ctrl-C reaches this program alone, which then ends them in order.
Orphans of theirs come to this process and are ended too.
"""

import contextlib
import ctypes
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "release" / "bin"
SCENARIOS = ROOT / "build" / "scenarios"
RESULTS = ROOT / "build" / "bench"

PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")
MB = 1e6


class Stage:
    """The directory and the processes of one benchmark; a context manager."""

    def __init__(self):
        self.path = RESULTS / f"run-{os.getpid()}"
        self.exits = contextlib.ExitStack()

    def __enter__(self):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        raise_file_limit()
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        return self

    def __exit__(self, *_):
        # Whoever is impatient now would leave something behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.exits.close()
        end_descendants()
        shutil.rmtree(self.path, ignore_errors=True)

    def directory(self, name):
        """A new empty directory."""
        path = self.path / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def start(self, command, log=None, environment=None, **options):
        """A process that ends with the stage at the latest; its output goes to `log`."""
        with open(log or os.devnull, "ab") as output:
            options.setdefault("stdout", output)
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stderr=output,
                env={**os.environ, **(environment or {})}, start_new_session=True, **options,
            )  # fmt: skip
        self.exits.callback(end, process)
        return process


def end(process, number=signal.SIGTERM, seconds=30):
    """Asks, waits, then insists. The exit code."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    if process.stdout:
        process.stdout.close()
    return process.wait()


def descendants(pid):
    found = []
    with contextlib.suppress(OSError):
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in map(int, children):
            found += [child, *descendants(child)]
    return found


def end_descendants():
    for pid in descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def raise_file_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpu_seconds(pid, with_reaped=False):
    """User and system time of all its threads; on request also of the children it has reaped."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if with_reaped else 13])) / TICKS


def memory_bytes(pid, field="VmRSS"):
    """`VmRSS` is all it has in memory, `RssAnon` what is its alone."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"/proc/{pid}/status has no {field}")


def wait_until(condition, seconds, what, pause=0.01):
    """What `condition` answers once it is true."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)
