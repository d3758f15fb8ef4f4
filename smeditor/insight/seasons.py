"""What a series of counts usually is at this hour of this weekday, and how far it usually strays from it.

Counts are compared on the square-root scale (Anscombe 1948), where the noise of a count hardly depends on its size.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import median

WEEKS_KEPT = 6
WEEKS_NEEDED = 3
NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class Expected:
    """The usual count of a bucket, and the spread of counts around it on the square-root scale (1 = Poisson)."""

    count: float
    spread: float


def root(count: float) -> float:
    """Return Anscombe's transform of a count: its noise is about 1 whatever the mean, for a Poisson count."""
    return 2.0 * math.sqrt(max(count, 0.0) + 0.375)


class Season:
    """The weekly shape of one series, learnt as it comes.

    Args:
        bucket: length of a bucket; must divide a week.
        zone: the newsroom's zone, whose clock the readers' day follows.
        shape: the outlet's relative level for each bucket of the week (mean 1), used until this series has
            `WEEKS_NEEDED` weeks of its own; None: flat.
    """

    def __init__(self, bucket: timedelta, zone: tzinfo | None = None, shape: Sequence[float] | None = None) -> None:
        self.slots = max(1, round(timedelta(days=7) / bucket))
        if shape is not None and len(shape) != self.slots:
            raise ValueError(f"The shape has {len(shape)} values; a week has {self.slots} buckets.")
        self.bucket, self.zone, self.shape = bucket, zone, shape
        self.history: list[deque[float]] = [deque(maxlen=WEEKS_KEPT) for _ in range(self.slots)]
        self.buckets = 0
        self.level = 0.0
        self._spread = 1.2

    def slot(self, at: datetime) -> int:
        """Return the number of the bucket in its week, by the clock of the zone."""
        local = at.astimezone(self.zone) if self.zone is not None and at.tzinfo is not None else at
        minutes = local.weekday() * 1440 + local.hour * 60 + local.minute
        return int(minutes * 60 / self.bucket.total_seconds()) % self.slots

    @property
    def settled(self) -> bool:
        """True when the series has enough weeks of its own."""
        return self.buckets >= WEEKS_NEEDED * self.slots

    def expected(self, at: datetime) -> Expected:
        """Return what is usual for the bucket that starts at `at`, from what came before it only."""
        slot = self.slot(at)
        if not self.settled:
            shape = self.shape[slot] if self.shape is not None else 1.0
            return Expected(self.level * shape, self._spread)
        values = [v for d in range(-NEIGHBOURS, NEIGHBOURS + 1) for v in self.history[(slot + d) % self.slots]]
        middle = median(values)
        spread = 1.4826 * median(abs(v - middle) for v in values)
        return Expected(max((middle / 2.0) ** 2 - 0.375, 0.0), max(spread, 1.0))

    def learn(self, at: datetime, count: float) -> None:
        """Take a bucket into the history; one that is over is never changed."""
        slot = self.slot(at)
        self.history[slot].append(root(count))
        shape = self.shape[slot] if self.shape is not None else 1.0
        rate = 1.0 / min(self.buckets + 1, self.slots / 7)
        self.level += rate * (count / max(shape, 0.05) - self.level)
        self.buckets += 1
