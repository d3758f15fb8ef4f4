"""What the documents say of commands, settings, tasks, rights, addresses and labels is so: both ways, and in numbers.

:mod:`tests.test_docs` looks for what is named; here each table is held to what the code says, and the code to the table.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command, load_command_class
from django.core.management.base import BaseCommand
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils import translation

from smeditor import conf, tasks
from smeditor.desk import menu
from smeditor.permissions.roles import NAMES
from smeditor.schedule import beat_schedule
from tests.test_docs import ARCHITECTURE, CODE, EDITOR, INSTALL, PAGES, ROOT

INSIGHT, README, CONTRIBUTING = (
    (ROOT / name).read_text() for name in ("docs/insight.md", "README.md", "CONTRIBUTING.md")
)
TEXT = {page: page.read_text() for page in PAGES}
TRACKED = set(subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
SOURCES = [
    path
    for folder in ("smeditor", "newsroom", "tests", "bench", "templates")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html", ".txt"} and not {"migrations", "__pycache__"} & set(path.parts)
]
CODE_TEXT = {path: path.read_text(encoding="utf-8") for path in SOURCES}


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level."""
    start = re.search(rf"^(#+) {re.escape(heading)}$", page, re.M)
    assert start, heading
    end = re.search(rf"^#{{1,{len(start[1])}}} ", page[start.end() :], re.M)
    return page[start.end() :][: end.start() if end else None]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of the tables in ``text``, headings and rules left out."""
    for line in re.findall(r"^\|(.+)\|$", text, re.M):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
        if cells[0].startswith("`"):
            yield cells


def quoted(text: str) -> list[str]:
    """What stands in back-quotes on one line."""
    return re.findall(r"`([^`\n]+)`", text)


# settings and the environment


def test_the_table_of_settings_is_the_code_s_own():
    table = {
        quoted(name)[0]: (ast.literal_eval(quoted(default)[0]), meaning)
        for name, default, meaning in rows(section(INSTALL, "Settings"))
    }
    assert {name: default for name, (default, _meaning) in table.items()} == conf.DEFAULTS
    assert [name for name, (_default, meaning) in table.items() if len(meaning) < 15] == []


def read_from_the_environment() -> dict[str, set[str]]:
    """Each variable that code of ours reads, with the literal defaults that it gives."""
    found: dict[str, set[str]] = {}
    pattern = re.compile(
        r'(?:env\.(?:text|boolean|number|items|value|required)|environ\.get)\("([A-Z][A-Z_]+)"(?:, (?:"([^"]*)"|([\w.]+)))?'
    )
    for path, text in CODE_TEXT.items():
        for name, text_default, other in pattern.findall(text) if path.suffix == ".py" else ():
            found.setdefault(name, set()).update({text_default, other} - {""})
    return found


@pytest.mark.parametrize(
    ("page", "heading"), [(INSTALL, "The newspaper that comes along"), (CONTRIBUTING, "Tests")], ids=["host", "tests"]
)
def test_every_variable_of_the_environment_that_is_named_is_read_with_that_default(page, heading):
    read = read_from_the_environment()
    wrong = []
    for names, default, _meaning in rows(section(page, heading)):
        for name, value in zip(quoted(names), quoted(default) or [""] * 99, strict=False):
            described = value.endswith("/") or value.startswith("..") or value in read  # a place, or another variable's
            if name not in read:
                wrong.append(f"{name} is read nowhere")
            elif value and not described and value not in read[name]:
                wrong.append(f"{name}: {value} is none of {sorted(read[name])}")
    assert wrong == []


def test_every_variable_that_the_tests_and_benches_read_is_documented():
    documents = "\n".join(text for page, text in TEXT.items() if page.name != "CHANGELOG.md")
    passed_on = {name for text in CODE_TEXT.values() for name in re.findall(r'"(FAULTS_[A-Z]+)": ', text)}
    ours = {name for name in read_from_the_environment() if re.match(r"SMEDITOR_|NEWSROOM_|FAULTS_|BENCH_", name)}
    assert sorted(name for name in ours - passed_on if f"`{name}`" not in documents) == []


# commands


def commands() -> dict[str, set[str]]:
    """The options of our own that each of the plugin's commands has."""
    djangos = {
        option for action in BaseCommand().create_parser("manage.py", "x")._actions for option in action.option_strings
    }
    return {
        path.stem: {
            option
            for action in load_command_class("smeditor", path.stem).create_parser("manage.py", path.stem)._actions
            for option in action.option_strings
        }
        - djangos
        for path in (ROOT / "smeditor/management/commands").glob("smeditor_*.py")
    }


