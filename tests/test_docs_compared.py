"""Where docs/compared.md says yes of the desk, it names the test that holds it, and that test is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "compared.md").read_text(encoding="utf-8")
TEST = re.compile(r"\[[^\]]+\]\((\.\./tests/[\w./]+\.py) \"(\w+)\"\)")
OURS = 1
"""The column of the desk, behind the feature's name."""
PEERS = ("Postiz", "BrightBean", "Mixpost", "Buffer", "Echobox", "ATmosphere")
NOT_YES = ("no", "in part", "–")


def rows() -> list[list[str]]:
    """The cells of every row of the tables, without the heads and the lines below them."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-: ") and "the desk" not in row]


@cache
def names_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def test_each_peer_has_its_column():
    heads = [line for line in PAGE.splitlines() if line.startswith("|") and "the desk" in line]
    assert heads
    for head in heads:
        assert [peer for peer in PEERS if peer not in head] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:60])
def test_a_yes_of_ours_names_its_test_and_the_test_is_there(row):
    ours = row[OURS]
    if not ours.startswith(NOT_YES):
        assert ours.startswith("["), "a yes is a link to its test"
    for path, name in TEST.findall(ours):
        found = (DOCS / path).resolve()
        assert found.exists(), path
        assert name in names_in(found), f"{path} has no {name}"
    assert ours.startswith(NOT_YES) or TEST.findall(ours)
