"""When does a series of counts start to burn? An early sign, and a confirmed one.

>>> from datetime import UTC, datetime, timedelta
>>> start = datetime(2026, 1, 5, tzinfo=UTC)
>>> quiet = [(start + timedelta(minutes=15 * i), 4) for i in range(4 * 672)]
>>> burst = [(start + timedelta(minutes=15 * i), 40) for i in range(4 * 672, 4 * 672 + 4)]
>>> [alert.kind for alert in detect(quiet + burst)]
['early', 'confirmed']
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from smeditor.insight.seasons import Season, root

BUCKET = timedelta(minutes=15)
EARLY_Z = 5.0
CONFIRMED_SUM = 9.0
DRIFT = 1.0
SILENCE = timedelta(hours=6)
"""After an alert of one kind the same kind stays silent this long, so that one fire rings once."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A spike: when (start of its bucket), how sure, what came, what was expected, by how many usual spreads."""

    at: datetime
    kind: Literal["early", "confirmed"]
    count: int
    expected: float
    z: float
    series: str = ""


class SpikeDetector:
    """Watches one series of counts in equal buckets, in the order of time.

    Args:
        bucket: length of a bucket.
        zone: the newsroom's zone.
        shape: the outlet's weekly shape, for a series younger than three weeks (see `Season`).
        early, confirmed: thresholds; the shipped ones give at most one false alarm a week.
    """

    def __init__(
        self,
        bucket: timedelta = BUCKET,
        zone: tzinfo | None = None,
        shape: Sequence[float] | None = None,
        *,
        early: float = EARLY_Z,
        confirmed: float = CONFIRMED_SUM,
        series: str = "",
    ) -> None:
        self.season = Season(bucket, zone, shape)
        self.early, self.confirmed, self.series = early, confirmed, series
        self.sum = 0.0
        self._rang: dict[str, datetime] = {}

    def observe(self, at: datetime, count: int) -> list[Alert]:
        """Take the next bucket and return the alerts that it raises (none, early, confirmed or both)."""
        usual = self.season.expected(at)
        z = (root(count) - root(usual.count)) / usual.spread
        self.season.learn(at, count)
        if self.season.buckets <= self.season.slots / 7:
            return []
        self.sum = max(0.0, min(self.sum + z - DRIFT, 3 * self.confirmed))
        alerts = []
        kinds: list[tuple[Literal["early", "confirmed"], float, float]] = [
            ("early", z, self.early),
            ("confirmed", self.sum, self.confirmed),
        ]
        for kind, value, limit in kinds:
            last = self._rang.get(kind)
            if value >= limit and (last is None or at - last >= SILENCE):
                self._rang[kind] = at
                alerts.append(Alert(at, kind, count, round(usual.count, 2), round(value, 2), self.series))
        return alerts


def detect(
    series: Iterable[tuple[datetime, int]],
    bucket: timedelta = BUCKET,
    zone: tzinfo | None = None,
    shape: Sequence[float] | None = None,
    *,
    early: float = EARLY_Z,
    confirmed: float = CONFIRMED_SUM,
) -> list[Alert]:
    """Return the alerts of a whole series of (start of bucket, count), in the order of time."""
    detector = SpikeDetector(bucket, zone, shape, early=early, confirmed=confirmed)
    return [alert for at, count in series for alert in detector.observe(at, count)]
