#!/usr/bin/env python3
"""Structure rules of the source tree, checked as a test. What a compiler cannot see stands here.

    tools/tidy.py               every finding as `file:line: sentence`, exit 1 if there is one
    tools/tidy.py --sizes       also the distribution of file lengths and what is over 400 lines
    tools/tidy.py --self-test   proves on a tree made for it that each rule fires, and only then

The rules: arrows between folders, third-party headers in their folder only, file sizes, header
openings, folder READMEs, words that do not belong, test names. Naming, function sizes and bugs are
clang-tidy's; layout is clang-format's.
"""

import argparse
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A file includes its own folder and folders of strictly lower rank.
RANKS = {
    "base": 0,
    "async": 1, "model": 1,
    "scenario": 2, "kubectl": 2, "wire": 2, "net": 2,
    "contract": 3, "store": 3, "bus": 3, "files": 3, "kube": 3,
    "tenancy": 4, "audit": 4,
    "jobs": 5, "debug": 5,
    "api": 6, "worker": 6, "executor": 6, "cli": 6,
    "app": 7,
}  # fmt: skip

# library: (what its headers begin with, the folders that may include them)
LIBRARIES = {
    "Asio": (("boost/asio", "boost/system"), {"async", "net"}),
    "Beast": (("boost/beast",), {"net"}),
    # store/sqlite keeps some structures as JSON columns.
    "Boost.JSON": (("boost/json",), {"kubectl", "wire", "contract", "store", "kube"}),
    "OpenSSL": (("openssl/",), {"base", "net", "files", "tenancy", "audit"}),
    # The standard library of Debian 12 has no std::format: base/ hands fmt on to every folder.
    "fmt": (("fmt/",), set(RANKS)),
    "spdlog": (("spdlog/",), {"base"}),
    "prometheus-cpp": (("prometheus/",), {"base"}),
    "libarchive": (("archive.h", "archive_entry.h"), {"scenario"}),
    "expat": (("expat.h",), {"scenario"}),
    "zlib": (("zlib.h",), set()),
    "hiredis": (("hiredis/",), {"wire"}),
    "libpq": (("libpq-fe.h", "postgresql/"), {"store"}),
    "sqlite3": (("sqlite3.h",), {"store"}),
    "yaml-cpp": (("yaml-cpp/",), {"kube", "app"}),
    "CLI11": (("CLI/",), {"cli", "app"}),
    "GoogleTest": (("gtest/", "gmock/"), set()),
    "RapidCheck": (("rapidcheck",), set()),
    "Google Benchmark": (("benchmark/",), set()),
}
# A test is the root of its own event loop.
TEST_LIBRARIES = {"GoogleTest", "RapidCheck", "Asio"}
SYSTEM_FOLDERS = ("sys/", "linux/", "netinet/", "arpa/", "net/", "asm/")

MAX_LINES, LONG_LINES, MAX_README_LINES = 700, 400, 40
PROMISES = ("Threads:", "Suspends:", "Errors:")

# Written in two parts, so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(work|farm|root|home/[a-z]+)/[\w.]")
CODE_WORDS = [
    (re.compile(r"\bstd::endl\b"), "std::endl flushes; write '\\n'"),
    (re.compile(r"\busing\s+namespace\s+std\s*;"), "a using directive for std hides where names come from"),
]  # fmt: skip
# A coroutine may wait for a time in the product; a test never does.
BLOCKING_SLEEP = re.compile(r"\bthis_thread::sleep_\w+|\bu?sleep\s*\(|\bnanosleep\b")
ANY_SLEEP = re.compile(BLOCKING_SLEEP.pattern + r"|\bsleep_(?:for|until)\b")
DETACHED = re.compile(r"\bdetached\b")

# (file, rule): what may break a rule, each for a reason that stands beside it.
ALLOWED = {
    # Sleeping is what it tests: an hour that is cancelled, a millisecond that passes.
    ("src/async/task_group_test.cpp", "sleep"),
}

