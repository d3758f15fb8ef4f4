"""Quality and speed of grouping, beside the plain centroid index and river's TextClust, in one run on one core."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median
from typing import Any

from bench import plain_centroids
from bench.sets import GROUPING, grouping_set, scorer
from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.grouping import Grouper
from smeditor.insight.clustering.tokens import terms
from smeditor.insight.clustering.word_grouper import WordGrouper

OUR_THRESHOLDS = (0.2, 0.3, 0.4)
WORD_THRESHOLDS = (0.25, 0.3, 0.35)
PLAIN_THRESHOLDS = (0.15, 0.2, 0.25)
RADII = (0.7, 0.9)
RECLUSTERED, STREAMED = "smeditor (default: settled windows)", "smeditor words mode (--words, streamed)"
PLAIN = "plain word centroids"

Rows = list[dict[str, Any]]


def reclustered(rows: Rows, threshold: float) -> list[int]:
    """The command's way: final assignment by windows."""
    grouper = BatchGrouper(threshold)
    for row in rows:
        grouper.add(row["text"], row.get("lang"))
    return list(grouper.finish())


def streamed(rows: Rows, threshold: float) -> list[int]:
    """Words mode, the command's --words: one pass, text by text."""
    grouper = WordGrouper(threshold)
    return [grouper.add(row["text"], row.get("lang")) for row in rows]


def thorough(rows: Rows, threshold: float) -> list[int]:
    """The live desk's way: ``Grouper.add`` as shipped, text by text."""
    grouper = Grouper(threshold)
    return [grouper.add(row["text"], row.get("lang")).concern_id or 0 for row in rows]


def plain(rows: Rows, threshold: float) -> list[int]:
    return plain_centroids.group([row["text"] for row in rows], threshold)


def textclust(rows: Rows, radius: float) -> list[int]:
    """river's TextClust on words and pairs of words, as its documentation does: learn each text, ask where it belongs."""
    from river import cluster, compose, feature_extraction

    model = compose.Pipeline(
        feature_extraction.BagOfWords(lowercase=True, ngram_range=(1, 2)),
        cluster.TextClust(real_time_fading=False, fading_factor=0.001, tgap=100, radius=radius),
    )
    found = []
    for row in rows:
        model.learn_one(row["text"])
        found.append(int(model.predict_one(row["text"]) or 0))
    return found


def scored(rows: Rows, found: list[int]) -> dict[str, float]:
    from sklearn.metrics import adjusted_mutual_info_score

    gold, predicted = [row["group"] for row in rows], [str(c) for c in found]
    _, _, f1 = scorer().b_cubed(gold, predicted)
    return {"ami": float(adjusted_mutual_info_score(gold, predicted)), "b3_f1": float(f1)}


def left_out(table: dict[str, dict[float, dict[str, float]]]) -> dict[str, Any]:
    """Return the fair figures: each set at the threshold that is best on the others, as score_grouping.py --lodo."""
    chosen: dict[str, Any] = {}
    for name in table:
        others = [rows for other, rows in table.items() if other != name]
        best = max(sorted(table[name]), key=lambda t: mean(rows[t]["ami"] for rows in others))
        chosen[name] = {"threshold": best} | {k: round(v, 4) for k, v in table[name][best].items()}
    means = {k: round(mean(row[k] for row in chosen.values()), 4) for k in ("ami", "b3_f1")}
    return {"mean": means, "sets": chosen}


