"""The packages of insight: few arrows, no circle, none that a late import hides, and no loose file beside them."""

import ast
import sys
from pathlib import Path

import pytest

from tests.test_architecture import imported, statements

INSIGHT = Path(__file__).resolve().parents[2] / "smeditor" / "insight"

ALLOWED = {
    "triage": set(),
    "clustering": set(),
    "meaning": set(),
    "same_concern": {"triage", "clustering", "meaning"},
    "alerts": set(),
    "corrections": {"clustering"},
    "concerns": {"clustering", "meaning", "same_concern"},
    "labels": {"triage", "meaning", "corrections", "concerns"},
    "tips": {"triage", "concerns"},
}
"""Package -> the packages of insight that it may import."""


PLAIN = ("smeditor.text.language_tags", "smeditor.insight.meaning.encoder")
"""Modules that need the standard library alone."""


def packages(modules: set[str]) -> set[str]:
    """The packages of insight among ``modules``."""
    parts = (module.split(".") for module in modules if module.startswith("smeditor.insight."))
    return {part[2] for part in parts} & ALLOWED.keys()


def arrows() -> dict[str, set[str]]:
    return {
        package: {target for path in (INSIGHT / package).rglob("*.py") for target in packages(imported(path))}
        - {package}
        for package in ALLOWED
    }


def test_the_packages_are_those_that_are_named_here():
    found = {path.name for path in INSIGHT.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert found == ALLOWED.keys()


def test_no_file_lies_loose_beside_the_packages():
    assert [path.name for path in INSIGHT.glob("*.py") if path.name != "__init__.py"] == []


def test_the_arrows_are_those_that_are_named_here():
    assert arrows() == ALLOWED


def test_there_is_no_circle():
    left = arrows()
    while leaves := {package for package, targets in left.items() if not targets & left.keys()}:
        left = {package: targets for package, targets in left.items() if package not in leaves}
    assert left == {}


@pytest.mark.parametrize("package", ["triage", "clustering"])
def test_what_reads_and_groups_text_knows_no_model_and_no_other_package_of_the_desk(package):
    """Both run from the command line and in other people's programs, without a database.

    Which languages there are, and how near two vectors lie, is said once for all, in modules that need nothing either.
    """
    foreign = {
        path.name: sorted(wrong)
        for path in (INSIGHT / package).rglob("*.py")
        if (
            wrong := {
                module
                for module in imported(path)
                if module.split(".")[0] in {"wagtail", "celery"}
                or module.startswith("django.db")
                or (module.startswith("smeditor.") and not module.startswith((f"smeditor.insight.{package}", *PLAIN)))
            }
            - {"smeditor.insight", "smeditor.insight.meaning"}
        )
    }
    assert foreign == {}


@pytest.mark.parametrize("path", sorted(INSIGHT.rglob("*.py")), ids=lambda path: str(path.relative_to(INSIGHT)))
def test_every_import_stands_at_the_top(path):
    """A late import of ours hides a circle; another's library hides none, and may come with the first text that needs it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    late = [statement for body in bodies for statement in statements(body)]
    assert [statement.lineno for statement in late if "smeditor" in ast.unparse(statement)] == []


@pytest.mark.parametrize("module", PLAIN)
def test_what_every_package_may_use_needs_the_standard_library_alone(module):
    path = INSIGHT.parents[1] / f"{module.replace('.', '/')}.py"
    assert {name.split(".")[0] for name in imported(path)} <= {*sys.stdlib_module_names}
