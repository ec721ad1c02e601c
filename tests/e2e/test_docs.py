"""The documentation is true: its examples run, its tables name what there is.

Of docs/api.md every `bash` block is run, in order, in one shell. The block behind it says what came
out: of `json` every field must be there, with the same text or truth value or a number; `text` is the
whole output. `…` stands for anything.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

from support import BIN, SCENARIOS, Server, ServerTest, scenario

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
ANYTHING = "…"


def page(name):
    return (ROOT / name).read_text()


def section(text, heading):
    """What stands below a heading, up to the next one of its level or above."""
    level = heading.split(" ")[0]
    start = text.index(f"\n{heading}\n") + len(heading) + 2
    following = re.search(rf"^#{{1,{len(level)}}} ", text[start:], re.M)
    return text[start : start + following.start()] if following else text[start:]


def fences(text):
    """(line, language, content) of each fenced block."""
    return [(text.count("\n", 0, m.start()) + 1, m[1], m[2]) for m in FENCE.finditer(text)]


def table_rows(text):
    """Cells of all table rows but headings, split where Markdown splits them."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


class Shell:
    """Runs blocks in one bash, stops at the first that fails."""

    def __init__(self, directory, environment):
        self.directory = directory
        self.environment = {**os.environ, **environment}

    def run(self, blocks, seconds=300):
        """The output of each block."""
        script = ["set -euo pipefail"]
        for n, (line, content) in enumerate(blocks):
            script += [f"echo 'line {line}' >&2", "{", content.rstrip("\n"), f"}} >out.{n} </dev/null"]
        done = subprocess.run(
            ["bash", "-c", "\n".join(script)], cwd=self.directory, env=self.environment,
            capture_output=True, text=True, timeout=seconds,
        )
        outputs = [self.directory / f"out.{n}" for n in range(len(blocks))]
        if done.returncode != 0:
            last = [path.read_text() for path in outputs if path.exists()][-1:]
            raise AssertionError(f"an example failed:\n{done.stderr}\nits output: {last}")
        return [path.read_text() for path in outputs]


def kind_of(value):
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value)


def differences(shown, real, place="answer"):
    """What the page shows and the answer does not have."""
    if shown is None or real is None:
        return [] if shown is real or not isinstance(shown, str) or ANYTHING in shown else [f"{place}: null"]
    if kind_of(shown) != kind_of(real):
        return [f"{place}: {shown!r} on the page, {real!r} in the answer"]
    if isinstance(shown, dict):
        found = []
        for name, value in shown.items():
            if name not in real:
                found.append(f"{place}.{name}: not in the answer")
            else:
                found += differences(value, real[name], f"{place}.{name}")
        return found
    if isinstance(shown, list):
        if shown and not real:
            return [f"{place}: empty in the answer"]
        return [d for n, (a, b) in enumerate(zip(shown, real)) for d in differences(a, b, f"{place}[{n}]")]
    if isinstance(shown, str) and not matches(shown, real):
        return [f"{place}: {shown!r} on the page, {real!r} in the answer"]
    if isinstance(shown, bool) and shown != real:
        return [f"{place}: {shown!r} on the page, {real!r} in the answer"]
    return []


def matches(shown, real):
    pattern = ".*".join(re.escape(part) for part in shown.split(ANYTHING))
    return re.fullmatch(pattern, real, re.S) is not None


class ApiPage(ServerTest):
    arguments = ("--slots", "2")

    def test_the_examples_do_what_the_page_says(self):
        blocks = fences(page("docs/api.md"))
        examples = [(line, text) for line, language, text in blocks if language == "bash"]
        work = self.directory / "shell"
        work.mkdir()
        shell = Shell(work, {
            "URL": self.server.url, "ADMIN_KEY": self.server.admin_key, "SCENARIOS": str(SCENARIOS),
        })
        outputs = iter(shell.run(examples))
        problems, output, line = [], "", 0
        for at, language, text in blocks:
            if language == "bash":
                problems += [f"line {line}: nobody says what came out: {output!r}"] if output else []
                output, line = next(outputs), at
                continue
            problems += [f"line {at}: {d}" for d in self.compare(language, text, output)]
            output = ""
        self.assertEqual(problems, [])

    def compare(self, language, shown, output):
        if language == "text":
            return [] if matches(shown.strip(), output.strip()) else [f"the output is {output!r}"]
        try:
            return differences(json.loads(shown), json.loads(output))
        except json.JSONDecodeError as error:
            return [f"{error}: {output!r}"]

    def test_the_page_names_every_call_and_no_other(self):
        described = self.server.admin.get("/openapi.json").json()["paths"]
        routes = {
            f"{method.upper()} {path}"
            for path, methods in described.items() if not path.startswith("/worker/")
            for method in methods if method in ("get", "put", "post", "patch", "delete")
        }
        named = set(re.findall(r"`((?:GET|PUT|POST|PATCH|DELETE) /[^`]*)`",
                               section(page("docs/api.md"), "## All calls")))
        self.assertEqual(named, routes)


