"""What the day and the month still allow an account: its own quota, its network's, and where calls cost its ceiling."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor import conf
from smeditor.accounts import spending
from smeditor.accounts.texts import at_hand
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Delivery, Post
from smeditor.networks.base import Message, Network
from smeditor.networks.rates import POSTS
from smeditor.publishing import slots
from smeditor.publishing.checks.base import Draft, Lookup
from smeditor.publishing.checks.situation import ALIVE, Situation
from smeditor.publishing.resolved import send_at_for

MOST_PRICED = 200
"""Deliveries of the month that are priced, the next first."""
WINDOW = timedelta(hours=24)


def _day(draft: Draft, situation: Situation) -> Iterator[str]:
    account = draft.account
    if account.daily_quota is None or draft.is_answer:
        return
    when = send_at_for(situation.post, account) or situation.now
    midnight = slots.midnight_before(when, conf.zone())
    rows = _others(account, situation.post)
    planned = rows.filter(slot__gte=midnight, slot__lt=slots.repeated(midnight, 1, conf.zone())).count()
    if planned >= account.daily_quota:
        sentence = _(
            "%(account)s has %(planned)d posts planned that day and takes %(quota)d: choose another day, or move one."
        )
        yield sentence % {"account": account, "planned": planned, "quota": account.daily_quota}


def _any_24_hours(draft: Draft, situation: Situation) -> Iterator[str]:
    """The network's own quota rolls: 24 hours that begin at any moment. What it told of the account counts first."""
    account = draft.account
    if draft.is_answer:
        return
    try:
        with at_hand(account) as network:
            quota = network.capabilities.posts_in_24_hours
    except ConfigurationError:
        return
    if quota is None:
        return
    quota = account.rate_limits.filter(bucket=POSTS, limit__gt=0).values_list("limit", flat=True).first() or quota
    when = send_at_for(situation.post, account) or situation.now
    around = _others(account, situation.post).filter(slot__gt=when - WINDOW, slot__lt=when + WINDOW)
    slots_around = list(around.order_by("slot").values_list("slot", flat=True)[: 2 * quota])
    planned = fullest(slots_around, when)
    if planned >= quota:
        sentence = _(
            "%(account)s has %(planned)d posts within 24 hours around that time, and its network takes %(quota)d: choose "
            "another time, or move one."
        )
        yield sentence % {"account": account, "planned": planned, "quota": quota}


def fullest(moments: Sequence[datetime], when: datetime) -> int:
    """How many of ``moments`` (in order, aware) lie in the fullest 24 hours that hold ``when`` too."""
    begins = [when, *(moment for moment in moments if when - WINDOW < moment <= when)]
    return max(bisect_left(moments, begin + WINDOW) - bisect_left(moments, begin) for begin in begins)


def _month(draft: Draft, situation: Situation) -> Iterator[str]:
    """What is planned until the month ends and this post, held against what is left of the ceiling."""
    account = draft.account
    if account.monthly_ceiling is None:
        return
    try:
        with at_hand(account) as network:
            budget = network.costs.budget
            if budget is None:
                return
            own = sum((network.price(Message(text)) for text in draft.texts), Decimal())
            planned = _price_of_planned(network, account, situation)
    except ConfigurationError:
        return
    if own and own <= budget < own + planned:
        sentence = _(
            "%(account)s: What is planned this month costs about %(planned)s US dollars and this post %(own)s, and %(left)s "
            "are left: raise the ceiling, or plan fewer posts."
        )
        params = {"planned": f"{planned:.2f}", "own": f"{own:.2f}", "left": f"{budget:.2f}"}
        yield sentence % {"account": account, **params}


def _price_of_planned(network: Network, account: Account, situation: Situation) -> Decimal:
    rows = _others(account, situation.post).filter(
        state=Delivery.State.SCHEDULED, slot__lt=spending.end_of_month(situation.now)
    )
    texts = rows.order_by("slot").values_list(KT("payload__parts__0__text"), flat=True)[:MOST_PRICED]
    return sum((network.price(Message(text or "")) for text in texts), Decimal())


def _others(account: Account, post: Post) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(account=account, operation=Delivery.Operation.PUBLISH, state__in=ALIVE)
    return rows.exclude(post_id=post.pk) if post.pk else rows


CHECKS = (
    Lookup("quota", gettext_lazy("The day's quota"), _day),
    Lookup("network_quota", gettext_lazy("The network's quota"), _any_24_hours),
    Lookup("money", gettext_lazy("The month's money"), _month),
)
