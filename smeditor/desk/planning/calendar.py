"""What goes out: a day, a week or a month as a calendar, and the same as a list. Each delivery can be moved in both."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import HeaderButton

from smeditor import conf
from smeditor.desk.base import DeskPage
from smeditor.desk.planning import grid
from smeditor.desk.planning.advice import SHOWN, about_collisions, about_times
from smeditor.desk.planning.entries import MOVED_FROM_HERE, entries, own_clock
from smeditor.desk.planning.filters import PlanFilters
from smeditor.desk.planning.period import Period, View
from smeditor.desk.planning.places import Place, places
from smeditor.models import Account, Delivery
from smeditor.permissions import ADD_POST, RESOLVE_DELIVERY, SCHEDULE_POST, scope
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.publishing.collisions import SAME_STORY_WITHIN, Collision, Kind, collisions, planned
from smeditor.publishing.slots import Plan, instant
from smeditor.text.params import parse_date

HIDDEN = [Delivery.State.CANCELLED]
IN_LIST = 50
"""Deliveries of the day that is listed."""
ACCOUNT_NAME = tuple(f"account__{name}" for name in ("network", "handle", "remote_id", "display_name", "server_url"))
"""What an account is called by."""
VIEWS = {View.DAY: _("Day"), View.WEEK: _("Week"), View.MONTH: _("Month")}

MARKS = {
    Kind.GAP: _("too near to the one before"),
    Kind.STORY: _("another desk posts about this story at the same time"),
    Kind.QUIET: _("in quiet hours"),
}
"""Why a delivery lies badly, beside it."""


class Calendar(DeskPage):
    """One day, week or month of deliveries as a table, and one of its days as a list."""

    any_permission_required = ("smeditor.view_delivery",)
    page_title = _("What goes out")
    header_icon = "calendar-alt"
    template_name = "smeditor/admin/planning/calendar.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to the queue as a list, where several are moved, held or dropped at once."""
        queue = f"{reverse('smeditor:deliveries')}?{urlencode({'state': Delivery.State.SCHEDULED, 'ordering': 'slot'})}"
        return [HeaderButton(_("The queue as a list"), url=queue, icon_name="list-ul")]

    @cached_property
    def now(self) -> datetime:
        """The moment for which the page is made."""
        return timezone.now()

    @cached_property
    def today(self) -> date:
        """The day that it is for the newsroom."""
        return timezone.localtime(self.now, conf.zone()).date()

    @cached_property
    def period(self) -> Period:
        """What ``?view=month&date=2026-03-09`` asks for; without it the week of today."""
        asked = self.request.GET.get("view")
        view = View(asked) if asked in VIEWS else View.WEEK
        return Period(view, parse_date(self.request.GET.get("date")) or self.today, conf.zone())

    def going_out(self, begin: datetime, end: datetime) -> QuerySet[Delivery]:
        """What goes out in [``begin``, ``end``), as far as this user sees it."""
        rows = deliveries_visible_to(self.request.user).filter(slot__gte=begin, slot__lt=end)
        return rows.exclude(state__in=HIDDEN).order_by()

    @cached_property
    def filters(self) -> PlanFilters:
        """What narrows the page."""
        accounts = Account.objects.order_by("network", "handle")
        return PlanFilters(self.request.GET, self.going_out(self.period.begin, self.period.end), accounts)

    def narrowed(self, begin: datetime, end: datetime) -> QuerySet[Delivery]:
        """What goes out in [``begin``, ``end``) of what is asked for."""
        return self.filters.narrow(self.going_out(begin, end))

    def of_day(self, day: date) -> QuerySet[Delivery]:
        """What goes out on one day of the newsroom's."""
        bounds = [instant(on, datetime.min.time(), conf.zone()) for on in (day, day + timedelta(days=1))]
        return self.narrowed(*bounds)

    @cached_property
    def own(self) -> set[int]:
        """The accounts that this user acts for."""
        return set(scope.own_accounts(self.request.user).values_list("pk", flat=True))

    @cached_property
    def may_move(self) -> bool:
        """Whether this user may give any delivery another time."""
        return any(self.request.user.has_perm(permission) for permission in (SCHEDULE_POST, RESOLVE_DELIVERY))

    def accounts(self, with_something: set[int]) -> list[Account]:
        """The accounts that have a place of their own: those that send, and those that have anything here."""
        chosen = self.filters.chosen
        return [
            account
            for key, account in self.known_accounts.items()
            if (account.sends or key in with_something)
            and chosen.get("account", account) == account
            and chosen.get("desk", account.desk) == account.desk
        ]

    def places(self, accounts: list[Account]) -> list[Place]:
        """What is free from now on; nothing while the page shows one story, one language or one state only."""
        if {"article", "language", "state"} & set(self.filters.chosen):
            return []
        writes = self.request.user.has_perm(ADD_POST)
        writes_for = {account.pk: writes and account.pk in self.own for account in accounts}
        return places(accounts, max(self.period.begin, self.now), self.period.end, writes_for)

    @cached_property
    def collisions(self) -> list[Collision]:
        """What lies badly from now on, among what is shown."""
        begin = max(self.period.begin, self.now)
        rows = self.narrowed(begin - SAME_STORY_WITHIN, self.period.end)
        plans = {account.pk: Plan.of(account) for account in self.known_accounts.values()}
        found = collisions(planned(rows), plans)
        return [collision for collision in found if collision.later.slot >= begin]

    @cached_property
    def known_accounts(self) -> dict[int, Account]:
        """Every account by id, with its slots: newsrooms have dozens."""
        rows = Account.objects.defer("secret", "limits", "tone").select_related("desk").prefetch_related("slots")
        return {account.pk: account for account in rows.order_by("network", "handle")}

    def advice(self) -> dict[str, Any]:
        """What lies badly, in sentences; when readers answer, where one account is shown."""
        sentences = about_collisions(self.collisions[:SHOWN], self.known_accounts)
        account = self.filters.chosen.get("account")
        writes = account is not None and account.pk in self.own and self.request.user.has_perm(ADD_POST)
        return {
            "collisions": sentences,
            "more_collisions": len(self.collisions) - len(sentences),
            "chosen_account": account,
            "times": about_times(account, self.now, writes=writes) if account else [],
        }

    def table(self) -> grid.Grid:
        """The calendar, filled."""
        period = self.period
        keys, numbers = grid.read(self.narrowed(period.begin, period.end), period)
        marks: dict[int, list[str]] = {}
        for collision in self.collisions:
            marks.setdefault(collision.later.delivery, []).append(str(MARKS[collision.kind]))
        shown = entries(
            deliveries_visible_to(self.request.user),
            [key for found in keys.values() for key in found],
            self.own if self.may_move else (),
            marks,
        )
        accounts = self.accounts({account for account, _column in keys if account is not None})
        heads = (gettext("Account"), gettext("Hour"), gettext("Week"))
        table = grid.build(period, accounts, self.now, heads)
        by_place = {(cell.account, cell.begin): cell for cell in table.cells}
        begins = [begin for begin, _end in period.columns]
        for (account, column), found in keys.items():
            if cell := by_place.get((account, begins[column])):
                cell.entries = [shown[key] for key in found if key in shown]
                cell.number = numbers[account, column]
                cell.more = self.more(cell.day, cell.left, account)
        for place in self.places(accounts):
            owner = None if period.view == View.MONTH else place.account
            if field := by_place.get((owner, begins[bisect_right(begins, place.at) - 1])):
                field.places.append(place)
        for each in table.cells if period.view == View.MONTH else ():
            each.url = self.address(each.day, View.DAY)
        return table

    def listed(self) -> list[Delivery]:
        """The first ``IN_LIST`` of the day: found along their index, and only then read with their posts."""
        rows = self.of_day(self.period.day)
        first = rows.order_by("slot", "pk").values_list("pk", flat=True)[:IN_LIST]
        found = deliveries_visible_to(self.request.user).filter(pk__in=list(first))
        return list(for_rows(found).order_by("slot", "pk"))

    def more(self, day: date, number: int, account: int | None = None) -> tuple[str, str] | None:
        """How many of a day are not shown, in words, and the list of deliveries, narrowed to them; None where all are."""
        if number <= 0:
            return None
        asked = {"slot_from": day.isoformat(), "slot_to": day.isoformat()} | ({"account": account} if account else {})
        label = ngettext("%(n)s more", "%(n)s more", number) % {"n": localize(number)}
        return label, f"{reverse('smeditor:deliveries')}?{urlencode(asked)}"

    def address(self, day: date, view: View | None = None) -> str:
        """The address of this page for another day or view, narrowed as it is now."""
        return f"?{urlencode({'view': view or self.period.view, 'date': day.isoformat()} | self.filters.query)}"

    def numbers_of_days(self, table: grid.Grid) -> dict[date, int]:
        """How many go out on each day that is shown; those of a month without the days before and after it."""
        days = dict.fromkeys((day for day in self.period.days if not self.is_outside(day)), 0)
        for cell in table.cells:
            if cell.day in days:
                days[cell.day] += cell.number
        return days

    def is_outside(self, day: date) -> bool:
        """Whether a day is shown because its week is, and not because its month is."""
        return self.period.view == View.MONTH and day.month != self.period.day.month

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the table, the day that is listed, the filters, and the ways to other stretches of time."""
        period, table, listed = self.period, self.table(), self.listed()
        days = self.numbers_of_days(table)
        own_zone = timezone.get_current_timezone()
        return super().get_context_data(
            view=period.view,
            views=[(view, label, self.address(period.day, view)) for view, label in VIEWS.items()],
            title=self.title(),
            table=table,
            narrowing=self.filters,
            days=[(day, number, self.address(day)) for day, number in days.items()],
            day_view=View.DAY,
            today=self.today,
            day=period.day,
            listed=[(delivery, own_clock(delivery.slot, own_zone)) for delivery in listed],
            more=self.more(period.day, days.get(period.day, 0) - len(listed)),
            before=self.address(period.before),
            present=self.address(self.today),
            after=self.address(period.after),
            zone=str(conf.zone()),
            own_zone=str(own_zone) if own_clock(self.now, own_zone) else "",
            own=self.own,
            may_move=self.may_move,
            **self.advice(),
            movable_states=MOVED_FROM_HERE,
            **kwargs,
        )

    def title(self) -> str:
        """The stretch of time in words."""
        period = self.period
        if period.view == View.DAY:
            return date_format(period.day, "l j F Y")
        if period.view == View.MONTH:
            return date_format(period.day, "F Y")
        return f"{date_format(period.days[0], 'DATE_FORMAT')} – {date_format(period.days[-1], 'DATE_FORMAT')}"


def for_rows(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """``rows`` with what the page shows of each, and what a hold is matched against."""
    of_post = ("post__text", "post__article_title", "post__topics", "post__article_key")
    of_account = (*ACCOUNT_NAME, "account__desk")
    return rows.select_related("post", "account").only("state", "state_reason", "slot", *of_post, *of_account)