TEST_NAME = re.compile(r"^[ \t]*((?:TYPED_)?TEST(?:_F|_P)?)\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:<([^>]+)>|"([^"]+)")', re.M)
SKIPPED_FOLDERS = {".git", ".cache", "build", "signalbox-data", "node_modules", "__pycache__"}
TEXT_SUFFIXES = {
    ".cpp", ".hpp", ".cmake", ".css", ".html", ".js", ".json", ".md", ".py", ".sh", ".sql", ".ts",
    ".tsx", ".txt", ".yaml", ".yml", "",
}  # fmt: skip


class Findings:
    def __init__(self):
        self.rows = []

    def add(self, file, line, rule, sentence):
        if (str(file), rule) not in ALLOWED:
            self.rows.append((str(file), line, rule, sentence))


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def without_comments_and_strings(text):
    """The same text with comments and literals blanked out, line numbers kept."""
    token = re.compile(
        r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S
    )
    digits = re.compile(r"(?<=\d)'(?=\d)")
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), digits.sub("_", text))


def is_test_file(path):
    """Tests, and what only tests include: fixtures, fakes and the suites shared by stores."""
    named = path.stem.startswith("test_") or path.stem.endswith(("_test", "_fixture", "_suite"))
    return named or bool({"testing", "suite"}.intersection(path.parts))


def check_includes(path, text, findings):
    folder = path.parts[1]
    for match in INCLUDE.finditer(text):
        line, system, own = line_of(text, match.start()), match.group(1), match.group(2)
        if own:
            check_arrow(path, folder, own, line, findings)
        else:
            check_library(path, folder, system, line, findings)


def check_arrow(path, folder, header, line, findings):
    target = header.split("/")[0]
    if target == "tests" and is_test_file(path):
        return
    if "/" not in header or target not in RANKS:
        sentence = f'"{header}" must be named from src/, as "folder/file.hpp"'
        findings.add(path, line, "arrow", sentence)
    elif target != folder and RANKS[target] >= RANKS[folder]:
        sentence = (
            f'{folder}/ (rank {RANKS[folder]}) must not include "{header}" '
            f"(rank {RANKS[target]}): only lower ranks"
        )
        findings.add(path, line, "arrow", sentence)


def check_library(path, folder, header, line, findings):
    for library, (prefixes, folders) in LIBRARIES.items():
        if not header.startswith(prefixes):
            continue
        if folder in folders or (library in TEST_LIBRARIES and is_test_file(path)):
            return
        where = ", ".join(sorted(f"{name}/" for name in folders)) or "tests"
        sentence = f"<{header}> belongs to {library}, which only {where} may include"
        findings.add(path, line, "library", sentence)
        return
    if "/" in header and not header.startswith(SYSTEM_FOLDERS):
        sentence = f"<{header}> belongs to no library this project uses; see tools/tidy.py"
        findings.add(path, line, "library", sentence)


def check_header(path, text, findings):
    opening = re.match(r"(?://[^\n]*\n)+", text)
    said = opening.group() if opening else ""
    missing = [promise for promise in PROMISES if promise not in said]
    if missing:
        sentence = f"the header's opening comment does not say {' '.join(missing)}"
        findings.add(path, 1, "opening", sentence)
    if not re.search(r"^#pragma once$", text, re.M):
        findings.add(path, 1, "pragma", "the header has no #pragma once")


def check_words(path, text, findings):
    code = without_comments_and_strings(text)
    for pattern, sentence in CODE_WORDS:
        for match in pattern.finditer(code):
            findings.add(path, line_of(code, match.start()), "word", sentence)
    for match in (ANY_SLEEP if is_test_file(path) else BLOCKING_SLEEP).finditer(code):
        sentence = "sleeping hides a race and costs time; wait for the event"
        findings.add(path, line_of(code, match.start()), "sleep", sentence)
    if path.parts[1] != "async":
        for match in DETACHED.finditer(code):
            sentence = "a detached coroutine outlives its owner; spawn it in a TaskGroup"
            findings.add(path, line_of(code, match.start()), "detached", sentence)


