"""What is worth checking after a change, in less than a minute: ``make check``.

Lints the files that differ from ``origin/main`` (or from ``BASE``), runs mypy with its cache beside the tests, and of these
the nearest first: those of each changed file, those that import or name it, the laws, those of its package. When the time
is up, what did not fit is counted. It is a first answer, not the last: ``make test`` is that.

No test is found by what it executed the last time, as pytest-testmon does: that needs a traced run of everything first,
and again for each Python, settings and machine. Here a fresh clone answers at once.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = os.environ.get("BASE", "origin/main")
SECONDS = int(os.environ.get("SECONDS_FOR_TESTS", "35"))
LAWS = ["architecture", "vocabulary", "templates", "docstrings", "docs", "docs_claims"]
SOURCES = ("smeditor", "newsroom", "tests")
EXPENSIVE = "not slow and not browser and not server"


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def changed() -> list[str]:
    """The files that differ from where this branch left ``BASE``, those not yet added included, those removed not."""
    fork = git("merge-base", "HEAD", BASE) or "HEAD"
    names = git("diff", "--name-only", "--diff-filter=d", fork), git("ls-files", "--others", "--exclude-standard")
    return sorted({name for listed in names for name in listed.splitlines()})


def module_of(path: str) -> str:
    """``smeditor/models/posts.py`` as it is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


@cache
def imports_of(path: str) -> frozenset[str]:
    """Every module that a file may mean by its imports: ``from a import b`` is ``a``, ``a.b``, and where ``a`` has it from."""
    found = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {alias.name for alias in node.names}
            found |= {node.module, *(f"{node.module}.{name}" for name in names)}
            found |= {source for name, source in handed_on(node.module).items() if name in names}
    return frozenset(found)


@cache
def handed_on(package: str) -> dict[str, str]:
    """The names that a package of ours hands on, each with the module that it comes from."""
    path = ROOT / package.replace(".", "/") / "__init__.py"
    if package.partition(".")[0] not in SOURCES or not path.exists():
        return {}
    nodes = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: node.module or "" for node in nodes for alias in node.names}


@cache
def test_files() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))


def tests_of(path: str) -> tuple[list[str], list[str], list[str]]:
    """The test files that a changed file concerns: its own, those that use it, those of its package."""
    name, module = Path(path), module_of(path)
    if path in test_files():
        return [path], [], []
    if name.suffix == ".py":
        own = [test for test in package_tests(name) if Path(test).stem == f"test_{name.stem}"]
        named = re.compile(rf"\b{re.escape(module)}\b")
        users = [test for test in test_files() if module in imports_of(test) or named.search(text_of(test))]
        return own, users, package_tests(name)
    if name.parts[0] in (*SOURCES, "templates"):
        return [], [test for test in test_files() if name.name in text_of(test)], package_tests(name)
    return [], [], []  # documents and settings: the laws read them


def package_tests(path: Path) -> list[str]:
    """The tests of the package that ``path`` lies in, those first that speak of what the file is called.

    Templates and pictures are the desk's, where no folder says otherwise.
    """
    folders = [part for part in path.parent.parts if (ROOT / "tests" / part).is_dir()]
    inside = f"tests/{folders[-1] if folders else 'desk'}/"
    found = [test for test in test_files() if test.startswith(inside)]
    return sorted(found, key=lambda test: -text_of(test).count(path.stem))


def chosen(paths: Sequence[str]) -> list[str]:
    """The test files for the changed ``paths``, the nearest first; the laws come before what only shares a package."""
    own, users, packages = zip(*map(tests_of, paths), strict=True) if paths else ((), (), ())
    laws = [f"tests/test_{law}.py" for law in LAWS]
    return list(dict.fromkeys([*chain(*own), *chain(*users), *laws, *chain(*packages)]))


class UntilTheTimeIsUp:
    """A pytest plugin that begins no test after so many seconds, and counts those that it left."""

    def __init__(self, seconds: float) -> None:
        self.end, self.left = time.monotonic() + seconds, 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if time.monotonic() < self.end:
            return None
        self.left += 1
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.left:
            terminalreporter.write_line(
                f"{self.left} more did not fit into the minute: make test runs them.", yellow=True
            )


def main() -> int:
    paths = changed()
    python = [path for path in paths if path.endswith(".py")]
    print(f"{len(paths)} files differ from {BASE}.")  # noqa: T201 - a command
    types = subprocess.Popen([sys.executable, "-m", "mypy"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    ruff = [sys.executable, "-m", "ruff"]
    lints = [[*ruff, "check", *python], [*ruff, "format", "--check", *python]] if python else []
    if any(path.endswith((".html", ".po")) for path in paths):
        lints.append([sys.executable, "-m", "tests.translations"])
    codes = [subprocess.run(lint, cwd=ROOT, check=False).returncode for lint in lints]
    codes.append(pytest.main([*chosen(paths), "-q", "-m", EXPENSIVE], plugins=[UntilTheTimeIsUp(SECONDS)]))
    found, _ = types.communicate()
    print(f"mypy: {found.strip()}")  # noqa: T201
    return int(any([*codes, types.returncode]))


if __name__ == "__main__":
    sys.exit(main())
