"""When does a series of counts start to burn? An early sign, and a confirmed one.

>>> from datetime import UTC, datetime, timedelta
>>> start = datetime(2026, 1, 5, tzinfo=UTC)
>>> quiet = [(start + timedelta(minutes=15 * i), 4) for i in range(4 * 672)]
>>> burst = [(start + timedelta(minutes=15 * i), 40) for i in range(4 * 672, 4 * 672 + 4)]
>>> [alert.kind for alert in detect(quiet + burst)]
['early', 'confirmed']

Count people rather than messages: one account that posts forty times is no fire (see ``participation_of``).
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from smeditor.insight.alerts.baseline import Baseline
from smeditor.insight.alerts.bell import Bell, Kind
from smeditor.insight.alerts.cusum import Cusum
from smeditor.insight.alerts.thresholds import Verdicts

BUCKET = timedelta(minutes=15)
LIMIT = 5.8
"""How much likelier a fire must be than the usual noise at the least, in natural logs: three hundred times."""
STEEP = 2.5
LASTING = 2.0
"""The rises that the two sums look for, as multiples of the usual: a steep one shows sooner, a lasting one surely."""
SPIKING = 5.0
"""From this score on what comes is a fire, told or not, and not learnt as usual until its sum is back at zero."""
BURNS_AT_MOST = timedelta(days=1)
"""What goes on for longer is the new usual."""
RECENT = 4
LEAST_COUNT = 5
"""Below this many in the newest ``RECENT`` buckets nothing burns."""
WARM_UP_DAYS = 0.25


@dataclass(frozen=True, slots=True)
class Alert:
    """A spike: when (start of its bucket), how sure, what came, what was expected, and its score.

    ``z`` is the log of how many times likelier a fire is than the usual noise, in natural logs.
    """

    at: datetime
    kind: Kind
    count: int
    expected: float
    z: float
    series: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One bucket as the detector saw it: what a plot of expected and observed needs, and both scores (see ``Alert.z``)."""

    at: datetime
    count: int
    expected: float
    early: float
    confirmed: float


class SpikeDetector:
    """Watches one series of counts in equal buckets, in the order of time.

    ``bucket``: length of a bucket. ``zone``: the newsroom's zone. ``shape``: the outlet's weekly shape, for a series
    younger than a week (see ``Baseline``). ``limit``: the lowest that a score must reach; what a series needs to ring at most
    about once a week is fitted to it week by week, and until then it is judged strictly (see ``thresholds``).
    ``verdicts``: what editors said of its alerts, which it heeds. ``series``: the name that its alerts carry.
    """

    def __init__(
        self,
        bucket: timedelta = BUCKET,
        zone: tzinfo | None = None,
        shape: Sequence[float] | None = None,
        *,
        limit: float = LIMIT,
        verdicts: Verdicts | None = None,
        series: str = "",
    ) -> None:
        self.baseline = Baseline(bucket, zone, shape)
        self.series = series
        day = round(timedelta(days=1) / bucket)
        self.bell = Bell(limit, day, {} if verdicts is None else verdicts)
        self._steep, self._lasting = Cusum(STEEP), Cusum(LASTING)
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._spiking = 0
        self._burns_at_most = max(1, round(BURNS_AT_MOST / bucket))

    def read(self, at: datetime, count: int) -> Reading:
        """Take the next bucket and return how it compares; ``observe`` makes alerts of it."""
        usual = self.baseline.expected(at)
        self._recent.append(count)
        early = confirmed = 0.0
        if self.baseline.buckets * self.baseline.bucket > timedelta(days=WARM_UP_DAYS):
            early = self._steep.add(count, usual.count, usual.dispersion)
            confirmed = self._lasting.add(count, usual.count, usual.dispersion)
        self.baseline.learn(at, count, spiking=self._spiking_buckets(confirmed))
        if sum(self._recent) < LEAST_COUNT:
            early = confirmed = 0.0
        return Reading(at, count, round(usual.count, 2), early, confirmed)

    def _spiking_buckets(self, score: float) -> int:
        """Return how many of the newest buckets belong to a fire: those since its sum left zero."""
        if not score:
            self._spiking = 0
        elif score >= SPIKING or self._spiking:
            self._spiking += 1
        return self._lasting.since if 0 < self._spiking <= self._burns_at_most else 0

    def observe(self, at: datetime, count: int) -> list[Alert]:
        """Take the next bucket and return the alerts that it raises (none, early, confirmed or both)."""
        reading = self.read(at, count)
        alerts = []
        scores: dict[Kind, float] = {"early": reading.early, "confirmed": reading.confirmed}
        for kind in self.bell.rings(at, scores):
            alerts.append(Alert(at, kind, count, reading.expected, round(scores[kind], 2), self.series))
        if self.baseline.grown:
            self.bell.learn(at, scores)
        return alerts


def detect(
    series: Iterable[tuple[datetime, int]],
    bucket: timedelta = BUCKET,
    zone: tzinfo | None = None,
    shape: Sequence[float] | None = None,
    *,
    limit: float = LIMIT,
    verdicts: Verdicts | None = None,
) -> list[Alert]:
    """Return the alerts of a whole series of (start of bucket, count), in the order of time."""
    detector = SpikeDetector(bucket, zone, shape, limit=limit, verdicts=verdicts)
    return [alert for at, count in series for alert in detector.observe(at, count)]
