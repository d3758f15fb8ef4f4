"""What a series of counts usually is at this hour of this weekday, and how much it wavers around it.

What is usual is the trimmed mean over the weeks of this hour's mean, drawn towards the mean of this hour over all
weekdays (a thin series has too few people on one weekday to tell them apart), times how the last half day ran against
its weekly shape. What burned teaches nothing: a fire that is learnt as usual hides the next one for weeks; but what
came at the same hour of the week before too is no fire.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from smeditor.insight.alerts.cusum import LEAST_MEAN

WEEKS_KEPT = 6
NEIGHBOURS = 2
"""Buckets before and after that count as the same hour."""
POOLED = 0.6
"""Weight of the hour over all weekdays against the hour of this weekday."""
LEVEL_HALF_LIFE = timedelta(hours=12)
YOUNG_LEVEL_HALF_LIFE = timedelta(hours=3)
"""Half-life of the level: of a grown series against its weekly shape, and of one in its first week."""
YOUNG_DISPERSION = 1.0
"""Least dispersion in the first week: without a weekly shape the rate may double between morning and noon."""
LEVEL_PRIOR = 40.0
"""Counts' worth of belief that the level is as the weekly shape says."""
LAG = timedelta(hours=2)
"""Nothing is learnt before it is this old: by then it shows whether it was the beginning of a fire."""
DISPERSION_HALF_LIFE = timedelta(days=28)
FIRST_DISPERSION = 0.08
FIRST_DISPERSION_WEIGHT = 20.0
"""Dispersion before anything came, as a relative variance of the rate, and its weight against what comes."""
LEAST_DISPERSION = 0.002
CLIP = 2.5
"""Standard deviations beyond which a count teaches the weekly shape nothing more."""
DISPERSION_CLIP = 1.5
CLIPPED_VARIANCE = 0.7785
"""What is left of a normal variance once squares are clipped at ``DISPERSION_CLIP`` standard deviations."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The usual count of a bucket, and its dispersion: the variance is count + dispersion · count² (0: Poisson)."""

    count: float
    dispersion: float


@dataclass(slots=True)
class _Bucket:
    """A bucket that waits to be learnt; ``baseline`` and ``mean`` are None where nothing was expected yet."""

    slot: int
    count: float
    baseline: float | None
    mean: float | None
    dispersion: float
    spiking: bool = False


