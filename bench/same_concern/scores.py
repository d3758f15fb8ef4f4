"""What the desk would make of reactions whose concerns are known: sure groups, questions, and what they find."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from itertools import combinations
from typing import Any

from bench.same_concern.annotated import Annotated, Row, same
from bench.same_concern.training import Trained
from smeditor.insight.same_concern import evidence, probability
from smeditor.insight.same_concern.groups import SURE, sure_groups
from smeditor.insight.same_concern.questions import Candidate, Interview, in_order

LEAST_PEOPLE = 3
GOOD, HALF = 0.7, 0.5
SHARES = {"a third": 1 / 3, "two thirds": 2 / 3, "one each": 1.0}
"""Questions for each text."""

Scores = list[list[Candidate]]
"""For each article the candidates among its texts."""


def by_model(articles: Sequence[Annotated], trained: Trained) -> Scores:
    """Return the log-odds of each pair by trained weights."""
    pairs = trained.pairs
    prepared = [probability.prepared(each.article, trained.kind, trained.projection) for each in articles]
    return [
        [
            Candidate(i, j, pairs.log_odds(values))
            for i, j, values in probability.compared(article, trained.raises, pairs.means, pairs.spreads)
        ]
        for article in prepared
    ]


def by_encoder(articles: Sequence[Annotated]) -> Scores:
    """Return the likeness of each pair by the encoder alone, spread out as log-odds are."""
    found = []
    for each in articles:
        near = evidence.cosines([text.vector or () for text in each.article.texts])
        found.append([Candidate(i, j, 20 * near[i][j] - 12) for i, j in combinations(range(len(near)), 2)])
    return found


def average_precision(articles: Sequence[Annotated], scores: Scores) -> float:
    """Return the average precision of "the same concern" over all pairs within an article."""
    ranked = sorted(
        (
            (c.log_odds, same(each.rows[c.first], each.rows[c.second]))
            for each, found in zip(articles, scores, strict=True)
            for c in found
        ),
        key=lambda pair: -pair[0],
    )
    right, total = 0, 0.0
    for place, (_value, is_same) in enumerate(ranked, 1):
        if is_same:
            right += 1
            total += right / place
    return total / max(right, 1)


def found_and_good(articles: Sequence[Annotated], groups: Sequence[Sequence[Hashable]]) -> dict[str, Any]:
    """Return which share of the groups is good, and which share of the true concerns is at least half in a good one.

    A group of two or more is good where at least .7 of it raise one concern. Concerns of three or more people count, over
    all articles.
    """
    rows: list[Row] = [row for each in articles for row in each.rows]
    names = [(place, group) for place, found in enumerate(groups) for group in found]
    members: dict[Hashable, list[Row]] = defaultdict(list)
    for name, row in zip(names, rows, strict=True):
        members[name].append(row)
    people: dict[str, set[str]] = defaultdict(set)
    sizes: Counter[str] = Counter()
    for row in rows:
        if row["concern"]:
            people[row["concern"]].add(row["person"])
            sizes[row["concern"]] += 1
    wanted = {concern for concern, who in people.items() if len(who) >= LEAST_PEOPLE}
    shown = [found for found in members.values() if len(found) > 1]
    good, found_ones = 0, set()
    for group in shown:
        concern, number = Counter(row["concern"] for row in group).most_common(1)[0]
        if concern is not None and number >= GOOD * len(group):
            good += 1
            if number >= HALF * sizes[concern]:
                found_ones.add(concern)
    return {
        "groups": len(shown),
        "good": round(good / len(shown), 3) if shown else None,
        "found": len(found_ones & wanted),
        "of": len(wanted),
        "share": round(len(found_ones & wanted) / len(wanted), 3),
    }


def sure(articles: Sequence[Annotated], scores: Scores, least: float = SURE) -> dict[str, Any]:
    """Return what is shown without a question, and its adjusted mutual information with the gold."""
    from sklearn.metrics import adjusted_mutual_info_score

    groups = [sure_groups(len(each.rows), found, sure=least) for each, found in zip(articles, scores, strict=True)]
    gold = [row["concern"] or row["id"] for each in articles for row in each.rows]
    mine = [f"{place} {group}" for place, found in enumerate(groups) for group in found]
    return found_and_good(articles, groups) | {"ami": round(float(adjusted_mutual_info_score(gold, mine)), 3)}


def _asked(articles: Sequence[Annotated], scores: Scores, budget: int) -> list[tuple[int, int, int]]:
    """Return the pairs (article, place, place) that are asked about when each answer moves the next question."""
    interviews = [Interview(len(each.rows), found) for each, found in zip(articles, scores, strict=True)]
    waiting = [interview.next() for interview in interviews]
    asked: list[tuple[int, int, int]] = []
    while len(asked) < budget and any(waiting):
        values = {place: interviews[place].value(c) for place, c in enumerate(waiting) if c is not None}
        best = max(values, key=values.__getitem__)
        first, second, _log_odds = waiting[best] or Candidate(0, 0, 0.0)
        rows = articles[best].rows
        interviews[best].answer(first, second, same=same(rows[first], rows[second]))
        asked.append((best, first, second))
        waiting[best] = interviews[best].next()
    return asked


def _listed(articles: Sequence[Annotated], scores: Scores, budget: int) -> list[tuple[int, int, int]]:
    """Return the pairs of a list that was written before any answer was known, as the command writes it."""
    langs = [[text.lang for text in each.article.texts] for each in articles]
    return [(place, c.first, c.second) for place, c in in_order(scores, langs, budget)]


def after_questions(articles: Sequence[Annotated], scores: Scores, *, listed: bool) -> dict[str, Any]:
    """Return what is found after questions whose answers the gold gives. ``listed``: all asked in one go."""
    texts = sum(len(each.rows) for each in articles)
    ask: Callable[..., list[tuple[int, int, int]]] = _listed if listed else _asked
    asked = ask(articles, scores, texts)
    found = {}
    for name, share in SHARES.items():
        interviews = [Interview(len(each.rows), ()) for each in articles]
        for place, first, second in asked[: int(texts * share)]:
            rows = articles[place].rows
            interviews[place].answer(first, second, same=same(rows[first], rows[second]))
        found[name] = found_and_good(articles, [interview.groups() for interview in interviews])
    return found


def across_languages(articles: Sequence[Annotated], scores: Scores) -> dict[str, Any]:
    """Return which share of the true pairs of two languages stands among the first questions, as many as there are texts."""
    texts = sum(len(each.rows) for each in articles)
    crossing = {
        (place, i, j)
        for place, each in enumerate(articles)
        for i, j in combinations(range(len(each.rows)), 2)
        if each.rows[i]["lang"] != each.rows[j]["lang"] and same(each.rows[i], each.rows[j])
    }
    listed = set(_listed(articles, scores, texts))
    return {"pairs": len(crossing), "asked": round(len(crossing & listed) / max(len(crossing), 1), 3)}