class OperationsPage(ServerTest):
    PAGE = page("docs/operations.md")

    def test_every_key_stands_there_with_its_default_and_its_variable(self):
        real = printed_settings()
        documented = {}
        for cells in table_rows(section(self.PAGE, "## Configuration")):
            key = re.fullmatch(r"`(\w+(?:\.\w+)+)`", cells[0])
            if key and len(cells) == 4:
                default = "" if cells[1] == "empty" else cells[1].strip("`")
                variable = re.search(r"`([A-Z][A-Z_]+)`", cells[2])
                documented[key[1]] = (default, variable[1] if variable else "")
        self.assertEqual(documented, real)

    def test_every_flag_stands_there(self):
        text = subprocess.run([BIN / "signalboxd", "--help"], capture_output=True, text=True).stdout
        for flag in re.findall(r"--[a-z][a-z-]+", text):
            if flag not in ("--help", "--version"):
                self.assertIn(f"`{flag}", self.PAGE.replace("signalboxd --", "`--"), flag)

    def test_what_print_config_prints_is_a_valid_file(self):
        printed = self.directory / "printed.yaml"
        run = [BIN / "signalboxd", "--print-config"]
        first = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        printed.write_text(first)
        again = subprocess.run([*run, "--config", printed], capture_output=True, text=True, check=True)
        self.assertEqual(again.stdout, first)
        example = next(text for _, language, text in fences(self.PAGE) if language == "yaml")
        printed.write_text(example)
        subprocess.run([*run, "--config", printed], capture_output=True, check=True)

    def test_every_metric_stands_there(self):
        self.server.admin.get("/health")
        text = self.server.admin.get("/metrics").body.decode()
        real = set(re.findall(r"^# TYPE (\w+)", text, re.M))
        named = set(re.findall(r"`(signalbox_\w+)`", section(self.PAGE, "## Monitoring")))
        self.assertEqual(named, real)

    def test_a_backup_of_a_busy_server_can_be_restored(self):
        tenant = self.server.tenant("city-a")
        done = tenant.wait(tenant.submit(scenario("cross")).json()["job_id"])
        gone = tenant.wait(tenant.submit(scenario("cross")).json()["job_id"])
        running = tenant.submit(scenario("marathon")).json()["job_id"]
        tenant.wait(running, ("RUNNING",))
        self.back_up_and_restore()
        # Deleted between the copy of the records and that of the files, as retention might.
        shutil.rmtree(self.directory / "restored" / "results" / "city-a" / gone["job_id"])
        key = tenant.headers["Authorization"].split()[1]
        tenant.call("POST", f"/jobs/{running}/cancel")
        tenant.wait(running)
        self.server.stop()

        config = self.directory / "signalbox.yaml"
        config.write_text("runner: {lost_after: 1 s, retry_delay: 1 s}\n")
        self.server = Server(
            self.directory / "restored", environment={"SIGNALBOX_CONFIG": str(config)}
        )
        tenant = self.server.client(key)
        self.assertEqual(tenant.job(done["job_id"])["kpis"], done["kpis"])
        for file in tenant.get(f"/jobs/{done['job_id']}/results").json()["files"]:
            answer = tenant.get(file["url"])
            self.assertEqual((answer.status, len(answer.body)), (200, file["size"]))
        self.assertIn("ended at time", tenant.get(f"/jobs/{done['job_id']}/logs").json()["logs"])
        missing = tenant.get(f"/jobs/{gone['job_id']}/results").json()["files"][0]["url"]
        self.assertEqual(tenant.get(missing).status, 404)
        self.assertEqual(tenant.call("DELETE", f"/jobs/{gone['job_id']}/results").status, 204)
        self.wait_for_second_attempt(tenant, running)

    def wait_for_second_attempt(self, tenant, job_id):
        history, deadline = [], time.monotonic() + 60
        while [h["status"] for h in history].count("RUNNING") < 2:
            self.assertLess(time.monotonic(), deadline, history)
            time.sleep(0.05)
            history = tenant.get(f"/jobs/{job_id}/history").json()["history"]
        self.assertIn("WORKER_LOST", [h["reason"] for h in history])

    def back_up_and_restore(self):
        text = section(self.PAGE, "## Backup and restore")
        blocks = [(line, block) for line, language, block in fences(text) if language == "bash"]
        self.assertEqual(len(blocks), 2)
        Shell(self.directory, {
            "DATA": str(self.directory / "data"), "BACKUP": str(self.directory / "backup"),
            "RESTORED": str(self.directory / "restored"),
        }).run(blocks)
        shutil.copy(self.directory / "data" / "admin.key", self.directory / "restored" / "admin.key")


