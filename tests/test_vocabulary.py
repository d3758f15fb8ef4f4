"""The field's standard terms: none of the words that the glossary sends away is the name of anything of ours.

Only what is bound is looked at (functions, classes, arguments, variables, attributes that we set, files), so that another
package's names may be used as they are. Read from the syntax tree: sentences for people are not names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

INSTEAD = {
    "look looks looked glance": "check, poll",
    "truth": "recheck, sync",
    "words": "text, content, params, tokens",
    "told said": "result, message",
    "act acts": "action, operation, reaction type",
    "noun nouns moves": "the viewset's model, triage actions",
    "voice voices": "participation, quote",
    "brigade": "coordination",
    "flag flags flagged": "label",
    "echo echoes": "fingerprint",
    "absorb absorbed unite united": "merge",
    "bury buried": "tombstone",
    "settle settled settling": "recluster, resolve",
    "bridge bridges": "cross-language match",
    "season seasons": "baseline",
    "burning burnt": "spike",
    "learned learning": "trained model, classifier",
    "replay replays": "re-run",
    "letter letters": "digest",
    "tray trays": "queue",
    "shield": "protected queue",
    "because": "evidence",
    "figures": "counts",
    "tame": "sanitise",
    "laboratory": "fault harness",
    "nursery": "worker pool",
    "census": "reconciliation",
    "furniture": "fixtures",
    "hall room rooms house houses": "package, layer, architecture",
}
SENT_AWAY = {word: instead for terms, instead in INSTEAD.items() for word in terms.split()}
WHOLE = {
    "one": "the noun",
    "_one": "the noun",
    "news": "pending labels",
    "seen": "item",
    "Seen": "InboundItem",
    "face": "canonical copy",
    "hit": "fault point",
    "calls": "to-dos",
    "give_back": "release",
    "take_turn": "acquire",
    "keep_true": "recheck",
}
"""Names that are only sent away as a whole: as a part they mean something else (``news_class``, ``seen_by``)."""
MEANT = {
    ("smeditor/text", "letter letters"),  # of the alphabet
    ("smeditor/insight/triage", "letter letters"),
    ("smeditor/insight/clustering", "letter letters"),
    ("tests/text", "letter letters"),
    ("smeditor/listening", "bridge bridges"),  # between networks, as Bridgy Fed is one
    ("smeditor/permissions", "act acts"),  # to act for a desk, as the stored permission has it
    ("smeditor/models", "act acts"),
    ("tests/install/site/news", "news"),  # the app of a site that is not ours
}


def sources() -> Iterator[Path]:
    for folder in ("smeditor", "newsroom", "tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


def bound(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The names that a file gives, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


def sent_away(name: str, folder: str) -> str:
    """What to call it instead; empty where the name is fine."""
    if name in WHOLE and not any(folder.startswith(at) and name in meant.split() for at, meant in MEANT):
        return WHOLE[name]
    for part in (found.lower() for found in PART.findall(name)):
        if part in SENT_AWAY and not any(folder.startswith(at) and part in meant.split() for at, meant in MEANT):
            return SENT_AWAY[part]
    return ""


@cache
def offences() -> list[str]:
    found = []
    for path in sources():
        relative = path.relative_to(ROOT)
        names = [(part, 0) for part in relative.with_suffix("").parts]
        names += [
            (name, line) for name, line in bound(ast.parse(path.read_text("utf-8"))) if not name.startswith("test_")
        ]
        found += [
            f"{relative}:{line} {name}: {instead}"
            for name, line in names
            if (instead := sent_away(name, str(relative.parent)))
        ]
    return sorted(set(found))


@pytest.mark.parametrize("folder", ["smeditor", "newsroom", "tests", "bench"])
def test_nothing_bears_a_name_that_was_sent_away(folder):
    assert [line for line in offences() if line.startswith(folder)] == []


if __name__ == "__main__":
    print("\n".join(offences()))  # noqa: T201
