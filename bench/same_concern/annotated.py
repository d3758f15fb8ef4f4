"""Sets of reactions to articles whose concerns are known: two beside the checkout, and fourteen of the project's own.

``a`` and ``b`` lie in ``data/french`` of the shared folder; ``c`` to ``p`` under ``bench/data/articles`` (the guideline beside
them says who wrote them). All are synthetic, with wordings deliberately varied.
"""

import json
import random
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from bench.sets import ROOT
from smeditor.insight.meaning.encoder import unit
from smeditor.insight.meaning.universal import Universal
from smeditor.insight.same_concern.evidence import Article, Text
from smeditor.insight.triage import triage

OWN = Path(__file__).resolve().parent.parent / "data/articles"
FOREIGN = ("a", "b")
TRAINED_ON = tuple("cdefghijklmnop")

Row = dict[str, Any]


@dataclass(frozen=True)
class Annotated:
    """One article with its reactions as rows of the file, and the same as they are compared, in one order."""

    rows: list[Row]
    article: Article

    @property
    def concerns(self) -> list[str | None]:
        """The concern of each reaction."""
        return [row["concern"] for row in self.rows]


def folder_of(name: str) -> Path:
    return ROOT / "data/french" / name if name in FOREIGN else OWN / name


def is_there(name: str) -> bool:
    return (folder_of(name) / "reactions.jsonl").exists()


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def model() -> Universal:
    return Universal()


def encoded(texts: list[str]) -> list[Any]:
    return [
        unit(vector.tolist()) for start in range(0, len(texts), 64) for vector in model()(texts[start : start + 64])
    ]  # type: ignore[attr-defined]


@cache
def annotated(name: str, *, meaning: bool) -> list[Annotated]:
    """Return the articles of a set. ``meaning``: with the vectors of the encoder that the extra brings."""
    folder = folder_of(name)
    reactions = _lines(folder / "reactions.jsonl")
    vectors: list[Any] = encoded([row["text"] for row in reactions]) if meaning else [None] * len(reactions)
    found = []
    for article in _lines(folder / "articles.jsonl"):
        mine = [place for place, row in enumerate(reactions) if row["article"] == article["id"]]
        texts = [
            Text(
                row["id"], row["text"], row["lang"], frozenset(triage(row["text"], row["lang"]).labels), vectors[place]
            )
            for place, row in ((place, reactions[place]) for place in mine)
        ]
        passages = [article["title"], article["standfirst"], *article["paragraphs"]]
        found.append(
            Annotated([reactions[place] for place in mine], Article(texts, encoded(passages) if meaning else ()))
        )
    return found


def part_of(each: Annotated, texts: int, seed: int) -> Annotated:
    """Return an article as it is when it has only a few reactions yet: ``texts`` of them at random, in their order."""
    places = sorted(random.Random(seed).sample(range(len(each.rows)), min(texts, len(each.rows))))
    article = replace(each.article, texts=[each.article.texts[place] for place in places])
    return Annotated([each.rows[place] for place in places], article)


def of_sets(names: Collection[str], *, meaning: bool) -> list[Annotated]:
    """Return the articles of several sets."""
    return [article for name in names for article in annotated(name, meaning=meaning)]


def same(row: Row, other: Row) -> bool:
    """Whether two reactions raise the same concern."""
    return row["concern"] is not None and row["concern"] == other["concern"]