def quality(*, quick: bool, say: Callable[[str], object]) -> dict[str, Any]:
    seeds, limit = ((1,), 2_000) if quick else ((1, 2, 3), None)
    methods: list[tuple[str, Callable[[Rows, float], list[int]], tuple[float, ...], tuple[int, ...], int | None]] = [
        (RECLUSTERED, reclustered, OUR_THRESHOLDS, seeds, limit),
        (STREAMED, streamed, WORD_THRESHOLDS, seeds, limit),
        ("smeditor Grouper.add as shipped (streamed)", thorough, WORD_THRESHOLDS, seeds, limit),
        (PLAIN, plain, PLAIN_THRESHOLDS, seeds, limit),
        ("river TextClust, first 1,500 texts", textclust, RADII, seeds[:1], 1_500),
    ]
    result: dict[str, Any] = {}
    for title, method, thresholds, used, most in methods:
        table: dict[str, dict[float, dict[str, float]]] = {}
        for name in GROUPING:
            for threshold in thresholds:
                runs = [scored(rows, method(rows, threshold)) for s in used for rows in [grouping_set(name, s, most)]]
                table.setdefault(name, {})[threshold] = {k: mean(r[k] for r in runs) for k in ("ami", "b3_f1")}
            say(f"{title}: {name}")
        result[title] = left_out(table)
    return result


def missed_quality(metrics: dict[str, Any]) -> list[str]:
    """Return in words where a method of ours stands less than .03 AMI above the plain index."""
    ami = {title: row["mean"]["ami"] for title, row in metrics.items()}
    least = ami[PLAIN] + 0.03
    return [
        f"grouping: {title} has AMI {ami[title]}, wanted {least:.3f}"
        for title in (RECLUSTERED, STREAMED)
        if ami[title] < least
    ]


def rate(method: Callable[[Rows, float], object], rows: Rows, threshold: float) -> float:
    """Return texts a second of processor time."""
    started = time.process_time()
    method(rows, threshold)
    return len(rows) / (time.process_time() - started)


def tokenising(rows: Rows, _threshold: float) -> None:
    for row in rows:
        terms(row["text"], row.get("lang"))


def speed(*, quick: bool) -> dict[str, Any]:
    """Return rates on the same texts in one run, and their ratios to TextClust's.

    The fastest of several turns counts, the turns of all methods taken one after the other, so that a busy machine slows
    all of them. Each turn starts cold, with an empty index.
    """
    limit, turns = (1_000, 1) if quick else (3_000, 3)
    methods = {
        "tokenising": (tokenising, 0.0),
        "words mode": (streamed, 0.3),
        "default": (reclustered, 0.3),
        "plain": (plain, 0.2),
        "textclust": (textclust, 0.9),
    }
    sets = {}
    for name in GROUPING:
        rows = grouping_set(name, 1, limit)
        tokenising(rows, 0.0)
        measured = [
            {title: rate(method, rows, value) for title, (method, value) in methods.items()} for _ in range(turns)
        ]
        row = {title: max(turn[title] for turn in measured) for title in methods}
        row |= {f"{mode} / textclust": row[mode] / row["textclust"] for mode in ("words mode", "default")}
        sets[name] = {k: round(v, 1) for k, v in row.items()}
    medians = {k: median(row[k] for row in sets.values()) for k in next(iter(sets.values()))}
    return {"texts": limit, "sets": sets, "median": medians}


def missed_speed(metrics: dict[str, Any]) -> list[str]:
    """Return in words what of the bounds of words mode is missed; texts a second are this machine's."""
    row = metrics["median"]
    found = []
    if row["words mode / textclust"] < 100:
        found.append(f"speed: words mode is {row['words mode / textclust']} times TextClust, wanted 100")
    if row["words mode"] < 20_000:
        found.append(f"speed: words mode does {row['words mode']} texts/s, wanted 20,000")
    return found


def command_agrees() -> bool:
    """True where ``manage.py smeditor_group`` gives the concerns that the importable grouper gives."""
    rows = grouping_set("argkp2021_train_dev", 1, 500)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        call = [sys.executable, "manage.py", "smeditor_group", str(source), "--out", str(target)]
        subprocess.run(call, check=True, capture_output=True)
        answers = [json.loads(line)["concern"] for line in target.read_text(encoding="utf-8").splitlines()]
    return all(a is None or a == b for a, b in zip(answers, reclustered(rows, 0.3), strict=True))
