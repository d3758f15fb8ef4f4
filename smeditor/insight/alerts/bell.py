"""When the scores of a series ring: over its limit, each kind once for a fire, and soon after one only for a higher one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from smeditor.insight.alerts.thresholds import SILENCE, Verdicts, WeeklyLimit

Kind = Literal["early", "confirmed"]

ONLY_HIGHER = timedelta(days=2)
"""For so long after a fire began that nobody called real only a higher one rings: a wild day is told once, not all day."""


class Bell:
    """Rings for one series. Its kinds of score share the limit, so that together they ring as rarely as promised.

    ``shipped``: the lowest limit. ``day``: buckets in a day. ``verdicts``: what editors said of its alarms.
    """

    def __init__(self, shipped: float, day: int, verdicts: Verdicts) -> None:
        self.limit = WeeklyLimit(shipped, day, verdicts)
        self.verdicts = verdicts
        self._burned_at: datetime | None = None
        self._fires: list[tuple[datetime, float]] = []
        """Those of the last days: when each began, and how high it went."""
        self._rung: set[Kind] = set()
        """The kinds that rang in the newest one."""

    def rings(self, at: datetime, scores: Mapping[Kind, float]) -> list[Kind]:
        """Take the scores of the next bucket, and return which kinds are told."""
        highest = max(scores.values())
        if highest < self.limit.limit:
            return []
        if self._burned_at is not None and at - self._burned_at < SILENCE:
            began, height = self._fires.pop()
            self._fires.append((began, max(height, highest)))
        elif highest <= self._to_exceed(at):
            return []
        else:
            self._fires.append((at, highest))
            self._rung = set()
        self._burned_at = at
        kinds = [kind for kind, score in scores.items() if score >= self.limit.limit and kind not in self._rung]
        self._rung.update(kinds)
        return kinds

    def learn(self, at: datetime, scores: Mapping[Kind, float]) -> None:
        """Let the limit learn from the scores of a bucket of a series whose weekly shape is known."""
        self.limit.learn(at, max(scores.values()))

    def _to_exceed(self, at: datetime) -> float:
        self._fires = [(began, height) for began, height in self._fires if at - began < ONLY_HIGHER]
        return max((height for began, height in self._fires if not self.verdicts.get(began)), default=0.0)
