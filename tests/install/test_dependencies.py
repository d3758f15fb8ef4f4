"""What is imported is declared: a package that only comes along with another may go with its next release."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = re.compile(r"[\w.-]+")
SITES = {
    path.name for folder in ("site", "foreign", "../outside") for path in (ROOT / "tests/install" / folder).iterdir()
}
"""Modules of the sites and packages that the tests make up."""
BROUGHT = {"sentence_transformers"}
"""What a newsroom that names an adapter to it installs itself: it weighs gigabytes."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", NAME.match(name).group()).lower()


def declared(*extras: str) -> set[str]:
    """The distributions that are declared, those of extras that an extra names included."""
    wanted = list(PROJECT["dependencies"])
    for extra in extras:
        for line in PROJECT["optional-dependencies"][extra]:
            if line.startswith(f"{PROJECT['name']}["):
                wanted += declared(*line[line.index("[") + 1 : -1].split(","))
            else:
                wanted.append(line)
    return {plain(line) for line in wanted}


def imported(folder: str) -> dict[str, str]:
    """Each foreign module that the folder imports, with a file that does."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names = [node.module]
            found |= {name.split(".")[0]: str(path.relative_to(ROOT)) for name in names}
    ours = sys.stdlib_module_names | {"smeditor", "newsroom", "tests", "bench", *SITES, *BROUGHT}
    return {name: where for name, where in found.items() if name not in ours}


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("smeditor", ("semantic", "stream", "webmention")),
        ("newsroom", ("postgres", "redis", "demo")),
        ("tests", ("test",)),
        ("bench", ("test",)),
    ],
)
def test_every_package_that_is_imported_is_declared(folder, extras):
    distributions = packages_distributions()
    wanted = declared(*extras)
    undeclared = {
        name: where
        for name, where in imported(folder).items()
        if not any(plain(distribution) in wanted for distribution in distributions.get(name, [name]))
    }
    assert undeclared == {}


def test_every_declared_dependency_is_imported():
    distributions = packages_distributions()
    used = {plain(name) for module in imported("smeditor") for name in distributions.get(module, [module])}
    assert declared() - used == set()
