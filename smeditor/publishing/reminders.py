"""Reminders of what a person promised to look at again: a hold whose review time has come."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts.mail import recipients, write_to
from smeditor.models import Hold


def to_review(now: datetime) -> list[Hold]:
    """The open holds whose review time has come, the oldest first."""
    rows = Hold.objects.filter(lifted_at__isnull=True, review_at__lte=now)
    return list(rows.select_related("account__desk", "desk", "placed_by").order_by("review_at"))


def remind(now: datetime) -> int:
    """Write once for each hold whose review time has come, to its desk and to who placed it. Returns how many."""
    reminded = 0
    for hold in to_review(now):
        if not Hold.objects.filter(pk=hold.pk, reminded_at__isnull=True).update(reminded_at=now):
            continue
        since = timezone.localtime(hold.placed_at, conf.zone())
        subject = _("A hold is to be reviewed: %(hold)s") % {"hold": hold}
        body = _(
            "It was placed on %(since)s and stops deliveries until somebody lifts it. "
            "Look under Holds in the social desk whether it is still needed."
        )
        write_to(_recipients(hold), subject, body % {"since": f"{since:%Y-%m-%d %H:%M}"})
        reminded += 1
    return reminded


def _recipients(hold: Hold) -> list[str]:
    desk = hold.desk or (hold.account.desk if hold.account else None)
    placed_by = hold.placed_by
    own = {placed_by.email} if placed_by and placed_by.is_active and placed_by.email else set()
    theirs = set(recipients(desk)) if desk or not own else set()
    return sorted(own | theirs)
