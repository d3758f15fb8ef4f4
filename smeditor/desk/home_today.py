"""The day on the home page: what goes out today across all accounts, and what just happened. Each part reads a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name

from smeditor import conf
from smeditor.desk import hold_bar
from smeditor.models import Approval, Delivery, Hold, HoldProposal
from smeditor.permissions.visibility import deliveries_visible_to, posts_visible_to, proposals_visible_to
from smeditor.publishing import slots
from smeditor.publishing.holds import binding

BEHIND, AHEAD = 3, 9
"""Deliveries of today on the line: those whose time has passed, and those to come."""
HAPPENED = 8
"""Things that happened lately, all kinds together."""
TEXT_SHOWN = 60
"""Characters of a post."""
State = Delivery.State
HIDDEN = (State.CANCELLED, State.GONE)


@dataclass(frozen=True)
class Event:
    """Something that happened: when, in a sentence, and where it is to be seen."""

    at: datetime
    sentence: str
    url: str
    alarm: bool = False


def line(user: Any, open_holds: list[Hold], now: datetime) -> dict[str, Any]:
    """Today's deliveries around ``now``: ``entries`` in the order of their slots, and whether there is ``more`` ahead.

    Each entry is the delivery and whether a hold stops it. Two questions, however full the day is.
    """
    begin = slots.midnight_before(now, conf.zone())
    end = slots.repeated(begin, 1, conf.zone())
    rows = deliveries_visible_to(user).exclude(state__in=HIDDEN).select_related("post", "account")
    behind = list(rows.filter(slot__gte=begin, slot__lt=now).order_by("-slot", "-pk")[:BEHIND])
    ahead = list(rows.filter(slot__gte=now, slot__lt=end).order_by("slot", "pk")[: AHEAD + 1])
    shown = [*reversed(behind), *ahead[:AHEAD]]
    return {
        "entries": [
            (delivery, delivery.state == State.SCHEDULED and binding(open_holds, delivery) is not None)
            for delivery in shown
        ],
        "more": len(ahead) > AHEAD,
        "url": f"{reverse('smeditor:calendar')}?view=day&date={timezone.localtime(now, conf.zone()):%Y-%m-%d}",
    }


def happened(user: Any) -> list[Event]:
    """What was sent, refused, approved, held and decided last, as far as ``user`` may see it; the latest first."""
    events = [*_sent(user), *_refused(user), *_approved(user), *_held(), *_decided(user)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:HAPPENED]


def _title(thing: Any) -> str:
    return Truncator(str(thing)).chars(TEXT_SHOWN)


def _deliveries(user: Any, state: str, order: str) -> QuerySet[Delivery]:
    rows = deliveries_visible_to(user).filter(state=state).select_related("post", "account")
    return rows.order_by(order)[:HAPPENED]


def _sent(user: Any) -> list[Event]:
    sentence = gettext("Sent to %(account)s: %(post)s")
    return [
        Event(row.sent_at, sentence % _named(row), reverse("smeditor:delivery", args=[row.pk]))
        for row in _deliveries(user, State.SENT, "-sent_at")
        if row.sent_at
    ]


def _refused(user: Any) -> list[Event]:
    sentence = gettext("Refused by %(account)s: %(post)s")
    return [
        Event(
            row.state_changed_at or row.slot, sentence % _named(row), reverse("smeditor:delivery", args=[row.pk]), True
        )
        for row in _deliveries(user, State.REFUSED, "-slot")
    ]


def _named(delivery: Delivery) -> dict[str, str]:
    return {"account": str(delivery.account), "post": _title(delivery.post)}


def _approved(user: Any) -> list[Event]:
    visible = Exists(posts_visible_to(user).filter(pk=OuterRef("post")))
    rows = Approval.objects.filter(visible).select_related("post", "user__wagtail_userprofile").order_by("-pk")
    by_rule, by_person = gettext("Approved: %(post)s"), gettext("Approved by %(who)s: %(post)s")
    return [
        Event(
            row.at,
            (by_person if row.user else by_rule)
            % {"who": get_user_display_name(row.user) if row.user else "", "post": _title(row.post)},
            reverse("smeditor_posts:inspect", args=[row.post_id]),
        )
        for row in rows[:HAPPENED]
    ]


def _held() -> list[Event]:
    """A stop binds everybody, so everybody of the desk sees it."""
    rows = Hold.objects.select_related("account", "desk", "article", "post", "placed_by__wagtail_userprofile")
    return [
        Event(row.placed_at, hold_bar.sentence(row), reverse("smeditor_holds:inspect", args=[row.pk]), True)
        for row in rows.order_by("-pk")[:HAPPENED]
    ]


def _decided(user: Any) -> list[Event]:
    rows = proposals_visible_to(user).filter(state=HoldProposal.State.LEFT).select_related("post", "decided_by")
    sentence = gettext("Let go beside breaking news: %(post)s")
    return [
        Event(row.decided_at, sentence % {"post": _title(row.post)}, reverse("smeditor:clashes"))
        for row in rows.order_by("-decided_at")[:HAPPENED]
        if row.decided_at
    ]
