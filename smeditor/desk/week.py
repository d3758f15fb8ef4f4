"""What goes out: one week by day and account, as a grid and as the same in a list. Links only, so a keyboard is enough."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import localize
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from smeditor import conf
from smeditor.desk.base import DeskPage
from smeditor.models import Account, Delivery
from smeditor.models.posts import title_of
from smeditor.permissions import SCHEDULE_POST
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.text.params import parse_date

HIDDEN = [Delivery.State.CANCELLED]
IN_CELL = 3
"""Deliveries of one account on one day in the grid; how many more there are stands below them."""
IN_LIST = 50
"""Deliveries of the day that is listed."""
TEXT_SHOWN = 48
"""Characters of a post in the grid."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery as a cell of the grid shows it. Hundreds stand on a page: no model is made for one, and no template."""

    url: str
    state: str
    state_display: str
    slot: str
    time: str
    text: str


class Week(DeskPage):
    """One week of deliveries, account by account, and one of its days as a list."""

    any_permission_required = ("smeditor.view_delivery",)
    page_title = _("What goes out")
    header_icon = "calendar-alt"
    template_name = "smeditor/admin/deliveries/week.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)

    @cached_property
    def today(self) -> date:
        """The day that it is for the newsroom."""
        return timezone.localtime(timezone.now(), conf.zone()).date()

    @cached_property
    def day(self) -> date:
        """The day that is listed: the one asked for by ``?week=2026-03-09``, else today."""
        return parse_date(self.request.GET.get("week")) or self.today

    @cached_property
    def days(self) -> list[date]:
        """The days of its week, from Monday on."""
        monday = self.day - timedelta(days=self.day.weekday())
        return [monday + timedelta(days=number) for number in range(7)]

    def going_out(self, since: date, days: int = 1) -> QuerySet[Delivery]:
        """What goes out from ``since`` on for so many days on the newsroom's clock, as far as this user sees it."""
        begin = datetime.combine(since, time(), conf.zone())
        end = datetime.combine(since + timedelta(days=days), time(), conf.zone())
        rows = deliveries_visible_to(self.request.user).filter(slot__gte=begin, slot__lt=end)
        return rows.exclude(state__in=HIDDEN).order_by()

    def grid(self) -> tuple[dict[tuple[int, date], list[Entry]], dict[tuple[int, date], int]]:
        """The first ``IN_CELL`` of each account's day in the order of their slots, and how many it has."""
        day = TruncDate("slot", tzinfo=conf.zone())
        cell: list[Any] = [F("account"), day]
        place = Window(RowNumber(), partition_by=cell, order_by=["slot", "pk"])
        number_of = Window(Count("pk"), partition_by=cell)
        rows = self.going_out(self.days[0], 7).annotate(place=place, number=number_of, day=day)
        found = list(rows.filter(place__lte=IN_CELL).values_list("pk", "account", "day", "number", "place"))
        shown = entries(deliveries_visible_to(self.request.user), [pk for pk, *_others in found])
        cells: dict[tuple[int, date], list[Entry]] = defaultdict(list)
        numbers: dict[tuple[int, date], int] = {}
        for pk, account, on, number, _place in sorted(found, key=lambda row: row[-1]):
            numbers[account, on] = number
            if pk in shown:
                cells[account, on].append(shown[pk])
        return cells, numbers

    def listed(self) -> list[Delivery]:
        """The first ``IN_LIST`` of the day: found along their index, and only then read with their posts."""
        first = self.going_out(self.day).order_by("slot", "pk").values_list("pk", flat=True)[:IN_LIST]
        return list(for_rows(self.going_out(self.day).filter(pk__in=list(first))).order_by("slot", "pk"))

    @cached_property
    def all_deliveries(self) -> str:
        """The address of the list of deliveries."""
        return reverse("smeditor:deliveries")

    def more(self, day: date, number: int, account: int | None = None) -> tuple[str, str] | None:
        """How many of a day are not shown, in words, and the list of deliveries, narrowed to them; None where all are."""
        if number <= 0:
            return None
        asked = {"slot_from": day.isoformat(), "slot_to": day.isoformat()} | ({"account": account} if account else {})
        label = ngettext("%(n)s more", "%(n)s more", number) % {"n": localize(number)}
        return label, f"{self.all_deliveries}?{urlencode(asked)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the grid of accounts and days, the day that is listed, and the weeks before and after.

        Each cell of the grid: its first deliveries, and what :meth:`more` says of the others. ``days``: each with how many
        go out.
        """
        cells, numbers = self.grid()
        shown = Q(sends=True) | Q(pk__in={account for account, _day in numbers})
        of_day = {day: sum(n for (_account, on), n in numbers.items() if on == day) for day in self.days}
        listed = self.listed()
        return super().get_context_data(
            days=list(of_day.items()),
            today=self.today,
            grid=[
                (
                    account,
                    [
                        (
                            cells.get((account.pk, day), []),
                            self.more(day, numbers.get((account.pk, day), 0) - IN_CELL, account.pk),
                        )
                        for day in self.days
                    ],
                )
                for account in Account.objects.filter(shown).only("network", "handle").order_by("network", "handle")
            ],
            day=self.day,
            listed=listed,
            more=self.more(self.day, of_day[self.day] - len(listed)),
            before=self.days[0] - timedelta(days=7),
            after=self.days[0] + timedelta(days=7),
            zone=str(conf.zone()),
            may_move=self.request.user.has_perm(SCHEDULE_POST),
            **kwargs,
        )


def for_rows(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """``rows`` with what the page shows of each, and what a hold is matched against."""
    of_post = ("post__text", "post__article_title", "post__topics", "post__article_key")
    of_account = ("account__network", "account__handle", "account__desk")
    return rows.select_related("post", "account").only("state", "state_reason", "slot", *of_post, *of_account)


def entries(rows: QuerySet[Delivery], keys: list[int]) -> dict[int, Entry]:
    """Those of ``rows`` with these ``keys`` as the grid shows them, by key."""
    before, after = reverse("smeditor:delivery", args=[0]).rsplit("0", 1)
    states = {value: str(label) for value, label in Delivery.State.choices}
    found = rows.filter(pk__in=keys).order_by()
    shown = {}
    for pk, state, slot, text, title in found.values_list("pk", "state", "slot", "post__text", "post__article_title"):
        at, line = timezone.localtime(slot, conf.zone()), title_of(text, title) or f"#{pk}"
        short = line if len(line) <= TEXT_SHOWN else Truncator(line).chars(TEXT_SHOWN)
        shown[pk] = Entry(f"{before}{pk}{after}", state, states[state], at.isoformat(), f"{at:%H:%M}", short)
    return shown
