"""A time that an editor has chosen: in the account's quiet hours, or nearer to another of its posts than it asks for.

A free slot is none of both: allocation keeps to them. An exact time is kept as it is, and so it is spoken of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor import conf
from smeditor.models import Delivery, Post
from smeditor.publishing.checks.base import Draft, Lookup
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.resolved import send_at_for
from smeditor.publishing.slots import TAKEN_STATES, Plan


def _chosen(draft: Draft, situation: Situation) -> datetime | None:
    """The time that was chosen for this account, if it is still to come."""
    moment = send_at_for(situation.post, draft.account)
    return moment if moment and moment > situation.now and not draft.is_answer else None


def _quiet(draft: Draft, situation: Situation) -> Iterator[str]:
    account, moment = draft.account, _chosen(draft, situation)
    if moment and account.quiet_from and account.quiet_until and Plan.of(account).is_quiet(moment):
        sentence = _(
            "%(account)s is quiet from %(begin)s to %(end)s: choose another time, or leave it if you mean it so."
        )
        hours = {"begin": f"{account.quiet_from:%H:%M}", "end": f"{account.quiet_until:%H:%M}"}
        yield sentence % {"account": account, **hours}


def _near(draft: Draft, situation: Situation) -> Iterator[str]:
    account, moment = draft.account, _chosen(draft, situation)
    if moment is None or not account.minimum_gap:
        return
    gap = Plan.of(account).gap
    rows = Delivery.objects.filter(
        account=account,
        operation=Delivery.Operation.PUBLISH,
        state__in=TAKEN_STATES,
        slot__gt=moment - gap,
        slot__lt=moment + gap,
    ).exclude(post__kind=Post.Kind.REPLY)
    if situation.post.pk:
        rows = rows.exclude(post_id=situation.post.pk)
    other = rows.order_by("slot").values_list("slot", flat=True).first()
    if other is not None:
        sentence = _(
            "%(account)s has another post at %(time)s and asks for %(gap)d minutes between two: move one of them."
        )
        at = f"{timezone.localtime(other, conf.zone()):%H:%M}"
        yield sentence % {"account": account, "time": at, "gap": account.minimum_gap}


CHECKS = (
    Lookup("quiet_hours", gettext_lazy("The account's quiet hours"), _quiet),
    Lookup("gap", gettext_lazy("The gap between two posts"), _near),
)
