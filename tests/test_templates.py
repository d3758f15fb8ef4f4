"""A template can be read: lines as long as the code's own, every block of it parsed by Django."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = [ROOT / "smeditor" / "templates", ROOT / "templates"]
FILES = sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.suffix in {".html", ".txt", ".xml"})
LONGEST = 120


def test_no_line_of_a_template_is_longer_than_one_of_the_code():
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_template_is_parsed(path):
    assert engines["django"].from_string(path.read_text(encoding="utf-8"))


def test_no_style_sheet_has_two_rules_for_one_selector():
    """On the same screen: what a media query says of it again is indented."""
    for sheet in sorted(ROOT.glob("*/static/**/*.css")):
        lines = sheet.read_text(encoding="utf-8").splitlines()
        rules = [line.partition("{")[0].strip() for line in lines if "{" in line and line[0] not in " @"]
        assert sorted({rule for rule in rules if rules.count(rule) > 1}) == [], sheet.name


@pytest.mark.parametrize("path", [path for path in FILES if "mail" not in path.parts], ids=lambda path: path.name)
def test_no_page_of_ours_carries_a_script_or_a_style_within_it(path):
    """A mail has to: it knows no style sheet."""
    found = re.findall(r"<style|<script(?![^>]*\bsrc=)|\s(?:style|on[a-z]+)=[\"']", path.read_text(encoding="utf-8"))
    assert found == []
