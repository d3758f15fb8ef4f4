"""What a series of counts usually is at this hour of this weekday, and how far it usually strays from it.

Counts are compared on the square-root scale (Anscombe 1948), where the noise of a count hardly depends on its size.
What is usual is the median over the weeks of this hour's mean, so that one burning week leaves no trace, shifted by
how the last day ran against its season.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import median

WEEKS_KEPT = 6
WEEKS_NEEDED = 3
NEIGHBOURS = 2
"""Buckets before and after that count as the same hour."""
LEVEL_DAYS = 1.0
YOUNG_LEVEL_DAYS = 0.25
"""Half-life of the level: of a settled series against its season, and of a young one."""
LEAST_SPREAD = 0.9
CLIP = 2.5
"""Spreads beyond which a surprise teaches the level nothing more."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The usual count of a bucket, and the spread of counts around it on the square-root scale (1 = Poisson)."""

    count: float
    spread: float


def root(count: float) -> float:
    """Return Anscombe's transform of a count: its noise is about 1 whatever the mean, for a Poisson count."""
    return 2.0 * math.sqrt(max(count, 0.0) + 0.375)


def unroot(value: float) -> float:
    """Return the count whose transform is `value`, never below 0."""
    return max((max(value, 0.0) / 2.0) ** 2 - 0.375, 0.0)


class Season:
    """The weekly shape of one series, learnt as it comes.

    Args:
        bucket: length of a bucket, at most a day.
        zone: the newsroom's zone, whose clock the readers' day follows.
        shape: the outlet's relative level for each bucket of the week (mean 1, see `weekly_shape`), used until this
            series has `WEEKS_NEEDED` weeks of its own; None: flat.
    """

    def __init__(self, bucket: timedelta, zone: tzinfo | None = None, shape: Sequence[float] | None = None) -> None:
        if not timedelta(0) < bucket <= timedelta(days=1):
            raise ValueError("A bucket lasts at most a day.")
        self.slots = max(1, round(timedelta(days=7) / bucket))
        if shape is not None and len(shape) != self.slots:
            raise ValueError(f"The shape has {len(shape)} values; a week has {self.slots} buckets.")
        self.bucket, self.zone, self.shape = bucket, zone, shape
        self.buckets = 0
        self._history: list[deque[float]] = [deque(maxlen=WEEKS_KEPT) for _ in range(self.slots)]
        self._level, self._mass = 0.0, 0.0
        self._shift = 0.0
        self._deviation = 0.75
        day = timedelta(days=1) / bucket
        self._shift_rate = 1.0 - 0.5 ** (1.0 / (LEVEL_DAYS * day))
        self._young_keep = 0.5 ** (1.0 / max(YOUNG_LEVEL_DAYS * day, 1.0))

    def slot(self, at: datetime) -> int:
        """Return the number of the bucket in its week, by the clock of the zone."""
        local = at.astimezone(self.zone) if self.zone is not None and at.tzinfo is not None else at
        seconds = local.weekday() * 86_400 + local.hour * 3_600 + local.minute * 60 + local.second
        return int(seconds / self.bucket.total_seconds()) % self.slots

    @property
    def settled(self) -> bool:
        """True when the series has enough weeks of its own."""
        return self.buckets >= WEEKS_NEEDED * self.slots

    def _seasonal(self, slot: int) -> float:
        near = NEIGHBOURS if self.slots > 24 else 0
        rows = [self._history[(slot + d) % self.slots] for d in range(-near, near + 1)]
        weeks = min(len(row) for row in rows)
        return median(sum(row[-1 - week] for row in rows) / len(rows) for week in range(weeks)) if weeks else root(0)

    def _relative(self, slot: int) -> float:
        return max(self.shape[slot], 0.02) if self.shape is not None else 1.0

    def _usual(self, slot: int) -> float:
        """Return the usual value on the square-root scale."""
        if self.settled:
            return self._seasonal(slot) + self._shift
        return root(self._level / self._mass * self._relative(slot)) if self._mass else root(0)

    def expected(self, at: datetime) -> Expected:
        """Return what is usual for the bucket that starts at `at`, from what came before it only."""
        return Expected(unroot(self._usual(self.slot(at))), self._spread)

    @property
    def _spread(self) -> float:
        return max(1.4826 * self._deviation, LEAST_SPREAD)

    def learn(self, at: datetime, count: float) -> float:
        """Take the next bucket into the history and return its surprise: spreads above (or below) what was usual."""
        slot, value, spread = self.slot(at), root(count), self._spread
        surprise = (value - max(self._usual(slot), root(0))) / spread
        if self._mass:
            # The median of the absolute surprise, followed step by step: a spike moves it no more than any bucket.
            self._deviation *= math.exp(0.015 if abs(surprise) * spread > self._deviation else -0.015)
            self._deviation = min(max(self._deviation, 0.3), 20.0)
        if self.settled:
            season = self._seasonal(slot)
            clipped = min(max(value - season, -CLIP * spread), CLIP * spread)
            self._shift += self._shift_rate * (clipped - self._shift)
        limit = unroot(max(self._usual(slot), root(0)) + CLIP * spread) if self._mass > 8 else count
        self._level = self._level * self._young_keep + min(count, max(limit, 1.0))
        self._mass = self._mass * self._young_keep + self._relative(slot)
        self._history[slot].append(value)
        self.buckets += 1
        return surprise


def weekly_shape(
    series: Iterable[tuple[datetime, float]], bucket: timedelta, zone: tzinfo | None = None
) -> list[float]:
    """Return the relative level (mean 1) of each bucket of the week over a history, for `Season(shape=…)`."""
    season = Season(bucket, zone)
    sums, times = [0.0] * season.slots, [0] * season.slots
    for at, count in series:
        slot = season.slot(at)
        sums[slot] += count
        times[slot] += 1
    means = [total / n if n else 0.0 for total, n in zip(sums, times, strict=True)]
    near = NEIGHBOURS if season.slots > 24 else 0
    width = 2 * near + 1
    smooth = [sum(means[(s + d) % season.slots] for d in range(-near, near + 1)) / width for s in range(season.slots)]
    middle = sum(smooth) / len(smooth)
    return [value / middle for value in smooth] if middle else [1.0] * season.slots
