"""When readers answer, offered where a post's time is chosen: by account, each with the cases behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View
from wagtail.admin.widgets import AdminDateTimeInput

from smeditor.desk.base import DeskPermissionMixin
from smeditor.desk.planning.advice import next_good_times, reason
from smeditor.models import Account
from smeditor.permissions.visibility import accounts_visible_to
from smeditor.text.params import parse_ids

MOST_ACCOUNTS = 8
"""Accounts whose past is read at once: half a year of each."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An hour that did better. ``moment``: its next place that is free, aware; ``typed``: as the form's field takes it."""

    reason: str
    moment: datetime | None
    typed: str


class GoodTimes(DeskPermissionMixin, View):
    """Answer ``sme-good-times``: ``?accounts=…&accounts=…`` in, a list for each account out, as HTML."""

    any_permission_required = ("smeditor.add_post", "smeditor.change_post")
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The first ``MOST_ACCOUNTS`` of the named accounts that this user sees; of the others it says how many they are."""
        keys = parse_ids(request.GET.getlist("accounts"), 1000)
        accounts = list(accounts_visible_to(request.user).filter(pk__in=keys, sends=True).order_by("pk"))
        context = {
            "offers": list(offers(accounts[:MOST_ACCOUNTS], timezone.now())),
            "left_out": len(accounts[MOST_ACCOUNTS:]),
        }
        return render(request, "smeditor/admin/posts/compose/good_times.html", context)


def offers(accounts: Sequence[Account], now: datetime) -> Iterator[tuple[Account, list[Offer]]]:
    """Each account with its hours, the best first; none where its past says nothing certain."""
    typed, times = AdminDateTimeInput(), next_good_times(accounts, now)
    for account in accounts:
        found = []
        for good, moment in times[account.pk]:
            value = typed.format_value(timezone.localtime(moment)) if moment else ""
            found.append(Offer(reason(good), moment, value or ""))
        yield account, found
