"""The house of DESIGN.md: which way the arrows run, no circle between rooms, no file that does not fit in the head."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"accounts", "articles", "text", "networks", "models", "publishing", "listening", "insight", "digests", "desk"}
LONGEST = 420

# room -> the rooms it may import. The files beside the rooms (conf, exceptions …) are the hall.
ALLOWED = {
    "text": set(),
    "articles": {"text"},
    "networks": {"text"},
    "models": {"networks"},
    "accounts": {"models", "articles", "networks", "text"},
    "publishing": {"accounts", "models", "articles", "networks", "text"},
    "listening": {"accounts", "models", "articles", "networks", "text"},
    "insight": {"accounts", "models", "articles", "text", "networks", "listening"},
    "digests": {"models", "articles", "text", "networks", "insight", "listening"},
    "desk": {"accounts", "models", "articles", "text", "networks", "publishing", "listening", "insight", "digests"},
}


def sources(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in path.parts]


def imported(path: Path) -> set[str]:
    """The dotted modules that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return found


def rooms_of(modules: set[str]) -> set[str]:
    parts = (module.split(".") for module in modules if module.startswith("smeditor."))
    return {name[1] for name in parts if name[1] in ROOMS}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_the_rooms_below_it(room):
    wrong = {
        str(path.relative_to(ROOT)): sorted(rooms_of(imported(path)) - ALLOWED[room] - {room})
        for path in sources(f"smeditor/{room}")
        if rooms_of(imported(path)) - ALLOWED[room] - {room}
    }
    assert wrong == {}


def test_there_is_no_circle_between_the_rooms():
    arrows = {
        room: {found for path in sources(f"smeditor/{room}") for found in rooms_of(imported(path))} - {room}
        for room in ROOMS
    }
    while leaves := {room for room, targets in arrows.items() if not targets & set(arrows)}:
        arrows = {room: targets for room, targets in arrows.items() if room not in leaves}
    assert arrows == {}


def test_networks_and_text_know_no_model():
    """A network may translate its sentences; everything else of Django, Wagtail and Celery stays outside."""
    wrong = {
        str(path.relative_to(ROOT)): sorted(foreign)
        for folder, may in (("smeditor/networks", {"django.utils.translation"}), ("smeditor/text", set()))
        for path in sources(folder)
        if (
            foreign := {
                module
                for module in imported(path)
                if module.split(".")[0] in {"django", "wagtail", "celery"}
                and not any(module.startswith(name) for name in may)
            }
        )
    }
    assert wrong == {}


def test_the_plugin_never_imports_its_host():
    wrong = [
        str(path.relative_to(ROOT))
        for path in sources("smeditor")
        if any(module.split(".")[0] in {"newsroom", "tests", "bench"} for module in imported(path))
    ]
    assert wrong == []


def test_nobody_calls_the_desk_but_the_hooks():
    callers = {
        str(path.relative_to(ROOT / "smeditor"))
        for path in sources("smeditor")
        if "desk" in rooms_of(imported(path)) and "desk" not in path.relative_to(ROOT / "smeditor").parts
    }
    assert callers <= {"wagtail_hooks.py", "urls.py"}


@pytest.mark.parametrize("folder", ["smeditor", "newsroom", "tests", "bench"])
def test_every_file_fits_in_the_head(folder):
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(folder)
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_the_project_names_no_registry_host():
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js", "deb.debian" + ".org")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    named = [
        name
        for name in tracked
        if (ROOT / name).is_file() and any(host in (ROOT / name).read_text(errors="replace") for host in hosts)
    ]
    assert named == []


def test_no_code_outside_the_networks_asks_for_one_by_its_name():
    """P11, kind: code that asks by name what the contract should say breaks on every network of somebody else's."""
    names = {path.name for path in (ROOT / "smeditor/networks").iterdir() if path.is_dir()} - {"__pycache__"}
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("smeditor")
        if "networks" not in path.relative_to(ROOT / "smeditor").parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert names >= {"mastodon", "bluesky"}
    assert named == []