class Baseline:
    """The weekly shape of one series, learnt as it comes.

    ``bucket``: length of a bucket, at most a day. ``zone``: the newsroom's zone, whose clock the readers' day follows.
    ``shape``: the outlet's relative level for each bucket of the week (mean 1, see ``weekly_shape``), used until this
    series has a week of its own; None: flat.
    """

    def __init__(self, bucket: timedelta, zone: tzinfo | None = None, shape: Sequence[float] | None = None) -> None:
        if not timedelta(0) < bucket <= timedelta(days=1):
            raise ValueError("A bucket lasts at most a day.")
        self.slots = max(1, round(timedelta(days=7) / bucket))
        if shape is not None and len(shape) != self.slots:
            raise ValueError(f"The shape has {len(shape)} values; a week has {self.slots} buckets.")
        self.bucket, self.zone, self.shape = bucket, zone, shape
        self.buckets = 0
        # A bucket that doesn't divide the day has no "same hour of another weekday" to be drawn towards.
        self._weekdays = 7 if self.slots % 7 == 0 else 1
        self._hours = self.slots // self._weekdays
        self._near = NEIGHBOURS if self.slots > 24 else 0
        self._history: list[deque[float]] = [deque(maxlen=WEEKS_KEPT) for _ in range(self.slots)]
        self._came_last: list[float] = [0.0] * self.slots
        """What came in each bucket the week before, whatever was learnt of it."""
        self._usual: list[float | None] = [None] * self.slots
        self._by_weekday, self._by_hour = [0.0] * self._weekdays, [0.0] * self._hours
        self._waiting: deque[_Bucket] = deque()
        self._lag = max(1, round(LAG / bucket))
        self._came, self._due = 0.0, 0.0
        self._young_came, self._young_due = 0.0, 0.0
        self._noise, self._noise_due = FIRST_DISPERSION * FIRST_DISPERSION_WEIGHT, FIRST_DISPERSION_WEIGHT
        self._keep, self._young_keep, self._noise_keep = (
            0.5 ** (bucket / half_life) for half_life in (LEVEL_HALF_LIFE, YOUNG_LEVEL_HALF_LIFE, DISPERSION_HALF_LIFE)
        )

    def slot(self, at: datetime) -> int:
        """Return the number of the bucket in its week, by the clock of the zone."""
        local = at.astimezone(self.zone) if self.zone is not None and at.tzinfo is not None else at
        seconds = local.weekday() * 86_400 + local.hour * 3_600 + local.minute * 60 + local.second
        return int(seconds / self.bucket.total_seconds()) % self.slots

    @property
    def grown(self) -> bool:
        """True from the second week on, once the whole of the first is learnt: then that is what is usual."""
        return self.buckets >= self.slots + self._lag + self._near

    def expected(self, at: datetime) -> Expected:
        """Return what is usual for the bucket that starts at ``at``, from what came before it only."""
        slot = self.slot(at)
        baseline = self._seasonal(slot)
        dispersion = self._dispersion if baseline is not None else max(self._dispersion, YOUNG_DISPERSION)
        return Expected(self._mean(slot, baseline) or 0.0, dispersion)

    def learn(self, at: datetime, count: float, *, spiking: int = 0) -> None:
        """Take the next bucket; it is learnt once it is ``LAG`` old.

        ``spiking``: how many of the newest buckets, this one included, belong to a spike.
        """
        slot = self.slot(at)
        baseline = self._seasonal(slot)
        self._waiting.append(_Bucket(slot, count, baseline, self._mean(slot, baseline), self._dispersion))
        for back in range(1, min(spiking, len(self._waiting)) + 1):
            self._waiting[-back].spiking = True
        self._young_came = self._young_came * self._young_keep + count
        self._young_due = self._young_due * self._young_keep + self._relative(slot)
        self.buckets += 1
        if len(self._waiting) > self._lag:
            self._learn(self._waiting.popleft())

    @property
    def _dispersion(self) -> float:
        return max(self._noise / self._noise_due, LEAST_DISPERSION)

    def _relative(self, slot: int) -> float:
        return max(self.shape[slot], 0.02) if self.shape is not None else 1.0

    def _mean(self, slot: int, baseline: float | None) -> float | None:
        if baseline is not None:
            return max(baseline * (self._came + LEVEL_PRIOR) / (self._due + LEVEL_PRIOR), LEAST_MEAN)
        if not self._young_due:
            return None
        return max(self._young_came / self._young_due * self._relative(slot), LEAST_MEAN)

    def _seasonal(self, slot: int) -> float | None:
        """Return the usual count of a bucket of the week, None in the first week and where that bucket never came."""
        own = self._usual[slot] if self.grown else None
        week = sum(self._by_weekday)
        if own is None or week <= 0.0:
            return own
        weekday = self._by_weekday[slot // self._hours] / week
        return max((1.0 - POOLED) * own + POOLED * self._by_hour[slot % self._hours] * weekday, 0.0)

    def _learn(self, bucket: _Bucket) -> None:
        mean, count = bucket.mean, bucket.count
        if mean is not None and bucket.baseline is not None and bucket.spiking:
            count = mean
        elif mean is not None:
            variance = mean + bucket.dispersion * mean * mean
            self._learn_dispersion(bucket.count - mean, mean, variance)
            # In the first week nothing is clipped or left out: a level that knows no hour would do so every noon.
            if bucket.baseline is not None:
                count = min(count, max(mean + CLIP * math.sqrt(variance), 1.0))
                self._came = self._came * self._keep + count
                self._due = self._due * self._keep + bucket.baseline
        if count < bucket.count:
            count = max(count, min(bucket.count, self._came_last[bucket.slot]))
        self._came_last[bucket.slot] = bucket.count
        self._history[bucket.slot].append(count)
        self._refresh((bucket.slot - self._near) % self.slots)

    def _learn_dispersion(self, away: float, mean: float, variance: float) -> None:
        """Follow (away² - mean) / mean², each bucket weighted by how well it tells (a night of zeros tells nothing)."""
        square = min(away * away, DISPERSION_CLIP**2 * variance) / CLIPPED_VARIANCE
        weight = (mean / variance) ** 2
        self._noise = self._noise * self._noise_keep + (square - mean) * weight
        self._noise_due = self._noise_due * self._noise_keep + mean * mean * weight

    def _refresh(self, slot: int) -> None:
        """Work out what is usual in a bucket of the week again: the mean of its weeks without the extreme ones."""
        rows = [self._history[(slot + d) % self.slots] for d in range(-self._near, self._near + 1)]
        weeks = []
        for back in range(1, max(len(row) for row in rows) + 1):
            known = [row[-back] for row in rows if len(row) >= back]
            weeks.append(sum(known) / len(known))
        if len(weeks) >= 3:
            weeks = sorted(weeks)[1:-1]
        usual = sum(weeks) / len(weeks)
        change = usual - (self._usual[slot] or 0.0)
        self._usual[slot] = usual
        self._by_weekday[slot // self._hours] += change
        self._by_hour[slot % self._hours] += change


def weekly_shape(
    series: Iterable[tuple[datetime, float]], bucket: timedelta, zone: tzinfo | None = None
) -> list[float]:
    """Return the relative level (mean 1) of each bucket of the week over a history, for ``Baseline(shape=…)``."""
    baseline = Baseline(bucket, zone)
    sums, times = [0.0] * baseline.slots, [0] * baseline.slots
    for at, count in series:
        slot = baseline.slot(at)
        sums[slot] += count
        times[slot] += 1
    means = [total / n if n else 0.0 for total, n in zip(sums, times, strict=True)]
    near = NEIGHBOURS if baseline.slots > 24 else 0
    width = 2 * near + 1
    smooth = [
        sum(means[(s + d) % baseline.slots] for d in range(-near, near + 1)) / width for s in range(baseline.slots)
    ]
    middle = sum(smooth) / len(smooth)
    return [value / middle for value in smooth] if middle else [1.0] * baseline.slots
