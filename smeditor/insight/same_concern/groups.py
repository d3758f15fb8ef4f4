"""Which texts raise the same concern for sure: groups in which each two do, on average, with more than a stated chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from heapq import heapify, heappop, heappush
from statistics import fmean

from smeditor.insight.same_concern.probability import LEXICAL
from smeditor.insight.same_concern.questions import Candidate, log_odds, probability

SURE = 0.7
"""Mean chance between two groups from which they are one."""
BORNE_OUT, BORNE_OUT_LEXICALLY = 0.41, 0.2
"""Mean chance from which a group that the words made is borne out, with vectors and without.

Between what the words rightly and wrongly joined in ``bench/data/newsrooms.jsonl`` and in the sets beside the checkout: of 19
groups that were right all lie above .41 with vectors and 14 above .2 without, of 11 that were wrong none.
"""


def sure_groups(
    size: int,
    candidates: Sequence[Candidate],
    together: Collection[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
    sure: float = SURE,
) -> list[int]:
    """Return the group of each of ``size`` texts, by average linkage of log-odds.

    ``candidates``: every pair that may be joined; one that is not among them counts as never the same. ``together`` and
    ``apart``: pairs of places of which an editor has said so; they hold whatever the evidence says. ``sure``: chance from
    which two groups are joined.
    """
    least = log_odds(sure)
    sums: dict[int, dict[int, float]] = {place: {} for place in range(size)}
    for first, second, value in candidates:
        sums[first][second] = sums[second][first] = value
    members = {place: [place] for place in range(size)}
    barred: dict[int, set[int]] = {place: set() for place in range(size)}
    for first, second in apart:
        barred[first].add(second)
        barred[second].add(first)
    state = _Merging(sums, members, barred)
    for first, second in together:
        state.join(state.group_of(first), state.group_of(second))
    heap: list[tuple[float, int, int]] = [
        (-mean, a, b)
        for a in list(members)
        for b in sums.get(a, {})
        if a < b and (mean := state.mean(a, b)) is not None and mean >= least
    ]
    heapify(heap)
    while heap:
        value, a, b = heappop(heap)
        if a not in members or b not in members or state.mean(a, b) != -value:
            continue
        state.join(a, b)
        for other in sums[a]:
            mean = state.mean(a, other)
            if mean is not None and mean >= least:
                heappush(heap, (-mean, min(a, other), max(a, other)))
    return [state.group_of(place) for place in range(size)]


class _Merging:
    """Groups that grow: the sums of log-odds between them, and which are barred from each other."""

    def __init__(
        self, sums: dict[int, dict[int, float]], members: dict[int, list[int]], barred: dict[int, set[int]]
    ) -> None:
        self.sums, self.members, self.barred = sums, members, barred
        self._group = {place: place for place in members}

    def group_of(self, place: int) -> int:
        return self._group[place]

    def mean(self, a: int, b: int) -> float | None:
        """Mean log-odds between two groups; None where not each two of their texts are candidates, or they are barred."""
        if b not in self.sums.get(a, {}) or b in self.barred[a]:
            return None
        return self.sums[a][b] / (len(self.members[a]) * len(self.members[b]))

    def join(self, a: int, b: int) -> None:
        """Let ``b`` go on as a part of ``a``; what is barred from one is barred from both."""
        if a == b or b in self.barred[a]:
            return
        gone = self.sums.pop(b)
        mine = self.sums[a]
        mine.pop(b, None)
        for other in list(mine):
            if other not in gone:  # one of their pairs was never a candidate
                del mine[other]
                self.sums[other].pop(a, None)
        for other, value in gone.items():
            self.sums[other].pop(b, None)
            if other in mine:
                mine[other] += value
                self.sums[other][a] = mine[other]
        for place in self.members[b]:
            self._group[place] = a
        self.members[a] += self.members.pop(b)
        for other in self.barred.pop(b):
            self.barred[other].discard(b)
            self.barred[other].add(a)
            self.barred[a].add(other)


def certainties(groups: Sequence[Hashable], candidates: Sequence[Candidate]) -> dict[Hashable, float]:
    """Return, by group, the mean chance that two of its texts raise the same; a group of one is left out.

    ``groups``: the group of each text (None for none).
    """
    found: dict[Hashable, list[float]] = defaultdict(list)
    for first, second, value in candidates:
        if groups[first] is not None and groups[first] == groups[second]:
            found[groups[first]].append(value)
    return {group: probability(fmean(values)) for group, values in found.items()}


def borne_out(groups: Sequence[Hashable], candidates: Sequence[Candidate], kind: str) -> list[tuple[int, int]]:
    """Return the pairs of places that stand together in a group that the evidence bears out.

    ``groups``: the group of each text, as something else made them (None for none). ``kind``: by which weights the
    candidates were judged.
    """
    least = least_certainty(kind)
    sure = {group for group, chance in certainties(groups, candidates).items() if chance >= least}
    return [(a, b) for a, b, _value in candidates if groups[a] == groups[b] and groups[a] in sure]


def least_certainty(kind: str) -> float:
    """Return the mean chance from which a group is borne out. ``kind``: by which weights it was judged."""
    return BORNE_OUT_LEXICALLY if kind == LEXICAL else BORNE_OUT
