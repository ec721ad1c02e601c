"""Requests that read: CPU and instructions of the smallest authenticated one, GET /jobs/{id}."""

import json
import re
import socket
import statistics
import time

import wrk
from processes import ROOT, SCENARIOS, cpu_seconds, wait_until
from signalbox import Reader, Server

# Authenticated like every request, answered from memory: what HTTP, key and JSON cost.
PATH = "/simulators"
NGINX = ROOT / ".cache" / "nginx" / "usr" / "sbin" / "nginx"
PYTHON = ROOT / ".cache" / "bench-python" / "bin" / "python"
ROUNDS = 5
JOBS = 500
FEW, MANY = 500, 16_500  # requests under callgrind


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answer_size(address, headers, path):
    """All bytes of one answer, head and body."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(address, 10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return sum(len(piece) for piece in iter(lambda: connection.recv(65536), b""))


def start_nginx(stage, answer):
    """One process that answers everything with `answer`; the process and its port."""
    folder, port = stage.directory("nginx"), free_port()
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(f"""
        daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 512; }}
        http {{
            access_log off; keepalive_requests 1000000000; default_type application/json; {paths}
            server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{answer}'; }} }}
        }}
    """)
    process = stage.start(
        [NGINX, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    )
    wait_until(lambda: accepts(port), 10, "nginx")
    return process, port


def start_nginx_of_size(stage, size):
    """nginx whose whole answer has `size` bytes."""
    process, port = start_nginx(stage, "")
    missing = size - answer_size(("127.0.0.1", port), {}, "/")
    process.kill()
    process.wait()
    return start_nginx(stage, "x" * max(1, missing - 1))


def cpu_per_request(stage, pid, url, path, headers):
    before = cpu_seconds(pid)
    load = wrk.get(stage, url, [path], headers=headers)
    if load.errors:
        raise RuntimeError(f"{load.errors} of {load.requests} requests to {url}{path} failed")
    return (cpu_seconds(pid) - before) / load.requests * 1e6


def measure_cpu(stage, report, server, headers):
    size = answer_size(server.address, headers, PATH)
    nginx, port = start_nginx_of_size(stage, size)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(cpu_per_request(stage, nginx.pid, f"http://127.0.0.1:{port}", "/", {}))
        ours.append(cpu_per_request(stage, server.pid, server.url, PATH, headers))
    ratios = [other / own for own, other in zip(ours, theirs)]
    report.add(
        "get_cpu", statistics.median(ratios),
        f"{statistics.median(ours):.1f} µs, nginx {statistics.median(theirs):.1f} µs;"
        f" answers of {size} bytes; ratios {min(ratios):.2f}-{max(ratios):.2f}",
    )  # fmt: skip
    nginx.terminate()


def count_instructions(stage, requests, seconds=0):
    """(instructions, seconds) of a life of the server with so many requests and at least so long."""
    out = stage.path / "callgrind.out"
    wrapper = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet"]
    server = Server(stage, "callgrind", no_worker=True, wrapper=wrapper)
    headers, _ = server.tenant("bench")
    started, reader = time.monotonic(), Reader(server.address, headers, PATH)
    for _ in range(requests):
        reader.milliseconds()
    reader.connection.close()
    lived = time.monotonic() - started
    time.sleep(max(0, seconds - lived))
    server.stop()
    total = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)
    return int(total.group(1)), lived


def measure_instructions(stage, report):
    # What start, stop and everything in the background cost is in both.
    counts = []
    for _ in range(3):
        many, seconds = count_instructions(stage, MANY)
        few, _ = count_instructions(stage, FEW, seconds)
        counts.append((many - few) / (MANY - FEW))
    report.add(
        "get_instructions", statistics.median(counts),
        f"callgrind, lives with {MANY:,} requests less such with {FEW:,};"
        f" {min(counts):,.0f}-{max(counts):,.0f}",
    )  # fmt: skip


def measure_wall(stage, report, server, headers, tenant):
    if not PYTHON.exists():
        report.skip("get_wall", "FastAPI is not installed (tools/setup --with-bench says why)")
        return
    reply, port = stage.path / "reply.json", free_port()
    reply.write_text(json.dumps(tenant.get(PATH)))
    stage.start(
        [PYTHON, "-m", "uvicorn", "fastapi_reply:app", "--port", port, "--no-access-log",
         "--log-level", "warning"],
        cwd=ROOT / "bench" / "references", log=stage.path / "uvicorn.log",
        environment={"REPLY": str(reply), "KEY": headers["Authorization"]},
    )  # fmt: skip
    wait_until(lambda: accepts(port), 20, "uvicorn")
    ours, theirs = [], []
    for _ in range(3):
        other = wrk.get(stage, f"http://127.0.0.1:{port}", [PATH], headers=headers)
        if other.errors:
            raise RuntimeError(f"{other.errors} of {other.requests} requests to FastAPI failed")
        theirs.append(other.rate)
        ours.append(wrk.get(stage, server.url, [PATH], headers=headers).rate)
    report.add(
        "get_wall", statistics.median(own / other for own, other in zip(ours, theirs)),
        f"{statistics.median(ours):,.0f}/s, FastAPI + uvicorn {statistics.median(theirs):,.0f}/s",
    )  # fmt: skip


def measure_jobs(stage, report, server, headers, tenant):
    square = (SCENARIOS / "square.zip").read_bytes()
    paths = [f"/jobs/{tenant.submit(square)}" for _ in range(JOBS)]
    loads = [wrk.get(stage, server.url, paths, headers=headers) for _ in range(ROUNDS)]
    rates = [load.rate for load in loads]
    report.add(
        "job_rate", statistics.median(rates),
        f"{JOBS} jobs in turn; {min(rates):,.0f}-{max(rates):,.0f}/s",
    )  # fmt: skip
    report.add("job_p99", statistics.median(load.p99_ms for load in loads))
    requests = sum(load.requests for load in loads)
    report.add("job_errors", sum(load.errors for load in loads), f"of {requests:,} requests")


def measure(stage, report, short):
    server = Server(stage, "requests", no_worker=True)
    headers, tenant = server.tenant("bench")
    measure_cpu(stage, report, server, headers)
    measure_instructions(stage, report)
    if not short:
        measure_wall(stage, report, server, headers, tenant)
        measure_jobs(stage, report, server, headers, tenant)
    server.stop()
