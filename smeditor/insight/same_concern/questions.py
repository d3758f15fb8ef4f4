"""Which pairs to ask an editor about, best first: what a yes or no teaches most.

A sure pair teaches nothing, and neither does one whose answer follows from others: if a and b raise the same and b and
c do, a and c do. And a question that makes a lonely pair a group of three is worth more than one that makes a group of
eight one of nine. :func:`ranked` puts pairs in order when no answer is known yet; :class:`Interview` goes on from the
answers that there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush, merge
from itertools import islice
from typing import NamedTuple

from smeditor.insight.clustering.tokens import base_language

FOLLOWS = 4.0
"""Log-odds that a question loses whose answer surely follows from those before it."""
FAINT = 0.02
"""Probability below which it is not followed up that two texts are joined by the answers before."""
GROWS = 1.0
"""Log-odds that a question gains which lets a group grow that is not yet SMALL."""
SMALL = 4
ACROSS = 0.6
"""Log-odds that a question about two languages gains: what words can never find is asked about first."""


class Candidate(NamedTuple):
    """Two texts by their places and the log-odds that they raise the same concern."""

    first: int
    second: int
    log_odds: float


def probability(log_odds: float) -> float:
    """Return the probability for log-odds."""
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def log_odds(chance: float) -> float:
    """Return the log-odds for a probability, which is kept away from 0 and 1."""
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(chance / (1 - chance))


def ranked(candidates: Sequence[Candidate]) -> Iterator[tuple[float, Candidate]]:
    """Yield the candidates in the order in which to ask, each with its value (never rising)."""
    joined = _Joined()
    heap = [(-candidate.log_odds, candidate) for candidate in candidates]
    heapify(heap)
    while heap:
        value, candidate = heappop(heap)
        now = candidate.log_odds - FOLLOWS * joined.by_now(candidate.first, candidate.second)
        if heap and now < -heap[0][0] - 1e-9 and now < -value - 1e-9:
            heappush(heap, (-now, candidate))
            continue
        yield now, candidate
        joined.add(candidate.first, candidate.second, probability(candidate.log_odds))


def ranked_across(
    candidates: Sequence[Candidate], languages: Sequence[str | None]
) -> Iterator[tuple[float, Candidate]]:
    """Yield what :func:`ranked` does, with questions about two languages earlier; their log-odds stay as they are.

    ``languages``: of the texts, by their places.
    """
    known = {(c.first, c.second): c for c in candidates}
    raised = [c._replace(log_odds=c.log_odds + ACROSS) if crosses(languages, c) else c for c in candidates]
    for value, found in ranked(raised):
        yield value, known[found.first, found.second]


def in_order(
    candidates: Sequence[Sequence[Candidate]], languages: Sequence[Sequence[str | None]], most: int
) -> list[tuple[int, Candidate]]:
    """Return the first questions of several articles, best first, each with the place of its article.

    ``candidates``: of each article. ``languages``: of each article's texts, by their places. ``most``: how many at most.
    """

    def of_article(place: int) -> Iterator[tuple[float, int, Candidate]]:
        for value, found in islice(ranked_across(candidates[place], languages[place]), most):
            yield -value, place, found

    ordered = merge(*(of_article(place) for place in range(len(candidates))))
    return [(place, candidate) for _value, place, candidate in islice(ordered, most)]


def crosses(languages: Sequence[str | None], candidate: Candidate) -> bool:
    """Whether the two texts of a candidate are in two languages."""
    return base_language(languages[candidate.first]) != base_language(languages[candidate.second])


class _Joined:
    """How likely it is that two texts are joined by questions that were asked, as far as their answers can be foreseen."""

    def __init__(self) -> None:
        self._of: dict[int, dict[int, float]] = {}

    def by_now(self, a: int, b: int) -> float:
        return self._of.get(a, {}).get(b, 0.0)

    def add(self, a: int, b: int, chance: float) -> None:
        left = {a: 1.0, **self._of.get(a, {})}
        right = {b: 1.0, **self._of.get(b, {})}
        for x, to_a in left.items():
            for y, to_b in right.items():
                through = to_a * chance * to_b
                if x != y and through > max(FAINT, self.by_now(x, y)):
                    self._of.setdefault(x, {})[y] = through
                    self._of.setdefault(y, {})[x] = through


class Interview:
    """Questions in the light of the answers so far.

    ``candidates``: pairs that may be asked. ``size``: how many texts there are. Texts that were said to raise the same are
    one group; what was said of two texts holds for their groups.
    """

    def __init__(self, size: int, candidates: Sequence[Candidate]) -> None:
        self._group = list(range(size))
        self._members = {place: [place] for place in range(size)}
        self._between: dict[tuple[int, int], list[Candidate]] = {}
        self._no: set[tuple[int, int]] = set()
        for candidate in candidates:
            self._between.setdefault(_ordered(candidate.first, candidate.second), []).append(candidate)

    def answer(self, first: int, second: int, *, same: bool) -> None:
        """Take an answer in. One that contradicts what follows from earlier ones is left out: the first word holds."""
        a, b = self._group[first], self._group[second]
        if a == b or _ordered(a, b) in self._no:
            return
        if same:
            self._join(a, b)
        else:
            self._no.add(_ordered(a, b))

    def next(self) -> Candidate | None:
        """Return the pair to ask about next; None when every candidate is answered or follows."""
        best: tuple[float, Candidate] | None = None
        for pair, found in self._between.items():
            if pair not in self._no:
                value = self._value(pair)
                if best is None or value > best[0]:
                    best = value, max(found, key=lambda candidate: candidate.log_odds)
        return best[1] if best else None

    def open_ones(self) -> list[Candidate]:
        """Return the likeliest pair of each two groups of which nothing is known, with what asking is worth as its log-odds."""
        return [
            max(found, key=lambda candidate: candidate.log_odds)._replace(log_odds=self._value(pair))
            for pair, found in self._between.items()
            if pair not in self._no
        ]

    def groups(self) -> list[int]:
        """Return the group of each text."""
        return list(self._group)

    def value(self, candidate: Candidate) -> float:
        """Return what asking about a candidate is worth now, in log-odds."""
        return self._value(_ordered(self._group[candidate.first], self._group[candidate.second]))

    def _value(self, pair: tuple[int, int]) -> float:
        values = [candidate.log_odds for candidate in self._between[pair]]
        sizes = sorted(len(self._members[group]) for group in pair)
        grows = GROWS if sizes[0] == 1 and 1 < sizes[1] < SMALL else 0.0
        return (max(values) + sum(values) / len(values)) / 2 + grows

    def _join(self, a: int, b: int) -> None:
        for place in self._members[b]:
            self._group[place] = a
        self._members[a] += self._members.pop(b)
        self._no = {_ordered(*(a if group == b else group for group in pair)) for pair in self._no}
        for pair in [pair for pair in self._between if b in pair]:
            found = self._between.pop(pair)
            other = pair[0] if pair[1] == b else pair[1]
            if other != a:
                self._between.setdefault(_ordered(a, other), []).extend(found)


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)
