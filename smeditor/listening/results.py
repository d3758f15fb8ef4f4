"""Asking the networks how what was sent fared: a quarter of an hour, an hour, four, a day, three and seven days afterwards, then never.

A network that charges is asked after a day and after a week only. What a network does not tell is counted among the reactions that came home. Money and rates are those of listening: it stops
before sending does. A post that its network says does not exist, twice, was deleted there by hand.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from smeditor.accounts import clients
from smeditor.exceptions import ConfigurationError, RateLimited, SmeditorError
from smeditor.models import Account, Delivery, DeliveryResult, Measurement, Reaction
from smeditor.models.results import COUNTS
from smeditor.networks.base import Kind, Network, Presence, Ref
from smeditor.networks.metrics import Metrics

logger = logging.getLogger("smeditor.listening")

PLAN = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""After the sending."""
PRICED_PLAN = (timedelta(days=1), timedelta(days=7))
"""The same, where each question costs money."""
ROUND = 200
IN_WORK = timedelta(minutes=15)
"""What could not be asked, or was begun by a worker that died, is asked again after so long."""
PATIENCE = timedelta(days=8)
"""After the sending: what could not be asked until then is asked no more."""
APART = timedelta(minutes=10)
"""Two looks that must both find nothing lie so far apart: a failure is never a deletion."""
OWN_COUNTS = {"likes": Kind.LIKE, "reposts": Kind.REPOST, "quotes": Kind.QUOTE}
ANSWERS = (Kind.REPLY, Kind.COMMENT)


def run_due(now: datetime) -> int:
    """Measure what is due at the aware time ``now``; return how many posts were measured.

    Asks a small index for what is due, and nothing else while nothing is.
    """
    due = DeliveryResult.objects.filter(next_at__lte=now).exclude(next_at=None)
    rows = list(due.select_related("delivery__account").order_by("next_at", "pk")[:ROUND])
    if not rows:
        return 0
    DeliveryResult.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=now + IN_WORK)
    gone = [row.pk for row in rows if row.delivery.state != Delivery.State.SENT]
    DeliveryResult.objects.filter(pk__in=gone).update(next_at=None)
    by_account: dict[Account, list[DeliveryResult]] = defaultdict(list)
    for row in rows:
        if row.pk not in gone:
            by_account[row.delivery.account].append(row)
    return sum(_measure(account, results, now) for account, results in by_account.items())


def next_time(sent_at: datetime, now: datetime, plan: Sequence[timedelta] = PLAN) -> datetime | None:
    """When a post that was sent at ``sent_at`` is measured next after ``now``; None when ``plan`` is over."""
    return next((sent_at + after for after in plan if sent_at + after > now), None)


def _measure(account: Account, results: list[DeliveryResult], now: datetime) -> int:
    """Ask one account's network about ``results``, and store what it said. A failure puts all of them off."""
    plan = PRICED_PLAN if _is_priced(account) else PLAN
    early = [row for row in results if now < row.sent_at + plan[0]]
    for row in early:
        row.next_at = next_time(row.sent_at, now, plan)
    DeliveryResult.objects.bulk_update(early, ["next_at"])
    results = [row for row in results if row not in early]
    if not results:
        return 0
    try:
        answer = _ask(account, results)
    except SmeditorError as error:
        later = error.again_at(now) if isinstance(error, RateLimited) else now + IN_WORK
        logger.info("results: account=%s cannot be asked (%s)", account.pk, type(error).__name__)
        for row in results:
            row.next_at = later if later < row.sent_at + PATIENCE else None
        DeliveryResult.objects.bulk_update(results, ["next_at"])
        return 0
    missing = [row for row in results if row.delivery.remote_id in answer.missing]
    _note_missing(missing, now)
    there = [row for row in results if row not in missing]
    _store(there, answer.metrics, plan, now)
    return len(there)


