"""What goes out: one week by day and account, as a grid and as the same in a list. Links only, so a keyboard is enough."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.urls import path, reverse_lazy
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

    def deliveries(self) -> list[Delivery]:
        """What goes out in that week on the newsroom's clock, as far as this user sees it, in the order of the slots."""
        zone = conf.zone()
        since = datetime.combine(self.monday, time(), zone)
        until = datetime.combine(self.monday + timedelta(days=7), time(), zone)
        rows = (
            deliveries_visible_to(self.request.user).filter(slot__gte=since, slot__lt=until).exclude(state__in=HIDDEN)
        )
        return list(rows.select_related("post", "account").order_by("slot", "pk"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the grid of accounts and days, the same by day, and the weeks before and after."""
        zone = conf.zone()
        days = [self.monday + timedelta(days=number) for number in range(7)]
        cells: dict[tuple[int, date], list[Delivery]] = defaultdict(list)
        rows = self.deliveries()
        for delivery in rows:
            cells[delivery.account_id, delivery.slot.astimezone(zone).date()].append(delivery)
        shown = Q(sends=True) | Q(pk__in={row.account_id for row in rows})
        accounts = Account.objects.filter(shown).order_by("network", "handle")
        return super().get_context_data(
            days=days,
            today=timezone.localtime(timezone.now(), zone).date(),
            grid=[(account, [(day, cells[account.pk, day]) for day in days]) for account in accounts],
            by_day=[(day, [row for row in rows if row.slot.astimezone(zone).date() == day]) for day in days],
            before=self.monday - timedelta(days=7),
            after=self.monday + timedelta(days=7),
            zone=str(zone),
            may_move=self.request.user.has_perm(SCHEDULE_POST),
            **kwargs,
        )


urlpatterns = [path("week/", Week.as_view(), name="week")]
