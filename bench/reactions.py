"""The labelled reactions that were written for this project, as training and scoring read them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.sets import ROOT
from smeditor.insight.triage import shipped
from smeditor.insight.triage.language import detect
from smeditor.insight.triage.normal import Reading

HERE = Path(__file__).resolve().parent / "data"
OWN = "triage_examples"
PARTS = 3
"""The sets of articles are left out together in so many parts when a model is judged by texts it has not seen."""
ARTICLES = tuple(f"articles/{name}/reactions" for name in "cdefghijklmnop")
SHORT = tuple(f"articles/{name}/reactions" for name in "qrst")
"""Nothing is trained on them: what was learned from all others is measured by them, too."""
TRAINING = (OWN, "reactions", "reactions_dev2", "reactions_fresh", "reactions_other_hand", *ARTICLES)
FRENCH = ("french a", "french b")


PROSE = "prose"
_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Reaction:
    """A text with its labels. ``optional``: labels that are right either way; ``source``: the set it stands in."""

    id: str
    text: str
    lang: str
    labels: tuple[str, ...]
    optional: tuple[str, ...]
    source: str


def _folder(name: str) -> Path:
    return ROOT / "data" / "french" / name.rpartition(" ")[2]


@cache
def prose(*names: str) -> tuple[Reaction, ...]:
    """Return sentences that no reader wrote and that have no label: our own, and those of the articles of French sets."""
    found = (HERE / "prose.txt").read_text(encoding="utf-8").splitlines()
    for name in names:
        path = _folder(name) / "articles.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for article in map(json.loads, lines):
            for part in (article["title"], article["standfirst"], *article["paragraphs"]):
                found += [sentence for sentence in _END.split(part) if sentence]
    return tuple(
        Reaction(f"p{number}", text, detect(Reading(text).tokens, None, shipped()), (), (), PROSE)
        for number, text in enumerate(dict.fromkeys(found))
    )


@cache
def read(name: str) -> tuple[Reaction, ...]:
    """Return the reactions of a set of ``TRAINING`` or ``FRENCH``; none of a French one where it is not there."""
    path = HERE / f"{name}.jsonl"
    if name in FRENCH:
        path = _folder(name) / "reactions.jsonl"
        if not path.exists():
            return ()
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return tuple(
        Reaction(
            row["id"],
            row["text"],
            row["lang"],
            tuple(row["labels"] if "labels" in row else row["flags"]),
            tuple(row.get("optional") or ()),
            f"articles {ARTICLES.index(name) % PARTS}" if name in ARTICLES else name,
        )
        for row in rows
    )
