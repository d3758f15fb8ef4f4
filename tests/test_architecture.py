"""The architecture: which way imports run, no circle between packages or files, no file that is too long to take in."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Collection, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from smeditor.networks.registry import SHIPPED

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400

BASE = {"conf", "exceptions", "redaction", "signals"}
"""Modules beside the packages that everything may use; they use nothing of ours but each other."""
STORED = BASE | {"models", "leases", "bylines", "articles", "networks", "text"}
"""What the database holds, and the three packages beside it that know none of it."""
WORKING = STORED | {"accounts", "permissions", "wakeup"}
"""What publishing and listening stand on."""

# package or module -> those that it may import. ``desk`` → ``digests`` → ``insight`` → ``conversations`` →
# ``publishing``, ``listening`` → ``permissions``, ``accounts`` → ``models``, ``articles``, ``networks`` → ``text``.
ALLOWED = {
    "conf": BASE,
    "exceptions": BASE,
    "redaction": BASE,
    "signals": BASE,
    "wakeup": BASE,
    "schedule": BASE | {"wakeup"},
    "log_actions": set(),
    "text": BASE,
    "networks": BASE | {"text"},
    "articles": BASE | {"text"},
    "models": BASE | {"networks", "text"},
    "leases": BASE | {"models"},
    "bylines": BASE | {"models", "articles", "text"},
    "accounts": STORED,
    "permissions": STORED,
    "publishing": WORKING,
    "listening": WORKING,
    "mentions": WORKING,
    "conversations": WORKING | {"publishing", "listening"},
    "insight": WORKING - {"networks"} | {"listening", "conversations"},
    "digests": WORKING - {"networks"} | {"listening", "conversations", "insight"},
    "desk": WORKING | {"publishing", "listening", "conversations", "insight", "digests", "templatetags"},
    "templatetags": WORKING | {"publishing", "listening", "conversations", "insight", "digests"},
}
"""What starts the others (``tasks``, ``worker``, ``management``, ``apps``, ``checks``, ``wagtail_hooks``, ``urls``) may
import what it starts, and nobody imports it: it is not in this table."""


def sources(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def for_annotations_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def statements(tree: ast.AST, annotations: bool = True) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a file, wherever they stand; without ``annotations`` those that never run are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif annotations or not for_annotations_only(node):
            yield from statements(node, annotations)


def named_for_later(tree: ast.AST) -> set[str]:
    """The dotted paths that a file gives to ``smeditor.desk.lazy``, to be imported by the first request."""
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    lazy = (node.args for node in named if node.func.id.lower().startswith("lazy"))
    values = (node.value for arguments in lazy for node in arguments if isinstance(node, ast.Constant))
    return {value for value in values if isinstance(value, str) and value.startswith("smeditor.")}


@cache
def imported(path: Path, annotations: bool = True) -> frozenset[str]:
    """The dotted modules, and names in modules, that a file imports: at once, late, or by a path that is named for later."""
    tree = tree_of(path)
    found = named_for_later(tree)
    found |= {name.rpartition(".")[0] for name in found}
    for node in statements(tree, annotations):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif node.module and node.level == 0:
            found.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return frozenset(found)


PARTS = {path.stem for path in (ROOT / "smeditor").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}


def parts_of(modules: Collection[str]) -> set[str]:
    """The packages and modules directly under ``smeditor`` that are among ``modules`` or hold one of them."""
    names = (module.split(".")[1] for module in modules if module.startswith("smeditor."))
    return {name for name in names if name in PARTS}


def part_sources(part: str) -> list[Path]:
    return sources(f"smeditor/{part}") or [ROOT / f"smeditor/{part}.py"]


@pytest.mark.parametrize("part", sorted(ALLOWED))
def test_a_package_imports_only_what_stands_below_it(part):
    wrong = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in part_sources(part)
        if (found := parts_of(imported(path)) - ALLOWED[part] - {part})
    }
    assert wrong == {}


def test_every_package_and_module_has_its_place():
    starters = {"tasks", "worker", "management", "apps", "checks", "wagtail_hooks", "urls", "migrations", "__init__"}
    assert PARTS - starters == set(ALLOWED)


def test_the_table_itself_has_no_circle():
    for part, allowed in ALLOWED.items():
        assert [other for other in allowed - {part} - BASE if part in ALLOWED[other]] == []


def test_models_know_only_the_networks_plain_data():
    plain = ("smeditor.networks.base.", "smeditor.networks.choices.", "smeditor.networks.kinds.")
    wrong = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in sources("smeditor/models")
        if (
            found := {
                name
                for name in imported(path)
                if name.startswith("smeditor.networks.") and not f"{name}.".startswith(plain)
            }
        )
    }
    assert wrong == {}


def test_there_is_no_circle_between_files_not_even_one_hidden_by_a_late_import():
    """An import under ``TYPE_CHECKING`` never runs and orders nothing: it is the one that does not count."""
    modules = {}
    for path in [*sources("smeditor"), *sources("newsroom")]:
        parts = path.relative_to(ROOT).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    arrows = {name: (imported(path, annotations=False) & set(modules)) - {name} for name, path in modules.items()}
    for name, targets in arrows.items():  # ``from package import module`` names the package too, but needs the module
        arrows[name] = {target for target in targets if not any(other.startswith(f"{target}.") for other in targets)}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_what_is_named_for_later_is_there():
    paths = {name for path in sources("smeditor") for name in named_for_later(tree_of(path))}
    assert len(paths) > 80
    for name in paths:
        assert callable(import_string(name)), name


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


def test_the_plugin_asks_for_the_page_model_and_names_none():
    """A host may put another in the place of Wagtail's ``Page`` (``WAGTAIL_PAGE_MODEL``): that table is then not there."""
    wrong = [str(path.relative_to(ROOT)) for path in sources("smeditor") if "wagtail.models.Page" in imported(path)]
    assert wrong == []


def test_nobody_calls_the_desk_but_the_hooks():
    callers = {
        str(path.relative_to(ROOT / "smeditor"))
        for path in sources("smeditor")
        if "desk" in parts_of(imported(path)) and "desk" not in path.relative_to(ROOT / "smeditor").parts
    }
    assert callers <= {"wagtail_hooks.py", "urls.py"}


@pytest.mark.parametrize("folder", ["smeditor", "newsroom", "tests", "bench"])
def test_no_file_is_longer_than_one_can_take_in(folder):
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


def asked_for(node: ast.AST) -> set[object]:
    """The constants by which ``node`` could ask for a network; a single letter is a name only where it is compared."""
    if isinstance(node, ast.Constant):
        return {node.value} if not isinstance(node.value, str) or len(node.value) > 1 else set()
    compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    compared += node.keys if isinstance(node, ast.Dict) else []
    return {value.value for value in compared if isinstance(value, ast.Constant)}


@cache
def pools_in(path: Path) -> list[ast.AST]:
    """The names of Celery's kinds of pools in a file: one of them is ``threads``."""
    return [node.value for node in ast.walk(tree_of(path)) if isinstance(node, ast.keyword) and node.arg == "pool"]


def test_no_code_outside_the_networks_asks_for_one_by_its_name():
    """P11, kind: code that asks by name what the contract should say breaks on every network of somebody else's."""
    names = set(SHIPPED)  # beside them lie packages of what is no network
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("smeditor")
        if "networks" not in path.relative_to(ROOT / "smeditor").parts
        for node in ast.walk(tree_of(path))
        for value in asked_for(node)
        if value in names and node not in pools_in(path)
    ]
    assert names >= {"mastodon", "bluesky"}
    assert named == []
