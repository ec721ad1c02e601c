"""Heads, framing and senders no client should be: refused in order, nothing kept, and others served.

Everything goes over plain sockets, since no well-behaved client can send it.
"""

import os
import socket
import time
import unittest

from hostile import MIB, HostileTest, chunk, read_until_closed
from support import BIN

# What a whole round of abuse may leave in memory: caches of the allocator, not of the requests.
GROWTH_ALLOWED = 24 * MIB


class Heads(HostileTest):
    def test_malformed_heads_are_refused(self):
        host = b"Host: x\r\n"
        cases = {
            "no line end but LF": (b"GET /healthz HTTP/1.1\nHost: x\n\n", 400),
            "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
            "two hosts": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            "unknown version": (b"GET /healthz HTTP/3.7\r\n" + host + b"\r\n", 505),
            "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            "HTTP/0.9": (b"GET /healthz\r\n\r\n", 400),
            "folded line": (b"GET /healthz HTTP/1.1\r\n" + host + b"A: b\r\n c\r\n\r\n", 400),
            "blank before the colon": (b"GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n", 400),
            "field without a name": (b"GET /healthz HTTP/1.1\r\n" + host + b": b\r\n\r\n", 400),
            "NUL in a value": (b"GET /healthz HTTP/1.1\r\n" + host + b"A: b\0c\r\n\r\n", 400),
            "NUL in the path": (b"GET /health\0z HTTP/1.1\r\n" + host + b"\r\n", 400),
            "CR in a value": (b"GET /healthz HTTP/1.1\r\n" + host + b"A: b\rc\r\n\r\n", 400),
            "target without slash": (b"GET healthz HTTP/1.1\r\n" + host + b"\r\n", 400),
            "dots": (b"GET /jobs/../admin/jobs HTTP/1.1\r\n" + host + b"\r\n", 400),
            "half a percent code": (b"GET /jobs/%4 HTTP/1.1\r\n" + host + b"\r\n", 400),
            "head of 1 MiB": (b"GET /healthz HTTP/1.1\r\n" + host + b"A: " + b"x" * MIB + b"\r\n\r\n", 431),
            "endless fields": (b"GET /healthz HTTP/1.1\r\n" + b"A: b\r\n" * 100_000, 431),
            "target of 9 kB": (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + host + b"\r\n", 414),
            "expectation": (b"POST /jobs HTTP/1.1\r\n" + host + b"Expect: a miracle\r\n\r\n", 417),
            "hello of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, 408),
            "nothing but zeros": (b"\0" * 100_000, 414),
            "binary": (os.urandom(64) + b"\r\n\r\n", 400),
        }
        for name, (data, status) in cases.items():
            with self.subTest(name):
                # Random bytes may hold a line end, or look unfinished.
                statuses = {400, 408, 414} if name == "binary" else {status}
                self.check_refusal(self.exchange(data), statuses, name)

    def test_no_framing_smuggles_a_second_request(self):
        second = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        cases = {
            "length and chunks": [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
            "chunks and length": [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
            "two lengths": [b"Content-Length: 5", b"Content-Length: 40"],
            "list of lengths": [b"Content-Length: 5, 40"],
            "signed length": [b"Content-Length: +5"],
            "negative length": [b"Content-Length: -5"],
            "hexadecimal length": [b"Content-Length: 0x5"],
            "length with a blank": [b"Content-Length: 5 0"],
            "huge length": [b"Content-Length: 99999999999999999999999999"],
            "no length": [b"Content-Length: "],
            "chunks twice": [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
            "chunks last": [b"Transfer-Encoding: gzip, chunked"],
            "chunks first": [b"Transfer-Encoding: chunked, identity"],
            "almost chunked": [b"Transfer-Encoding: xchunked"],
            "tab before chunked": [b"Transfer-Encoding:\x0bchunked"],
        }
        for name, fields in cases.items():
            with self.subTest(name):
                head = b"\r\n".join([b"POST /auth/register HTTP/1.1", b"Host: x", *fields]) + b"\r\n\r\n"
                answer = self.exchange(head + b"0\r\n\r\n" + second)
                self.check_refusal(answer, {400, 501}, name)

    def test_broken_chunks_are_refused(self):
        head = self.head("POST", "/jobs", "Content-Type: application/json", "Transfer-Encoding: chunked")
        cases = {
            "negative": b"-1\r\n",
            "no number": b"zz\r\n",
            "overflow": b"f" * 17 + b"\r\nabc",
            "no end of data": b"2\r\n{}x\r\n0\r\n\r\n",
            "endless extension": b"2;" + b"a" * 100_000,
            "endless trailer": chunk(b"{}") + b"0\r\n" + b"A: b\r\n" * 20_000,
            "LF only": b"2\n{}\n0\n\n",
        }
        for name, body in cases.items():
            with self.subTest(name):
                self.check_refusal(self.exchange(head + body), {400, 408}, name)

    def test_odd_headers_never_are_more_than_a_refusal(self):
        values = [
            "", " ", ",", ";", "=", '"', "\\", "a" * 8000, "\x80\xff", "%00", "-1",
            "99999999999999999999", "bytes=0-,0-,0-", "bytes=-", "W/", '"' * 100,
            "multipart/form-data; boundary=", 'a/b; c="', "0-end",
        ]
        names = [
            "Authorization", "X-API-Key", "X-Admin-Key", "X-Service-Identity", "Idempotency-Key",
            "Range", "If-Range", "If-None-Match", "Last-Event-ID", "Content-Type", "X-Request-ID",
            "Accept", "Cookie", "Connection",
        ]
        for name in names:
            for value in values:
                head = b"".join(
                    [
                        b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n",
                        b"" if name == "Authorization" else f"Authorization: {self.key}\r\n".encode(),
                        name.encode(),
                        b": ",
                        value.encode("latin-1"),
                        b"\r\n",
                        b"Connection: close\r\n\r\n{}",
                    ]
                )
                answer = self.exchange(head)
                self.check_refusal(answer, {400, 401, 403, 415, 422}, f"{name}: {value[:40]!r}")


class Senders(HostileTest):
    def test_slow_senders_are_let_go_while_others_are_served(self):
        json_head = self.head("POST", "/jobs", "Content-Type: application/json", "Content-Length: 100")
        form_head = self.head(
            "POST", "/jobs", "Content-Type: multipart/form-data; boundary=b", "Content-Length: 900000"
        )
        zip_head = self.head("PUT", "/scenarios/slow", "Content-Length: 900000")
        part = b'--b\r\nContent-Disposition: form-data; name="sumo_files"; filename="a.zip"\r\n\r\nPK\x03\x04'
        beginnings = [
            b"G",
            b"GET /healthz HTTP/1.1\r\nHost:",
            json_head,
            json_head + b"{",
            form_head + part,
            form_head + part + b"x" * 300_000,
            zip_head + b"PK\x03\x04",
        ]
        connections = []
        try:
            for beginning in beginnings * 10:
                connections.append(self.connect())
                connections[-1].sendall(beginning)
            until = time.monotonic() + 1.5
            while time.monotonic() < until:
                begin = time.monotonic()
                self.assertEqual(self.tenant.get("/jobs").status, 200)
                self.assertLess(time.monotonic() - begin, 5)
            for connection in connections:
                self.check_refusal(read_until_closed(connection), {408}, "slow")
        finally:
            for connection in connections:
                connection.close()

    def test_connections_without_a_request_are_closed_quietly(self):
        connections = [self.connect() for _ in range(200)]
        self.assertEqual(self.tenant.get("/jobs").status, 200)
        for connection in connections:
            self.assertEqual(read_until_closed(connection), b"")
            connection.close()

    def test_endless_bodies_are_refused_when_their_limit_is_reached(self):
        chunked = "Transfer-Encoding: chunked"
        part = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="a.zip"\r\n\r\n'
        cases = {
            "JSON": (self.head("POST", "/jobs", "Content-Type: application/json", chunked), b"", 4 * MIB),
            "archive": (
                self.head("POST", "/jobs", "Content-Type: multipart/form-data; boundary=b", chunked),
                part % b"sumo_files",
                8 * MIB,
            ),
            "field": (
                self.head("POST", "/jobs", "Content-Type: multipart/form-data; boundary=b", chunked),
                part % b"scenario_id",
                4 * MIB,
            ),
            "unknown field": (
                self.head("POST", "/jobs", "Content-Type: multipart/form-data; boundary=b", chunked),
                part % b"other",
                8 * MIB,
            ),
            "raw archive": (self.head("PUT", "/scenarios/a", chunked), b"PK\x03\x04", 8 * MIB),
        }
        for name, (head, begin, most) in cases.items():
            with self.subTest(name), self.connect() as connection:
                connection.sendall(head + (chunk(begin) if begin else b""))
                sent, piece = 0, chunk(b" " * 65536)
                try:
                    while sent < 64 * MIB:
                        connection.sendall(piece)
                        sent += 65536
                except OSError:
                    pass  # the server has closed
                # What was refused is still dropped for a while, so that the answer is read.
                self.assertLess(sent, most + 16 * MIB, name)
                self.check_refusal(read_until_closed(connection), {413}, name)

    def test_announced_excess_is_refused_before_a_byte_is_sent(self):
        for path, kind in (
            ("/jobs", "multipart/form-data; boundary=b"),
            ("/jobs", "application/json"),
            ("/jobs/s3", "application/json"),
        ):
            head = self.head(
                "POST", path, f"Content-Type: {kind}", "Content-Length: 9000000000", "Expect: 100-continue"
            )
            answer = self.exchange(head)
            self.assertNotIn(b"100 Continue", answer)
            self.check_refusal(answer, {413}, f"{path} {kind}")
        without_key = self.head("POST", "/jobs", "Content-Length: 1000", "Expect: 100-continue", key=False)
        self.check_refusal(self.exchange(without_key), {401}, "no key")

    def test_early_hang_ups_leave_nothing(self):
        part = b'--b\r\nContent-Disposition: form-data; name="sumo_files"; filename="a.zip"\r\n\r\n'
        form = (
            self.head(
                "POST", "/jobs", "Content-Type: multipart/form-data; boundary=b", "Content-Length: 1000000"
            )
            + part
        )
        stored = self.head("PUT", "/scenarios/gone", "Content-Length: 1000000")
        reset = b"\x01\0\0\0\0\0\0\0"  # struct linger: on, 0 s
        for round in range(20):
            for head in (form, stored):
                for abrupt in (False, True):
                    with self.connect() as connection:
                        connection.sendall(head + os.urandom(1 + round * 20_000))
                        if abrupt:
                            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        half = self.exchange(form + b"PK", half_close=True)
        self.check_refusal(half, {400}, "half closed")


def is_sanitized():
    """Sanitizers keep what is freed for a while."""
    program = (BIN / "signalboxd").read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


@unittest.skipIf(is_sanitized(), "a sanitizer keeps memory of its own")
class Memory(HostileTest):
    def abuse(self):
        part = b'--b\r\nContent-Disposition: form-data; name="sumo_files"; filename="a.zip"\r\n\r\n'
        form = (
            self.head(
                "POST", "/jobs", "Content-Type: multipart/form-data; boundary=b", "Content-Length: 1000000"
            )
            + part
        )
        for _ in range(25):
            with self.connect() as connection:
                connection.sendall(form + os.urandom(200_000))
            self.exchange(b"GET /" + b"x" * 20_000)
            self.exchange(
                self.head("GET", "/healthz", *(f"A{n}: b" for n in range(500)), "Connection: close")
            )
            self.tenant.call("POST", "/jobs", b"[" * 500_000, {"Content-Type": "application/json"})
            self.tenant.call(
                "POST", "/jobs", b"{" + b'"a":[' * 20 + b"1," * 200_000, {"Content-Type": "application/json"}
            )
            self.tenant.submit(os.urandom(900_000))
            self.tenant.get(f"/jobs/{os.urandom(16).hex()}")
            self.server.client(os.urandom(16).hex()).get("/jobs")

    def test_it_does_not_grow_with_the_abuse(self):
        self.abuse()
        before = self.memory()
        for _ in range(4):
            self.abuse()
        self.assertLess(self.memory() - before, GROWTH_ALLOWED)


if __name__ == "__main__":
    unittest.main()
