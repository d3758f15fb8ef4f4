"""Labels on the two French sets, with the extra and without: each set scored by what has learned from the other.

The rules were tuned on set a, nobody looked at b for them. The semantic classifier is trained anew for each direction: on
our own texts and the other French set. The floors of its labels were set on the totals of both directions.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from bench.counting import precision_recall
from bench.reactions import FRENCH, OWN, SHORT, TRAINING, Reaction, prose, read
from smeditor.insight.meaning.universal import is_installed
from smeditor.insight.triage import LABELS, Triage, triage

WANTED = {
    "question": (0.9, 0.8),
    "correction": (0.8, 0.6),
    "tip": (0.75, 0.5),
    "testimony": (0.8, 0.5),
    "criticism": (0.7, 0.45),
    "suggestion": (0.75, 0.5),
    "thanks": (0.8, 0.8),
    "spam": (0.9, 0.7),
    "abuse": (0.9, 0.7),
    "all": (0.82, 0.62),
}
"""Precision and recall asked of the set that was not learned from, with the extra."""
Judge = Callable[[Reaction], Triage]


def by_rules(reaction: Reaction) -> Triage:
    """Return what the rules say."""
    return triage(reaction.text, reaction.lang)


def score(reactions: tuple[Reaction, ...], judge: Judge) -> dict[str, Any]:
    """Return precision and recall by label.

    A label that a row calls optional is right either way and counts for nothing where only it is given.
    """
    judged: dict[str, tuple[list[bool], list[bool]]] = {label: ([], []) for label in LABELS}
    hidden = 0
    for reaction in reactions:
        given = judge(reaction).labels
        hidden += given == ("spam",) and "spam" not in reaction.labels + reaction.optional
        for label, (wanted, found) in judged.items():
            if label in reaction.labels or label not in reaction.optional:
                wanted.append(label in reaction.labels)
                found.append(label in given)
    every = [list(chain(*(pair[side] for pair in judged.values()))) for side in (0, 1)]
    counts = {label: precision_recall(*pair) for label, pair in judged.items()}
    return {"all": precision_recall(*every), **counts, "ordinary texts out of the inbox": {"texts": hidden}}


def run(*, quick: bool = False) -> dict[str, Any]:
    """Return the scores of both sets; None for a set that is not there, no classifier without the extra or if ``quick``."""
    scores: dict[str, Any] = {
        "french a (rules tuned on it)": score(read("french a"), by_rules) if read("french a") else None,
        "french b": score(read("french b"), by_rules) if read("french b") else None,
    }
    if not quick and is_installed() and all(map(read, FRENCH)):
        from bench import triage_training

        version, vectors = triage_training.encode()
        for other, name in ((FRENCH[0], FRENCH[1]), (FRENCH[1], FRENCH[0])):
            reactions = [*(row for source in (*TRAINING, other) for row in read(source)), *prose(other)]
            data = triage_training.prepare(reactions, vectors, triage_training.HONEST | {other})
            classifier = triage_training.train(data, version, read(OWN), vectors)
            vectors([row.text for source in (name, *SHORT) for row in read(source)])  # many at once, each kept

            def by_both(row: Reaction, classifier: Any = classifier) -> Triage:
                return classifier.revise(by_rules(row), row.text, vectors([row.text])[0].tolist())

            scores[f"{name}, with the extra, learned from {other}"] = score(read(name), by_both)
            if name == FRENCH[-1]:
                short = tuple(row for source in SHORT for row in read(source))
                scores["short reactions, with the extra"] = score(short, by_both)
    return scores


def missed(metrics: dict[str, Any]) -> list[str]:
    """Return in words what of the bounds is missed with the extra, and every ordinary text out of the inbox."""
    found = []
    for name, scores in metrics.items():
        if not name.startswith("french") or not scores:
            continue
        if scores["ordinary texts out of the inbox"]["texts"]:
            found.append(f"{name}: ordinary texts out of the inbox")
        for label, (precision, recall) in WANTED.items() if "extra" in name else ():
            cell = scores[label]
            if cell["precision"] < precision or cell["recall"] < recall:
                found.append(f"{name}: {label} has {cell['precision']}/{cell['recall']}, wanted {precision}/{recall}")
    return found
