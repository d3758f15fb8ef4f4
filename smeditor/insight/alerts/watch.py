"""Watching the tallies: an alert row where a series starts to burn, for people and for tone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from smeditor import conf
from smeditor.insight.alerts import spikes, tallies
from smeditor.insight.alerts.spikes import BUCKET
from smeditor.leases import lease
from smeditor.models import Alert, AlertSwitch, Tally

LEASE_SECONDS = 120
FRESH = 2 * BUCKET
"""Only what began in the newest buckets is told: an alert about yesterday helps nobody."""
PLOTTED = timedelta(hours=48)
OVER_AFTER = timedelta(hours=24)
MEASURES = ("people", "critics")
REHEARSED = 5
"""Articles, accounts and topics beside the outlet, the busiest first, that a rehearsal looks at."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One alert that would have been raised: on what, by which measure, and what the detector found."""

    scope: str
    measure: str
    found: spikes.Alert


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the shipped detector would have said on the newsroom's own counts. ``weeks``: how long they reach back."""

    rows: list[Rehearsed]
    weeks: float
    scopes: list[str]

    @property
    def per_week(self) -> float:
        """Alerts about the outlet as a whole in a week, of the louder kind and measure."""
        kinds = [(row.measure, row.found.kind) for row in self.rows if row.scope == tallies.OUTLET]
        return max((kinds.count(kind) for kind in set(kinds)), default=0) / self.weeks if self.weeks else 0.0


def rehearse(now: datetime) -> Rehearsal:
    """Run the detector over the stored counts of six weeks, as if it had been on; nothing is written."""
    until = tallies.floor(now - tallies.LATE)
    since = until - tallies.HISTORY
    busiest = (
        Tally.objects.filter(at__gte=since, at__lt=until)
        .exclude(scope=tallies.OUTLET)
        .values_list("scope")
        .annotate(n=Sum("people"))
    )
    scopes = [tallies.OUTLET, *(scope for scope, _ in busiest.order_by("-n", "scope")[:REHEARSED])]
    rows, reach = [], timedelta(0)
    for scope in scopes:
        for measure in MEASURES:
            counts = tallies.series(scope, measure, until)
            if scope == tallies.OUTLET and counts:
                reach = max(reach, until - counts[0][0])
            alerts = spikes.detect(counts, zone=conf.zone(), verdicts=verdicts(scope, measure, until))
            rows += [Rehearsed(scope, measure, found) for found in alerts]
    rows.sort(key=lambda row: row.found.at, reverse=True)
    return Rehearsal(rows, reach / timedelta(days=7), scopes)


def run_due(now: datetime) -> int:
    """Count what ended, look at the series that moved, and return how many alerts were raised.

    Counting never stops; alerts are raised only once an editor has switched them on.
    """
    with lease("insight.alerts", now, LEASE_SECONDS) as mine:
        if not mine:
            return 0
        _close_old(now)
        until = tallies.floor(now - tallies.LATE)
        counted = sorted(tallies.count_new(now))
        return sum(_check(scope, until, now) for scope in counted) if AlertSwitch.is_on() else 0


def _close_old(now: datetime) -> None:
    open_ones = Alert.objects.filter(state__in=[Alert.State.OPEN, Alert.State.ACKNOWLEDGED, Alert.State.SNOOZED])
    open_ones.filter(at__lt=now - OVER_AFTER).update(state=Alert.State.OVER)


def _check(scope: str, until: datetime, now: datetime) -> int:
    if Alert.objects.filter(scope=scope, state=Alert.State.SNOOZED, snoozed_until__gt=now).exists():
        return 0
    return sum(_raise(scope, measure, until) for measure in MEASURES)


def _raise(scope: str, measure: str, until: datetime) -> int:
    counts = tallies.series(scope, measure, until)
    raised = 0
    for found in spikes.detect(counts, zone=conf.zone(), verdicts=verdicts(scope, measure, until)):
        if found.at < until - FRESH:
            continue
        _, created = Alert.objects.get_or_create(
            scope=scope,
            measure=measure,
            kind=found.kind,
            at=found.at,
            defaults={
                "count": found.count,
                "expected": found.expected,
                "score": found.z,
                "article_id": _id(scope, "article"),
                "account_id": _id(scope, "account"),
                "series": plot(counts, until),
            },
        )
        raised += created
    return raised


def verdicts(scope: str, measure: str, until: datetime) -> dict[datetime, bool]:
    """What editors said of the alerts of a series in the weeks that the detector looks back over: see ``thresholds``."""
    judged = Alert.objects.filter(scope=scope, measure=measure, at__gte=until - tallies.HISTORY).exclude(verdict="")
    return {at: verdict == Alert.Verdict.REAL for at, verdict in judged.values_list("at", "verdict")}


def _id(scope: str, kind: str) -> int | None:
    name, _, number = scope.partition(":")
    return int(number) if name == kind else None


def plot(counts: list[tuple[datetime, int]], until: datetime) -> list[list]:
    """What came and what was expected in the last two days: [[ISO time, came, expected], …]."""
    detector = spikes.SpikeDetector(zone=conf.zone())
    readings = [detector.read(at, count) for at, count in counts]
    return [
        [reading.at.isoformat(), reading.count, round(reading.expected, 2)]
        for reading in readings
        if reading.at >= until - PLOTTED
    ]
