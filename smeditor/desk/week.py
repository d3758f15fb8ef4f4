"""What goes out: one week by day and account, as a grid and as the same in a list. Links only, so a keyboard is enough."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from smeditor import conf
from smeditor.desk.base import DeskPage
from smeditor.models import Account, Delivery
from smeditor.permissions import SCHEDULE_POST
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.text.params import parse_date

State = Delivery.State
HIDDEN = [State.CANCELLED]
SHOWN = 8
"""Deliveries of one account on one day; how many more there are stands below them."""


class Week(DeskPage):
    """One week of deliveries, account by account."""

    any_permission_required = ("smeditor.view_delivery",)
    page_title = _("What goes out")
    header_icon = "calendar-alt"
    template_name = "smeditor/admin/deliveries/week.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)

    @cached_property
    def monday(self) -> date:
        """The Monday of the week asked for by ``?week=2026-03-09`` (any day of it), else of this week."""
        day = parse_date(self.request.GET.get("week")) or timezone.localtime(timezone.now(), conf.zone()).date()
        return day - timedelta(days=day.weekday())

    @cached_property
    def rows(self) -> QuerySet[Delivery]:
        """What goes out in that week on the newsroom's clock, as far as this user sees it."""
        zone = conf.zone()
        since = datetime.combine(self.monday, time(), zone)
        until = datetime.combine(self.monday + timedelta(days=7), time(), zone)
        rows = deliveries_visible_to(self.request.user).filter(slot__gte=since, slot__lt=until)
        return rows.exclude(state__in=HIDDEN).order_by()

    def counts(self) -> dict[tuple[int, date], int]:
        """How many go out, by account and day."""
        day = TruncDate("slot", tzinfo=conf.zone())
        counted = self.rows.annotate(day=day).values("account", "day").annotate(n=Count("pk"))
        return {(row["account"], row["day"]): row["n"] for row in counted}

    def first_of_each_day(self) -> list[Delivery]:
        """The first ``SHOWN`` of each account's day, in the order of the slots."""
        day = TruncDate("slot", tzinfo=conf.zone())
        place = Window(RowNumber(), partition_by=[F("account"), day], order_by=["slot", "pk"])
        first = self.rows.annotate(place=place).filter(place__lte=SHOWN).values("pk")
        rows = deliveries_visible_to(self.request.user).filter(pk__in=first).defer("payload", "post__topics")
        return list(rows.select_related("post", "account").order_by("slot", "pk"))

    def more(self, day: date, number: int, account: int | None = None) -> tuple[int, str]:
        """How many of a day are not shown, and where they are: the list of deliveries, narrowed to them."""
        asked = {"slot_from": day.isoformat(), "slot_to": day.isoformat()} | ({"account": account} if account else {})
        return number, f"{reverse('smeditor:deliveries')}?{urlencode(asked)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the grid of accounts and days, the same by day, and the weeks before and after.

        Each cell and each day of the list: the day, its first deliveries, and how many more there are, with the address.
        """
        zone = conf.zone()
        days = [self.monday + timedelta(days=number) for number in range(7)]
        cells: dict[tuple[int, date], list[Delivery]] = defaultdict(list)
        by_day: dict[date, list[Delivery]] = defaultdict(list)
        counts = self.counts()
        for delivery in self.first_of_each_day():
            day = delivery.slot.astimezone(zone).date()
            cells[delivery.account_id, day].append(delivery)
            by_day[day].append(delivery)
        shown = Q(sends=True) | Q(pk__in={account for account, _day in counts})
        accounts = Account.objects.filter(shown).order_by("network", "handle")
        left = {key: number - len(cells[key]) for key, number in counts.items()}
        return super().get_context_data(
            days=days,
            today=timezone.localtime(timezone.now(), zone).date(),
            grid=[
                (
                    account,
                    [
                        (day, cells[account.pk, day], self.more(day, left.get((account.pk, day), 0), account.pk))
                        for day in days
                    ],
                )
                for account in accounts
            ],
            by_day=[
                (day, by_day[day], self.more(day, sum(n for (_account, on), n in left.items() if on == day)))
                for day in days
            ],
            before=self.monday - timedelta(days=7),
            after=self.monday + timedelta(days=7),
            zone=str(zone),
            may_move=self.request.user.has_perm(SCHEDULE_POST),
            **kwargs,
        )