def _store(
    results: list[DeliveryResult], metrics: Mapping[str, Metrics], plan: Sequence[timedelta], now: datetime
) -> None:
    own, people = _own_counts(results), _people(results)
    measured = []
    for row in results:
        counted, counts = metrics.get(row.delivery.remote_id), dict[str, int | None]()
        if counted is not None:
            row.own_counts, counts = False, _of_network(counted)
        elif row.measured_at is None or row.own_counts:
            row.own_counts = True
            counts |= own[row.delivery_id]
        # Else the network told before, and what came home may be less.
        for name, count in counts.items():
            if count is not None:
                setattr(row, name, count)
        row.people, row.missing_since = people.get(row.delivery_id, 0), None
        row.engagement = row.reactions()
        row.measured_at, row.next_at = now, next_time(row.sent_at, now, plan)
        shown = {name: getattr(row, name) for name in (*COUNTS, "people", "visits")}
        measured.append(Measurement(result=row, at=now, **shown))
    DeliveryResult.objects.bulk_update(
        results, [*COUNTS, "people", "engagement", "measured_at", "next_at", "own_counts", "missing_since"]
    )
    Measurement.objects.bulk_create(measured, ignore_conflicts=True)


def _note_missing(results: list[DeliveryResult], now: datetime) -> None:
    """What is missing twice, some time apart, was deleted on the network; what is missing once is looked for again."""
    gone = [row for row in results if row.missing_since is not None and now - row.missing_since >= APART]
    Delivery.note_gone([row.delivery_id for row in gone], _("It was deleted on the network, not from the desk."), now)
    for row in results:
        row.next_at = None if row in gone else now + IN_WORK
        row.missing_since = row.missing_since or now
    DeliveryResult.objects.bulk_update(results, ["next_at", "missing_since"])


@dataclass(frozen=True)
class _Answer:
    """What a network told of each post, by its native id, and which it says are not there."""

    metrics: Mapping[str, Metrics]
    missing: frozenset[str] = frozenset()


def _ask(account: Account, results: Sequence[DeliveryResult]) -> _Answer:
    """Ask the account's network. It is asked nothing where it tells nothing.

    Of a post that it leaves out it is asked whether it is there: only its own "this does not exist" says that it is not.
    """
    able = clients.network_class(account).capabilities
    if not able.metrics or account.state != Account.State.ACTIVE:
        return _Answer({})
    network: Network = clients.open_for_listening(account)
    try:
        deliveries = [row.delivery for row in results if row.delivery.remote_id]
        metrics = network.metrics([Ref(row.remote_id, row.remote_url, row.remote_cid) for row in deliveries])
        absent = [row.remote_id for row in deliveries if row.remote_id not in metrics]
        presence = network.check(absent) if absent and able.checks_presence else {}
        return _Answer(metrics, frozenset(key for key, value in presence.items() if value is Presence.DELETED))
    finally:
        clients.save_after(network, account)
        network.close()


def _is_priced(account: Account) -> bool:
    try:
        return clients.network_class(account).capabilities.priced
    except ConfigurationError:
        return False  # the question itself fails then, and puts it off


def _of_network(metrics: Metrics) -> dict[str, int | None]:
    return {name: getattr(metrics, name) for name in COUNTS}


def _own_counts(results: Sequence[DeliveryResult]) -> dict[int, dict[str, int]]:
    """What came home and is still there, by delivery: likes, reposts, quotes and answers."""
    found: dict[int, dict[str, int]] = {row.delivery_id: {} for row in results}
    kinds = {**{name: (kind,) for name, kind in OWN_COUNTS.items()}, "replies": ANSWERS}
    numbers = {name: Count("pk", filter=Q(kind__in=[kind.value for kind in some])) for name, some in kinds.items()}
    rows = _reactions(results).order_by().values("delivery").annotate(**numbers)
    for row in rows.values_list("delivery", *kinds):
        found[row[0]] = dict(zip(kinds, row[1:], strict=True))
    return found


def _people(results: Sequence[DeliveryResult]) -> dict[int, int]:
    readers = _reactions(results).exclude(reader__is_staff=True).exclude(reader__is_bot=True).order_by()
    return dict(readers.values_list("delivery").annotate(n=Count("reader", distinct=True)))


def _reactions(results: Sequence[DeliveryResult]) -> QuerySet[Reaction]:
    return Reaction.objects.filter(delivery__in=[row.delivery_id for row in results])
