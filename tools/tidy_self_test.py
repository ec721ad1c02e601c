"""Proof that tidy.py's rules fire: small trees that break one rule each, and one that breaks none."""

import tempfile
from pathlib import Path

OPENING = "// What it is for.\n//\n// Threads: any.  Suspends: never.  Errors: none.\n#pragma once\n"
CLEAN = {
    "src/base/README.md": "# base\n",
    "src/base/a.hpp": OPENING + "#include <string>\n#include <fmt/format.h>\n",
    "src/async/README.md": "# async\n",
    "src/async/run.cpp": "#include <boost/asio/detached.hpp>\nauto x = asio::detached;\n",
    "src/net/README.md": "# net\n",
    "src/net/b.cpp": '#include "base/a.hpp"\n#include <sys/socket.h>\n// std::endl in a comment\n',
    "src/net/b_test.cpp": "#include <gtest/gtest.h>\nTEST(Net, FindsItsWay) {}\n"
    '#include "tests/support/loop.hpp"\nTEST_F(NetTest, FindsItsWay) {}\n',
    "src/net/c.cpp": 'auto text = "detached, std::endl";\nint size = 1\'000\'000;\nauto name = "x-XXXXXX";\n',
    "src/net/d.cpp": "co_await sleep_for(1s);\n",
    "docs/x.md": "See ~/.config and https://example.org/home/work/x.\n",
}

# rule → (file, its text, the line that must be named)
BROKEN = {
    "arrow": [
        ("src/base/up.cpp", '\n#include "net/b.hpp"\n', 2),
        ("src/model/beside.cpp", '#include "async/task.hpp"\n', 1),
        ("src/net/short.cpp", '#include "b.hpp"\n', 1),
    ],
    "library": [
        ("src/net/json.cpp", "#include <boost/json.hpp>\n", 1),
        ("src/net/gtest.cpp", "#include <gtest/gtest.h>\n", 1),
        ("src/net/new.cpp", "#include <unheard/of.hpp>\n", 1),
    ],
    "opening": [("src/base/silent.hpp", "// Threads: any.  Errors: none.\n#pragma once\n", 1)],
    "pragma": [("src/base/twice.hpp", OPENING.replace("#pragma once\n", ""), 1)],
    "size": [("src/base/long.cpp", "int x;\n" * 701, 700)],
    "word": [
        ("src/net/endl.cpp", "void f() {\n    out << std::endl;\n}\n", 2),
        ("src/net/using.cpp", "using namespace std;\n", 1),
    ],
    "sleep": [
        ("src/net/nap.cpp", "std::this_thread::sleep_for(1s);\n", 1),
        ("src/net/nap_test.cpp", "co_await sleep_for(1s);\n", 1),
    ],
    "detached": [("src/net/spawn.cpp", "co_spawn(io, f(), asio::detached);\n", 1)],
    "text": [
        ("src/net/later.cpp", "// TO" "DO: write it\n", 1),
        ("docs/mine.md", "Look into /ho" "me/me/project.\n", 1),
        ("tools/mine", "cd /wo" "rk/tree\n", 1),
    ],
    "test name": [
        ("src/net/n_test.cpp", "TEST(Net, finds_it) {}\n", 1),
        ("src/net/s_test.cpp", "\nTEST(NetTest, FindsIt) {}\n", 2),
        ("src/net/w_test.cpp", "TEST(Net, Works) {}\n", 1),
    ],
    "readme": [("src/net/README.md", "line\n" * 41, 40)],
    "folder": [("src/unranked/a.cpp", "int x;\n", 1)],
}  # fmt: skip


def findings_of(check_tree, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        rows, _ = check_tree(Path(folder))
        return rows


def run(check_tree):
    failures = [f"a clean tree: {row}" for row in findings_of(check_tree, CLEAN)]
    cases = 1
    for rule, examples in BROKEN.items():
        for name, text, line in examples:
            cases += 1
            rows = findings_of(check_tree, {**CLEAN, name: text})
            where = "src/unranked" if rule == "folder" else name
            if not any(row[:3] == (where, line, rule) for row in rows):
                failures.append(f"{rule} did not fire at {where}:{line}; found {rows}")
    cases += 1
    without_readme = {name: text for name, text in CLEAN.items() if name != "src/net/README.md"}
    if ("src/net", 1, "readme") not in [row[:3] for row in findings_of(check_tree, without_readme)]:
        failures.append("a missing README.md was not found")
    print("\n".join([*failures, f"{cases - len(failures)} of {cases} examples judged right"]))
    return 1 if failures else 0
