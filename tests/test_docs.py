"""What the documents say is there, is there."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.utils import translation

from smeditor import conf
from smeditor.models import Delivery, Rule
from smeditor.schedule import beat_schedule

ROOT = Path(__file__).resolve().parent.parent
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in LISTED.split())})
INSTALL, EDITOR, ARCHITECTURE = (
    (ROOT / f"docs/{name}.md").read_text() for name in ("install", "editor", "architecture")
)

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `([A-Z_]+)` \| `(.*?)` \|", re.M)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)


def pages(function):
    return pytest.mark.parametrize("document", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])(function)


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pages
def test_every_link_to_a_file_leads_to_one(document):
    broken = []
    for target in LINK.findall(document.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (document.parent / path).resolve() if path else document
        if not aim.exists() or (anchor and anchor not in anchors(aim)):
            broken.append(target)
    assert broken == []


@pages
def test_every_command_exists(document):
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
    assert named - set(get_commands()) == set()


@pages
def test_every_target_of_make_exists(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    lines = [line for code in CODE.findall(document.read_text()) for line in code.strip("`").splitlines()]
    named = {match[1] for line in lines if (match := re.match(r"make ([a-z][a-z-]*)", line.strip()))}
    assert named - targets == set()


@pages
def test_every_file_of_ours_that_is_named_exists(document):
    named = re.findall(r"`((?:smeditor|newsroom|tests|docs|requirements|\.ci)/[\w./-]+)`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pages
def test_every_piece_of_python_can_be_read(document):
    for code in re.findall(r"```python\n(.*?)```", document.read_text(), re.S):
        ast.parse(code)


def test_every_setting_stands_in_the_table_with_its_default():
    named = {name: ast.literal_eval(default) for name, default in ROW.findall(INSTALL) if name in conf.DEFAULTS}
    assert named == conf.DEFAULTS


def test_every_key_in_an_example_of_settings_is_known():
    for page in PAGES:
        for block in re.findall(r"^SMEDITOR = \{(.*?)^\}", page.read_text(), re.M | re.S):
            assert set(re.findall(r'^    "([A-Z_]+)":', block, re.M)) <= set(conf.DEFAULTS), page


def test_every_variable_of_the_newspapers_environment_is_told():
    read = set()
    for path in (ROOT / "newsroom/settings").glob("*.py"):
        read |= set(re.findall(r'env\.(?:text|boolean|number|items|value|required)\("([A-Z_]+)"', path.read_text()))
    assert read - set(re.findall(r"`([A-Z_]+)`", INSTALL)) == set()


def test_every_warning_of_the_checks_that_asks_for_something_is_told():
    warnings = set(re.findall(r"warning\(\s*(\d+)", (ROOT / "smeditor/checks.py").read_text()))
    assert {f"W{int(number):03}" for number in warnings} <= set(re.findall(r"smeditor\.(W\d+)", INSTALL))


def test_every_model_has_its_line_in_the_architecture():
    named = re.findall(r"^\| `([A-Za-z]+)` \| .+ \|$", ARCHITECTURE, re.M)
    assert sorted(named) == sorted(model.__name__ for model in apps.get_app_config("smeditor").get_models())


def test_every_task_has_its_line_in_the_architecture():
    named = re.findall(r"^\| `(smeditor\.[a-z_]+)` \|", ARCHITECTURE, re.M)
    assert set(named) == set(beat_schedule())


def test_the_editors_guide_calls_things_as_the_screen_does():
    files = [*(ROOT / "smeditor").rglob("*.py"), *(ROOT / "smeditor/templates").rglob("*.html")]
    source = "\n".join(path.read_text() for path in files)
    labels = {" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", EDITOR, re.S)}
    assert sorted(label for label in labels if f'"{label}"' not in source and f"'{label}'" not in source) == ["bold"]


def test_the_editors_guide_calls_every_state_of_a_delivery_by_its_name():
    named = re.findall(r"^\| \*([^*]+)\* \|", EDITOR, re.M)
    with translation.override("en"):
        assert {str(label) for label in Delivery.State.labels} <= set(named)
        assert set(Rule.Mode.values) <= set(named)
