"""Counting people by quarter of an hour, for the outlet and for each article, account and topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max

from smeditor.insight.alerts.spikes import BUCKET
from smeditor.models import Label, Reaction, ReactionLabel, Tally

OUTLET = "outlet"
HISTORY = timedelta(days=42)
"""How far back the detector looks: a week to know the weekly shape, and the others to fit its limits (see ``thresholds``)."""
LATE = timedelta(minutes=5)
"""How long after its end a quarter of an hour is counted: what was written in it must have been collected."""
COUNTED = [queue for queue in Reaction.Queue.values if queue != Reaction.Queue.SPAM]
"""The queues whose reactions are counted: named one by one, for by queue and time a quarter of an hour is found."""
HARSH = [Label.CRITICISM, Label.ABUSE, Label.CALL_FOR_HELP]


@dataclass
class Bucket:
    """Who reacted within one quarter of an hour: distinct people, those of them who criticised, and all messages."""

    people: set = field(default_factory=set)
    critics: set = field(default_factory=set)
    messages: int = 0


def floor(moment: datetime) -> datetime:
    """The start of the quarter of an hour that ``moment`` lies in."""
    return moment - (moment - datetime(2000, 1, 1, tzinfo=moment.tzinfo)) % BUCKET


def count_new(now: datetime) -> set[str]:
    """Count the quarters of an hour that have ended since the last time. Returns the scopes that were counted."""
    last = Tally.objects.filter(scope=OUTLET).aggregate(last=Max("at"))["last"]
    since = last + BUCKET if last else floor(now - HISTORY)
    until = floor(now - LATE)
    if since >= until:
        return set()
    buckets = _buckets(since, until)
    buckets[OUTLET, until - BUCKET]  # the outlet's newest row says how far the counting has come
    rows = [
        Tally(scope=scope, at=at, people=len(bucket.people), critics=len(bucket.critics), messages=bucket.messages)
        for (scope, at), bucket in sorted(buckets.items())
    ]
    Tally.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return {scope for scope, _ in buckets}


def _buckets(since: datetime, until: datetime) -> dict[tuple[str, datetime], Bucket]:
    buckets: dict[tuple[str, datetime], Bucket] = defaultdict(Bucket)
    reactions = (
        Reaction.objects.filter(queue__in=COUNTED, published_at__gte=since, published_at__lt=until)
        .exclude(reader__is_staff=True)
        .exclude(reader__is_bot=True)
    )
    harsh = set(
        ReactionLabel.objects.filter(reaction__in=reactions, label__in=HARSH, present=True).values_list(
            "reaction_id", flat=True
        )
    )
    columns = reactions.order_by("pk").values_list(
        "pk", "published_at", "reader_id", "article_id", "account_id", "delivery__post__topics"
    )
    for pk, at, reader, article, account, topics in columns.iterator(chunk_size=5000):
        person = reader or f"reaction:{pk}"
        for scope in _scopes(article, account, topics or ()):
            bucket = buckets[scope, floor(at)]
            bucket.people.add(person)
            bucket.messages += 1
            if pk in harsh:
                bucket.critics.add(person)
    return buckets


def _scopes(article: int | None, account: int | None, topics: Iterable[str]) -> list[str]:
    scopes = [OUTLET]
    if article:
        scopes.append(f"article:{article}")
    if account:
        scopes.append(f"account:{account}")
    return scopes + [f"topic:{topic}"[:100] for topic in topics]


def series(scope: str, measure: str, until: datetime) -> list[tuple[datetime, int]]:
    """The counts of one scope for six weeks up to ``until``, a value for every quarter of an hour.

    ``measure`` is ``people`` or ``critics``. An article's series begins with its first reaction.
    """
    rows = dict(Tally.objects.filter(scope=scope, at__gte=until - HISTORY, at__lt=until).values_list("at", measure))
    if not rows:
        return []
    begin = min(rows)
    return [(begin + step * BUCKET, rows.get(begin + step * BUCKET, 0)) for step in range((until - begin) // BUCKET)]