def check_test_names(path, text, findings):
    for match in TEST_NAME.finditer(text):
        line, (macro, *names) = line_of(text, match.start()), match.groups()
        for name in names:
            if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
                sentence = f"the test name {name} is not in PascalCase"
                findings.add(path, line, "test name", sentence)
        # A fixture's class cannot have the name of what it tests; and death tests run first.
        if macro == "TEST" and re.search(r"(?<!Death)Tests?$", names[0]):
            sentence = f"the suite {names[0]} is named after what it tests, without Test"
            findings.add(path, line, "test name", sentence)
        if len(re.findall(r"[A-Z]", names[1])) < 2 or re.fullmatch(r"Test\d*|Works\w*", names[1]):
            sentence = f"the test {names[0]}.{names[1]} does not name a behaviour"
            findings.add(path, line, "test name", sentence)


def check_source(path, text, findings):
    lines = text.count("\n")
    if lines > MAX_LINES:
        findings.add(path, MAX_LINES, "size", f"{lines} lines; the limit is {MAX_LINES}")
    check_includes(path, text, findings)
    check_words(path, text, findings)
    if path.suffix == ".hpp":
        check_header(path, text, findings)
    if is_test_file(path):
        check_test_names(path, text, findings)


def check_text(path, text, findings):
    for pattern, what in ((UNFINISHED, "unfinished work"), (MACHINE_PATH, "a path of one machine")):
        for match in pattern.finditer(text):
            word = match.group().strip()
            sentence = f"{word!r} stands for {what}"
            findings.add(path, line_of(text, match.start()), "text", sentence)


def check_folders(root, findings):
    for folder in sorted(path for path in (root / "src").iterdir() if path.is_dir()):
        name = folder.relative_to(root)
        if not any(path.suffix in (".cpp", ".hpp") for path in folder.rglob("*")):
            continue
        if folder.name not in RANKS:
            findings.add(name, 1, "folder", f"{folder.name}/ has no rank; see tools/tidy.py")
        if not (folder / "README.md").exists():
            findings.add(name, 1, "readme", "the folder has no README.md")
    for readme in sorted((root / "src").rglob("README.md")):
        lines = readme.read_text().count("\n")
        if lines > MAX_README_LINES:
            sentence = f"{lines} lines; a folder's README has at most {MAX_README_LINES}"
            findings.add(readme.relative_to(root), MAX_README_LINES, "readme", sentence)


def text_files(root):
    """(path below root, text) of every file of the project that people read."""
    for folder, folders, names in os.walk(root):
        # Never looked into: tests run while this does, and come and go in build/.
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for path in (Path(folder, name) for name in sorted(names)):
            if path.suffix not in TEXT_SUFFIXES:
                continue
            try:
                yield path.relative_to(root), path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue


def check_tree(root):
    findings, lengths = Findings(), {}
    for path, text in text_files(root):
        check_text(path, text, findings)
        if path.suffix not in (".cpp", ".hpp"):
            continue
        lengths[path] = text.count("\n")
        if path.parts[0] == "src" and len(path.parts) > 2 and path.parts[1] in RANKS:
            check_source(path, text, findings)
    check_folders(root, findings)
    return findings.rows, lengths


def print_sizes(lengths):
    if not lengths:
        return
    ordered = sorted(lengths.values())
    median, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"{len(ordered)} files, median {median} lines, p95 {p95}, longest {ordered[-1]}")
    for path, lines in sorted(lengths.items(), key=lambda item: -item[1]):
        if lines > LONG_LINES:
            print(f"  {lines} {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        import tidy_self_test

        return tidy_self_test.run(check_tree)
    rows, lengths = check_tree(ROOT)
    for file, line, _, sentence in sorted(rows):
        print(f"{file}:{line}: {sentence}")
    if options.sizes:
        print_sizes(lengths)
    print(f"tidy: {len(rows)} findings in {len(lengths)} C++ files")
    return 1 if rows else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
