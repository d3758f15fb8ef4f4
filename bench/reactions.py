"""The labelled reactions that were written for this project, as training and scoring read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.sets import ROOT

HERE = Path(__file__).resolve().parent / "data"
OWN = "triage_examples"
TRAINING = (OWN, "reactions", "reactions_dev2", "reactions_fresh", "reactions_other_hand")
FRENCH = ("french a", "french b")


@dataclass(frozen=True, slots=True)
class Reaction:
    """A text with its labels. ``optional``: labels that are right either way; ``source``: the set it stands in."""

    id: str
    text: str
    lang: str
    labels: tuple[str, ...]
    optional: tuple[str, ...]
    source: str


@cache
def read(name: str) -> tuple[Reaction, ...]:
    """Return the reactions of a set of ``TRAINING`` or ``FRENCH``; none of a French one where it is not there."""
    path = HERE / f"{name}.jsonl"
    if name in FRENCH:
        path = ROOT / "data" / "french" / name.rpartition(" ")[2] / "reactions.jsonl"
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
            tuple(row.get("optional", ())),
            name,
        )
        for row in rows
    )
