"""Every public name says what it is, in one dialect: reStructuredText with double back-quotes, sentences, no lists of arguments.

Read from the syntax tree, package by package: what Django gives a meaning by its place (``Meta``, ``__str__``, choices of a
field, migrations) needs no sentence of ours.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAST = 0.95
OTHER_DIALECTS = {
    "an argument list (Google)": re.compile(
        r"^ *(?:Args|Arguments|Returns?|Raises|Yields|Attributes|Example):\s*$", re.M
    ),
    "an underlined section (NumPy)": re.compile(r"^ *(?:Parameters|Returns|Raises|Yields)\n *-{3,}", re.M),
    "a field list (Sphinx, Epydoc)": re.compile(r"^ *[:@](?:param|type|returns?|rtype|raises?)\b", re.M),
    "code in single back-quotes (Markdown)": re.compile(r"(?<![`:\w])`[^`\n]+`(?![`_])"),
    "a heading or a fence (Markdown)": re.compile(r"^ *(?:#{1,4} |```)", re.M),
}
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: str) -> list[Path]:
    return [
        path for path in sorted((ROOT / folder).rglob("*.py")) if not {"migrations", "__pycache__"} & set(path.parts)
    ]


PACKAGES = sorted(
    {
        str(
            path.relative_to(ROOT).parent
            if path.parent == ROOT / top
            else Path(top, path.relative_to(ROOT / top).parts[0])
        )
        for top in ("smeditor", "newsroom")
        for path in sources(top)
    }
)


def files_of(package: str) -> list[Path]:
    """The files of a package; of ``smeditor`` and ``newsroom`` themselves those that lie in no package below."""
    return sorted((ROOT / package).glob("*.py")) if "/" not in package else sources(package)


def is_typed_choice(node: ast.ClassDef) -> bool:
    """Whether a class is the list of a field's choices: its labels say what each of them is."""
    return any(
        isinstance(base, ast.Attribute) and base.attr in ("TextChoices", "IntegerChoices") for base in node.bases
    )


def public(node: ast.AST, name: str = "") -> Iterator[tuple[str, Documented]]:
    """The public modules, classes, functions and methods below ``node``, with their dotted names."""
    if isinstance(node, ast.Module):
        yield name, node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If | ast.Try):
            yield from public(child, name)
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or child.name.startswith("_"):
            continue
        if isinstance(child, ast.ClassDef):
            if child.name == "Meta" or is_typed_choice(child):
                continue
            yield from public(child, f"{name}.{child.name}".lstrip("."))
        yield f"{name}.{child.name}".lstrip("."), child


def documented(paths: list[Path]) -> tuple[int, list[str]]:
    """How many public names there are, and those without a docstring."""
    number, missing = 0, []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for name, node in public(ast.parse(text)) if text.strip() else ():
            number += 1
            if not ast.get_docstring(node):
                missing.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {name or 'the module'}")
    return number, missing


def sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every docstring of a file, with its line: those below a constant or a field included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, inspect.cleandoc(node.value.value)


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_say_what_they_are(package):
    number, missing = documented(files_of(package))
    assert len(missing) <= (1 - LEAST) * number, "\n".join(missing)


@pytest.mark.parametrize("top", ["smeditor", "newsroom", "tests", "bench"])
def test_docstrings_speak_one_dialect(top):
    found = []
    for path in sources(top):
        for line, text in sentences(ast.parse(path.read_text(encoding="utf-8"))):
            plain = re.sub(r"``.+?``", "", text, flags=re.S)
            for dialect, pattern in OTHER_DIALECTS.items():
                if pattern.search(text if "heading" in dialect else plain):
                    found.append(f"{path.relative_to(ROOT)}:{line}: {dialect}")
    assert found == []


if __name__ == "__main__":
    for package in PACKAGES:
        number, missing = documented(files_of(package))
        print(f"{package}: {number - len(missing)} of {number}", *missing, sep="\n  ")  # noqa: T201
