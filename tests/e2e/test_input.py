"""Bodies, names, queries and cursors that make no sense, and what belongs to somebody else."""

import io
import os
import re
import threading
import unittest
import zipfile

from hostile import MIB, HostileTest
from support import Stream, scenario

# Refused with a sentence because this version, or this machine, does not offer it.
NOT_OFFERED = {501, 503}
NASTY_IDS = (
    "x", "%00", "a%00b", "%ff%fe", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%252e", "'%20or%201=1--",
    "%F0%9F%98%80", "%E2%80%AE", "*", "{job_id}", "-1", "01900000-0000-7000-8000-000000000000",
    "01900000-0000-7000-8000-00000000000g", "A" * 2000, "%0d%0aSet-Cookie:%20a=b",
)


class Bodies(HostileTest):
    def post(self, body, kind="multipart/form-data; boundary=b", path="/jobs", client=None):
        return (client or self.tenant).call("POST", path, body, {"Content-Type": kind})

    def refused(self, answer, statuses, what):
        self.assertIn(answer.status, statuses, f"{what}: {answer.body[:300]}")
        self.check_error_body(answer.json(), what)

    def test_multipart_junk(self):
        begin, field = b"--b\r\n", b'Content-Disposition: form-data; name="scenario_id"\r\n\r\nx\r\n'
        cases = {
            "nothing": b"",
            "no boundary at all": b"x" * 1000,
            "only the end": b"--b--\r\n",
            "no end": begin + field,
            "end without dashes": begin + field + b"--b\r\n",
            "other boundary": (begin + field).replace(b"--b", b"--c"),
            "no header": begin + b"\r\nx\r\n--b--\r\n",
            "no name": begin + b"Content-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
            "not form-data": begin + field.replace(b"form-data", b"attachment") + b"--b--\r\n",
            "header without end": begin + b'Content-Disposition: form-data; name="a"',
            "endless header": begin + b"A: " + b"x" * 100_000,
            "many headers": begin + b"A: b\r\n" * 10_000,
            "open quote": begin + b'Content-Disposition: form-data; name="a\r\n\r\nx\r\n--b--\r\n',
            "a thousand parts": (begin + field) * 1000 + b"--b--\r\n",
            "junk behind a boundary": b"--bjunk\r\n" + field,
            "NULs": begin + field.replace(b"x\r\n", b"\0\0\r\n") + b"--b--\r\n",
            "zeros": b"\0" * 10_000,
            "boundary within": begin
            + b'Content-Disposition: form-data; name="sumo_files"; filename="a"\r\n\r\n--b\r\n--b--\r\n',
            "random": os.urandom(50_000),
        }
        for name, body in cases.items():
            with self.subTest(name):
                self.refused(self.post(body), {400, 413, 422}, name)
        for kind in (
            "multipart/form-data",
            "multipart/form-data; boundary=" + "x" * 100,
            'multipart/form-data; boundary="a b',
            "multipart/mixed; boundary=b",
            "multipart/form-data; boundary=b, c",
        ):
            self.refused(self.post(begin + field + b"--b--\r\n", kind), {400, 415, 422}, kind)

    def test_archives_that_are_none(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.sumocfg", b" " * (300 * MIB))
        good = scenario("cross").read_bytes()
        cases = {
            "empty": b"",
            "four bytes": b"PK\x03\x04",
            "text": b"hello" * 100,
            "cut": good[: len(good) // 2],
            "garbled": good[:100] + os.urandom(len(good) - 100),
            "only its end": good[-22:],
            "bomb": bomb.getvalue(),
        }
        for name, archive in cases.items():
            with self.subTest(name):
                self.refused(self.tenant.submit(archive), {400, 413}, name)
                if archive:
                    self.refused(self.tenant.call("PUT", "/scenarios/x", archive), {400, 413}, name)

    def test_json_junk(self):
        deep, wide = b"[" * 100_000, b'{"a":' * 100_000
        bodies = {
            "empty": b"",
            "cut": b'{"scenario_id":',
            "deep lists": deep,
            "deep objects": wide,
            "closed": deep + b"]" * 100_000,
            "list": b"[]",
            "text": b'"x"',
            "null": b"null",
            "number": b"1e999999",
            "two values": b"{}{}",
            "NUL": b"{}\0",
            "bad UTF-8": b'{"scenario_id":"\xc3\x28"}',
            "overlong": b'{"scenario_id":"\xc0\xaf"}',
            "half a pair": b'{"scenario_id":"\\ud800"}',
            "escaped NUL": b'{"scenario_id":"a\\u0000","scenario":"a"}',
            "UTF-16": '{"scenario_id":"a"}'.encode("utf-16"),
            "BOM": b"\xef\xbb\xbf{}",
            "comment": b"{/**/}",
            "NaN": b'{"seed":NaN}',
            "huge": b'{"scenario_id":"a","scenario":"a","seed":' + b"9" * 10_000 + b"}",
            "tiny": b'{"scenario_id":"a","scenario":"a","end":1e-999999,"seed":1.5}',
            "wrong types": b'{"scenario_id":[],"cpu_request":{},"memory_gi":"x","args":{"a":[]},"priority":true,"end":"Infinity"}',
            "long name": b'{"' + b"x" * 500_000 + b'":1}',
            "many names": b"{" + b",".join(b'"%d":0' % n for n in range(50_000)) + b"}",
        }
        for name, body in bodies.items():
            for path, client in (
                ("/jobs", self.tenant),
                ("/jobs/s3", self.tenant),
                ("/auth/register", self.server.admin),
                ("/auth/regenerate-key", self.server.admin),
                ("/admin/keys", self.server.admin),
            ):
                with self.subTest(name, path=path):
                    self.refused(
                        self.post(body, "application/json", path, client), {400, 422}, f"{name} to {path}"
                    )
        form = self.tenant.submit(b"PK\x03\x04", args="[" * 50_000)
        self.refused(form, {422}, "deep list in a field")

    def test_of_a_name_given_twice_the_last_counts(self):
        answer = self.server.admin.call(
            "POST", "/auth/register", '{"tenant_id":"first","tenant_id":"second"}'
        )
        self.assertEqual((answer.status, answer.json()["tenant_id"]), (200, "second"))


class Names(HostileTest):
    def test_malformed_ids_are_unknown_on_every_route(self):
        paths = self.server.admin.get("/openapi.json").json()["paths"]
        for pattern, methods in paths.items():
            for method in methods:
                for nasty in NASTY_IDS:
                    path = re.sub(r"\{\w+\}", nasty, pattern)
                    if path == pattern or (pattern == "/scenarios/{scenario_id}" and method == "put"):
                        continue
                    client = self.server.admin if pattern.startswith(("/auth", "/admin")) else self.tenant
                    answer = client.call(
                        method.upper(), path, b"{}" if method in ("post", "patch", "put") else None
                    )
                    what = f"{method} {path[:80]}: {answer.status} {answer.body[:300]}"
                    refused = answer.status in {400, 401, 404, 414, 422} or answer.status in NOT_OFFERED
                    self.assertTrue(refused, what)
                    self.check_error_body(answer.json(), what)
                    self.assertNotIn("Set-Cookie", answer.headers)

    def test_odd_queries_are_refused_or_ignored(self):
        values = [
            "", "%00", "%ff", "-1", "0", "1e9", "99999999999999999999", "a" * 3000, "%F0%9F%98%80",
            "[]", "{}", "null", "1%202",
        ]
        names = [
            "limit", "cursor", "status", "scenario_id", "tenant_id", "lines", "attempt", "minutes",
            "on_limit", "offset", "x",
        ]
        routes = [
            (self.tenant, "/jobs"),
            (self.tenant, "/scenarios"),
            (self.server.admin, "/admin/jobs"),
            (self.server.admin, "/auth/tenants"),
            (self.server.admin, "/admin/keys"),
            (self.server.admin, "/admin/time_series"),
            (self.server.admin, "/admin/recent_jobs"),
        ]
        for client, path in routes:
            for name in names:
                for value in values:
                    answer = client.get(f"{path}?{name}={value}&{name}={value}")
                    # What is not text at all is no question that could be answered with a field.
                    expected = {400} if value == "%ff" else {200, 404, 422}
                    self.assertIn(
                        answer.status, expected, f"{path} {name}={value[:40]}: {answer.body[:200]}"
                    )
            for query in (
                "?", "&&&", "=", "a=b=c", "limit", "%", "%zz", "a%", "limit=1&limit=2",
                "?".join("a" * 100),
            ):
                self.assertIn(client.get(f"{path}?{query}").status, {200, 400, 422}, query)

    def test_cursors_reach_only_the_callers_own_rows(self):
        other = self.server.tenant("other")
        for n in range(3):
            self.assertEqual(self.tenant.submit(scenario("cross"), f"mine-{n}", on_limit="queue").status, 200)
        page = self.tenant.get("/jobs?limit=1").json()
        cursor = page["next_cursor"]
        self.assertEqual(other.get(f"/jobs?cursor={cursor}").json()["jobs"], [])
        filtered = self.tenant.get(f"/jobs?cursor={cursor}&scenario_id=mine-0").json()["jobs"]
        self.assertEqual([job["scenario_id"] for job in filtered], ["mine-0"])
        for client, path in (
            (self.tenant, "/scenarios"),
            (self.server.admin, "/admin/jobs"),
            (self.server.admin, "/admin/keys"),
        ):
            self.assertEqual(client.get(f"{path}?cursor={cursor}").status, 422, path)
        for job in self.tenant.get("/jobs").json()["jobs"]:
            self.tenant.wait(job["job_id"])


class Strangers(HostileTest):
    def test_another_tenants_job_is_unknown_on_every_route(self):
        job = self.tenant.wait(self.tenant.submit(scenario("cross")).json()["job_id"])
        other = self.server.tenant("other")
        name = next(iter(job["result_files"]))
        paths = self.server.admin.get("/openapi.json").json()["paths"]
        tried = 0
        for pattern, methods in paths.items():
            for method in methods if "{job_id}" in pattern else ():
                for job_id in (job["job_id"], job["job_id"].upper(), job["job_id"][-8:], job["job_id"][:13]):
                    path = pattern.replace("{job_id}", job_id).replace("{path}", name)
                    body = b'{"pinned":true}' if method == "patch" else None
                    answer = other.call(method.upper(), path, body)
                    self.assertEqual(
                        (answer.status, answer.json()["detail"]), (404, "Job not found"), f"{method} {path}"
                    )
                    tried += 1
        self.assertGreaterEqual(tried, 14 * 4)
        self.assertEqual(self.tenant.job(job["job_id"]), job, "untouched")

    def test_duplicates_in_flight_make_one_job(self):
        ids, key = [], {"Idempotency-Key": "the-same"}

        def submit():
            ids.append(self.tenant.submit(scenario("cross"), headers=key).json()["job_id"])

        threads = [threading.Thread(target=submit) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(ids), 8)
        self.assertEqual(len(set(ids)), 1)
        self.tenant.wait(ids[0])

    def test_streams_and_downloads_that_are_dropped_cost_nothing(self):
        job_id = self.tenant.submit(scenario("marathon")).json()["job_id"]
        self.tenant.wait(job_id, ("RUNNING",))
        streams = [Stream(self.tenant, f"/jobs/{job_id}/{what}") for what in ("events", "logs/stream") * 20]
        self.assertEqual({stream.status for stream in streams}, {200})
        self.assertEqual(self.metric("signalbox_event_streams"), 40)
        for stream in streams:
            stream.close()
        self.tenant.call("POST", f"/jobs/{job_id}/cancel")
        job = self.tenant.wait(self.tenant.submit(scenario("cross")).json()["job_id"])
        self.tenant.wait(job_id)
        for name in [*job["result_files"], ""]:
            path = f"/jobs/{job['job_id']}/results/{name}" if name else f"/jobs/{job['job_id']}/results.zip"
            for _ in range(5):
                with self.connect() as connection:
                    connection.sendall(self.head("GET", path))
                    self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 200"))


if __name__ == "__main__":
    unittest.main()
