"""Grouping in a small newsroom: precision and recall (B-cubed) on few texts, as the desk groups them.

The scripts of ``bench/data/newsrooms.jsonl`` are synthetic: the reactions to one article each, with concerns that
several people raise and others that share the article's words and nothing else.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

from bench.sets import GROUPING, grouping_set
from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.grouping import DEFAULT_THRESHOLD, DESK_THRESHOLD, Grouper

Rows = list[dict[str, Any]]
SCRIPTS = Path(__file__).parent / "data/newsrooms.jsonl"
DRAWN = (1, 1, 1, 2, 3, 4, 6, 10)
"""Sizes of the groups drawn from a public set: most things are said once."""


def scripts(half: str) -> list[Rows]:
    """Return the reactions of each script of a half ("dev" or "test"), in the order in which they came."""
    found: dict[str, Rows] = defaultdict(list)
    for line in SCRIPTS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["half"] == half:
            found[row["script"]].append(row | {"group": row["concern"] or row["id"]})
    return list(found.values())


def drawn(name: str, n: int, seed: int) -> Rows:
    """Return n texts of a public set in groups of few, shuffled."""
    rng = random.Random(seed)
    by_group: dict[str, Rows] = defaultdict(list)
    for row in grouping_set(name, 1):
        by_group[row["group"]].append(row)
    names = sorted(by_group)
    rng.shuffle(names)
    rows: Rows = []
    for group in names:
        rows += by_group[group][: min(rng.choice(DRAWN), n - len(rows))]
    rng.shuffle(rows)
    return rows


def grouped(rows: Rows, threshold: float = DESK_THRESHOLD) -> list[str]:
    """The desk's way: ``Grouper.add``, text by text."""
    grouper = Grouper(threshold)
    return [str(grouper.add(row["text"], row["lang"]).concern_id) for row in rows]


def reclustered(rows: Rows) -> list[str]:
    """The command's way."""
    grouper = BatchGrouper(DEFAULT_THRESHOLD)
    for row in rows:
        grouper.add(row["text"], row["lang"])
    return [str(concern) for concern in grouper.finish()]


def precision_and_recall(rows: Rows, found: list[str]) -> tuple[float, float]:
    """Return B-cubed precision and recall; what stands alone by its label is a group of its own."""
    gold = [row["group"] for row in rows]
    of_gold, of_found, of_both = Counter(gold), Counter(found), Counter(zip(gold, found, strict=True))
    precision = sum(n * n / of_found[f] for (_, f), n in of_both.items()) / len(rows)
    recall = sum(n * n / of_gold[g] for (g, _), n in of_both.items()) / len(rows)
    return precision, recall


def run(*, quick: bool) -> dict[str, Any]:
    """Return mean precision and recall of both ways by kind and number of texts."""
    streams = {f"scripts, {half}": scripts(half) for half in ("dev", "test")}
    for n in (20, 50) if quick else (20, 50, 100, 200):
        streams[f"public, {n} texts"] = [drawn(name, n, seed) for name in GROUPING for seed in range(2 if quick else 8)]
    ways: dict[str, Callable[[Rows], list[str]]] = {"desk": grouped, "command": reclustered}
    result: dict[str, Any] = {}
    for title, each in streams.items():
        result[title] = {}
        for way, group in ways.items():
            scores = [precision_and_recall(rows, group(rows)) for rows in each]
            result[title] |= {
                f"{way} precision": round(mean(p for p, _ in scores), 3),
                f"{way} recall": round(mean(r for _, r in scores), 3),
            }
    return result