def test_the_table_of_commands_is_that_of_their_parsers():
    table = {quoted(name)[0]: set(quoted(options)) for name, options, _what in rows(section(INSTALL, "Commands"))}
    assert table == commands()


def test_every_option_that_is_named_exists():
    known = commands()
    wrong = []
    for page, text in TEXT.items():
        for name, rest in re.findall(r"(smeditor_[a-z_]+)\b([^\n`]*)", text):
            wrong += [
                f"{page.name}: {name} {option}"
                for option in re.findall(r" (--[a-z-]+)", rest)
                if name in known and option not in known[name]
            ]
    assert wrong == []


@pytest.mark.django_db
def test_the_queue_s_numbers_are_called_as_the_document_says(capsys):
    with pytest.raises(SystemExit):
        call_command("smeditor_queue", "--json")
    state = json.loads(capsys.readouterr().out)
    listed = section(INSTALL, "Watching it").split("In the JSON,")[1].split("\n\n")[0]
    for name in quoted(listed):
        outer, _, inner = name.partition(".")
        assert outer in state, name
        assert not inner or inner in state[outer], name


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("smeditor_triage", {"id": 1, "text": "Who pays for the bridge?", "lang": "en"}),
        ("smeditor_group", {"id": 1, "text": "Who pays for the bridge?", "lang": "en"}),
    ],
)
def test_a_line_out_has_the_keys_that_the_document_gives(command, line, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(line) + "\n")
    call_command(command, str(source), "--out", str(target), stderr=StringIO())
    given = next(out for name, _into, out in rows(section(INSIGHT, "Three commands")) if quoted(name) == [command])
    assert set(json.loads(target.read_text())) == set(re.findall(r'"(\w+)"', given))


# tasks and rights