def printed_settings():
    """key → (default, variable) as the program itself prints them."""
    environment = {"PATH": os.environ["PATH"]}
    text = subprocess.run(
        [BIN / "signalboxd", "--print-config"], capture_output=True, text=True, check=True, env=environment
    ).stdout
    settings, path = {}, []
    for line in text.splitlines():
        entry = re.match(r'^( *)(\w+):(?: "(.*?)"  # (.*))?$', line)
        if not entry:
            continue
        del path[len(entry[1]) // 2 :]
        path.append(entry[2])
        if entry[4] is not None:
            variable = re.search(r"\[([A-Z_]+)\]", entry[4])
            settings[".".join(path)] = (entry[3], variable[1] if variable else "")
    return settings


class OtherPages(unittest.TestCase):
    def test_the_example_environment_names_every_variable(self):
        named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", page(".env.example"), re.M))
        of_server = {variable for _, variable in printed_settings().values() if variable}
        self.assertLessEqual(of_server, named)
        asked = set()
        for source in (ROOT / "src").rglob("*.cpp"):
            if not source.stem.endswith("_test"):
                asked |= set(re.findall(r'(?:getenv|variables?|environment)\("([A-Z][A-Z_]+)"\)', source.read_text()))
        self.assertLessEqual({name for name in asked if name.startswith("SIGNALBOX_")} - INTERNAL, named)

    def test_every_command_line_shown_exists(self):
        problems = []
        for name in ("README.md", "docs/operations.md", "docs/from-sumo-k8.md"):
            for line in re.findall(r"(?:^    |`)signalbox ([^`#\n]*)", page(name), re.M):
                problems += [f"{name}: signalbox {line}: {p}" for p in problems_of_command(line.split())]
        self.assertEqual(problems, [])

    def test_links_lead_somewhere(self):
        pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *(
            str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")
        )]
        broken = []
        for name in pages:
            for target in re.findall(r"\]\((?!\w+:)([^)#]*)(?:#[^)]*)?\)", page(name)):
                if target and not ((ROOT / name).parent / target).exists():
                    broken.append(f"{name}: {target}")
            for target, anchor in re.findall(r"\]\(((?!\w+:)[^)#]*)#([^)]*)\)", page(name)):
                there = (ROOT / name).parent / target if target else ROOT / name
                if anchor not in anchors(there.read_text()):
                    broken.append(f"{name}: {target}#{anchor}")
        self.assertEqual(broken, [])


# What the server tells its workers; nobody sets these.
INTERNAL = {
    "SIGNALBOX_ATTEMPT", "SIGNALBOX_ATTEMPT_TOKEN", "SIGNALBOX_CACHE_DIR", "SIGNALBOX_CA_CERT",
    "SIGNALBOX_LOCK_FD", "SIGNALBOX_RUN_AS",
}


def problems_of_command(words):
    """What the program does not know of a command line: the command, its flags."""
    if words[0].startswith("--"):
        words = words[2:]
    commands = [word for word in words[:2] if re.fullmatch(r"[a-z]+", word)]
    for path in (commands, commands[:1]):
        help_text = subprocess.run([BIN / "signalbox", *path, "--help"], capture_output=True, text=True)
        if help_text.returncode == 0:
            flags = [word.split("=")[0] for word in words if word.startswith("-")]
            return [f"no {flag}" for flag in flags if flag not in help_text.stdout]
    return [help_text.stderr]


def anchors(text):
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


if __name__ == "__main__":
    unittest.main()
