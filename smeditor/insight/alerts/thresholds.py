"""A limit that starts strict and is fitted anew every week, to what the series itself did in the weeks before.

No fixed limit fits every series: counts of people waver by the newspaper, the article and the hour. At the end of each week
the limit becomes the lowest at which the weeks that are remembered would have rung ``WANTED`` times a week, some way above
it while few weeks are known, and never less than the shipped one. What an editor called real teaches nothing; what she
called nothing must not ring again at that height.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

STRICT = 35.0
"""The limit of a series that has no week behind it, in natural logs: nothing is known of its noise yet."""
WEEKS_KEPT = 6
WANTED = 0.7
"""Alarms a week to aim for, false ones and real ones together, so that the promised one holds in nearly every week."""
MARGIN = 0.2
"""By how much the limit lies above what one remembered week says; with more weeks by as many times less."""
SILENCE = timedelta(hours=6)
"""A fire is over when nothing reached the limit for so long."""

Verdicts = Mapping[datetime, bool]
"""What editors said of alarms, by the start of the bucket that rang: True for real, False for nothing."""
Hit = tuple[int, datetime, float]
"""A bucket by its number and its start, with a score from the shipped limit on."""


class WeeklyLimit:
    """The limit of one kind of score.

    ``shipped``: the lowest that it ever is. ``day``: buckets in a day. ``verdicts`` may be added to while it learns; one
    holds for what follows its alarm without a pause, for a day at most.
    """

    def __init__(self, shipped: float, day: int, verdicts: Verdicts) -> None:
        self.shipped = shipped
        self.limit = max(STRICT, shipped)
        self.verdicts = verdicts
        self._day = max(day, 1)
        self._week = 7 * self._day
        self._quiet = max(round(self._day * (SILENCE / timedelta(days=1))), 1)
        self._at = 0
        self._hits: deque[Hit] = deque()

    def learn(self, at: datetime, score: float) -> None:
        """Take the score of the next bucket, which starts at ``at``, of a series whose weekly shape is known."""
        if score >= self.shipped:
            self._hits.append((self._at, at, score))
        self._at += 1
        if self.verdicts.get(at) is False:
            self.limit = max(self.limit, _above(score))
        if self._at % self._week == 0:
            self._fit()

    def _fit(self) -> None:
        first = self._at - WEEKS_KEPT * self._week
        while self._hits and self._hits[0][0] < first:
            self._hits.popleft()
        weeks = min(self._at // self._week, WEEKS_KEPT)
        unjudged, nothing = self._by_verdict()
        level = lowest(unjudged, int(WANTED * weeks), self._quiet, self.shipped)
        if level > self.shipped:
            level *= 1 + MARGIN / weeks
        self.limit = max(level, *(_above(score) for score in nothing), self.shipped)

    def _by_verdict(self) -> tuple[list[tuple[int, float]], list[float]]:
        """The hits that nobody judged, and the scores of what was nothing; what was real is left out."""
        unjudged, nothing = [], []
        verdict, since, before = None, 0, -2
        for number, at, score in self._hits:
            if number != before + 1 or number - since >= self._day:
                verdict = None
            if at in self.verdicts:
                verdict, since = self.verdicts[at], number
            before = number
            if verdict is None:
                unjudged.append((number, score))
            elif not verdict:
                nothing.append(score)
        return unjudged, nothing


def _above(score: float) -> float:
    return score * (1 + MARGIN)


def lowest(hits: Sequence[tuple[int, float]], times: int, quiet: int, floor: float) -> float:
    """Return the lowest level from ``floor`` on that ``hits`` (number, score) reach at most so many ``times``.

    Hits less than ``quiet`` buckets apart are one ring. Where even the highest ring more often, it is just above them.
    """
    if rings(hits, floor, quiet) <= times:
        return floor
    scores = sorted({score for _number, score in hits})
    place = bisect_left(scores, True, key=lambda score: rings(hits, _over(score), quiet) <= times)
    return _over(scores[place])


def _over(score: float) -> float:
    return score * (1 + 1e-6)


def rings(hits: Sequence[tuple[int, float]], level: float, quiet: int) -> int:
    """Return how often ``hits`` would have rung at ``level``: what comes within ``quiet`` buckets of a hit is the same."""
    times, last = 0, None
    for number, score in hits:
        if score >= level:
            times += last is None or number - last >= quiet
            last = number
    return times