def test_every_task_is_one_of_celery_s_and_comes_as_often_as_the_document_says(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TICK": 7}
    often = {"tick": 7, "2 ticks": 14, "5 ticks": 35, "a minute": 60}
    table = {quoted(name)[0]: often[every] for name, every, _what in rows(section(ARCHITECTURE, "What runs when"))}
    assert table == {name: entry["schedule"] for name, entry in beat_schedule().items()}
    assert table.keys() == {
        value.name for value in vars(tasks).values() if hasattr(value, "delay") and value.name.startswith("smeditor.")
    }


def test_a_celery_app_of_the_site_s_own_becomes_the_desk_s_as_the_document_says(tmp_path):
    """A receiver that reads the configuration while it is being read gets none, and the schedule was lost in silence."""
    code = next(block for block in re.findall(r"```python\n(.*?)```", INSTALL, re.S) if "configure_desk" in block)
    asked = (
        "import json; print(json.dumps([app.conf.imports, sorted(app.conf.beat_schedule), app.conf.task_acks_late]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}\n{asked}"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings.testing"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout) == [["smeditor.tasks"], sorted(beat_schedule()), True]
    assert done.stderr == ""


@pytest.mark.django_db
def test_every_permission_that_is_named_exists():
    known = set(Permission.objects.filter(content_type__app_label="smeditor").values_list("codename", flat=True))
    named = {name for text in TEXT.values() for name in re.findall(r"permission `(?:smeditor\.)?(\w+)`", text)}
    assert named
    assert named - known == set()


def test_every_group_that_is_named_is_made():
    with translation.override("en"):
        made = {str(name) for name in NAMES.values()}
    named = {name for text in TEXT.values() for name in re.findall(r"\*(Desk – [^*]+)\*", text)}
    assert named == made


def test_every_check_that_is_named_exists():
    text = CODE_TEXT[ROOT / "smeditor/checks.py"]
    known = {f"{kind[0].upper()}{int(number):03}" for kind, number in re.findall(r"(warning|error)\(\s*(\d+)", text)}
    named = {name for page in TEXT.values() for name in re.findall(r"smeditor\.([EW]\d{3})", page)}
    assert named - known == set()


# addresses, files, names


def test_every_address_of_ours_leads_somewhere():
    wrong = []
    for page, text in TEXT.items():
        for code in CODE.findall(text):
            for path in re.findall(r"(?:GET |POST )(/smeditor/[\w/-]*)", code):
                try:
                    resolve(path)
                except Resolver404:
                    wrong.append(f"{page.name}: {path}")
    assert wrong == []
    assert resolve("/smeditor/metrics").url_name == "smeditor_metrics"


def test_every_file_that_is_named_exists():
    """By its path from the checkout or from a folder of ours; what a reader shall write stands in a block of code."""
    names = re.compile(r"^[\w./-]+\.(?:py|md|html|toml|json|txt|jsonl|js|css)$")
    made = {"package.json", "settings.py", "manage.py"}
    wrong = []
    for page, text in TEXT.items():
        for name in quoted(re.sub(r"```.*?```", "", text, flags=re.S)):
            if (
                not names.match(name)
                or name in made
                or any(path == name or path.endswith(("/" + name, name)) for path in TRACKED)
            ):
                continue
            wrong.append(f"{page.name}: {name}")
    assert wrong == []


def test_every_dotted_name_of_ours_can_be_imported():
    wrong = []
    for page, text in TEXT.items():
        for name in re.findall(r"\b(smeditor(?:\.[A-Za-z_]+)+)\b", "\n".join(CODE.findall(text))):
            if name in beat_schedule() or re.search(r"\.[EW]$", name):
                continue
            if not is_there(name):
                wrong.append(f"{page.name}: {name}")
    assert wrong == []


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, rest = name, "", ""
    while module:
        try:
            found: object = importlib.import_module(module)
        except ImportError:
            module, _, last = module.rpartition(".")
            rest = f"{last}.{rest}".rstrip(".")
            continue
        for part in filter(None, rest.split(".")):
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


# what stands on the screen


TRANSLATED = re.compile(r"(?:translate|trans) \"([^\"]+)\"|_\(\"([^\"]+)\"\)")
"""A string that a template translates, as a tag or within one."""


def translatable() -> set[str]:
    """Every string that the interface can show in another language, as the collector of translations would find it."""
    found: set[str] = set()
    for path, text in CODE_TEXT.items():
        if "smeditor" not in path.relative_to(ROOT).parts[0]:
            continue
        if path.suffix != ".py":
            found |= {first or second for first, second in TRANSLATED.findall(text)}
            for block in re.findall(r"{% blocktrans(?:late)?[^%]*%}(.*?){% endblocktrans(?:late)? %}", text, re.S):
                found |= {" ".join(part.split()) for part in re.split(r"{% plural %}", block)}
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and re.fullmatch(r"_|n?p?gettext(?:_lazy)?", called(node)):
                found |= {
                    value.value
                    for value in node.args
                    if isinstance(value, ast.Constant) and isinstance(value.value, str)
                }
    return found


def called(node: ast.Call) -> str:
    """The name of the function that is called."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def test_what_the_editor_s_guide_quotes_can_be_translated():
    labels = {" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", EDITOR, re.S)} - {"bold"}
    assert sorted(labels - translatable()) == []


def test_every_entry_of_the_menu_stands_in_the_editor_s_guide():
    with translation.override("en"):
        entries = {str(entry.label) for entry in menu.items()} | {str(menu.menu_item().label)}
    assert sorted(entry for entry in entries if f"**{entry}**" not in EDITOR) == []


def test_every_entry_of_the_menu_leads_somewhere():
    for entry in menu.items():
        try:
            resolve(str(entry.url))
        except (NoReverseMatch, Resolver404):
            pytest.fail(str(entry.label))


# numbers


def test_what_it_works_with_is_what_is_declared():
    project = Path(ROOT / "pyproject.toml").read_text()
    pythons = sorted(re.findall(r"Python :: (3\.\d+)", project), key=lambda version: int(version[2:]))
    assert f"Python {pythons[0]} to {pythons[-1]}" in README
    for name, version in re.findall(r"\b(Django|Wagtail|Celery) (\d[\d.]*)", README.split("Works with")[1]):
        assert re.search(rf'"{name.lower()}>={re.escape(version)}', project), (name, version)
