"""Alerts on the newsroom's own history: what would have been raised, and the switch that turns them on or off."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import Max
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, NumberColumn, Table

from smeditor.articles.page_model import page_model
from smeditor.desk.alerts import MEASURES, scope_sentence
from smeditor.desk.base import ActionView, DeskPage
from smeditor.desk.tables import MomentColumn
from smeditor.insight.alerts import handling, tallies
from smeditor.insight.alerts.watch import Rehearsal, rehearse
from smeditor.models import Account, Alert, AlertSwitch, Tally
from smeditor.permissions import SWITCH_ALERTS, VIEW_ALERT
from smeditor.text.params import parse_id

KEPT = 15 * 60
"""Seconds for which what the detector says is kept."""
SHOWN = 50
"""Alerts on the page, the newest ones; it says of how many."""


class History(DeskPage):
    """The detector over the newsroom's own counts, and the switch. Looking changes nothing."""

    any_permission_required = (VIEW_ALERT,)
    header_icon = "history"
    page_title = _("What the alerts would have said")
    template_name = "smeditor/admin/alerts/history.html"
    parents = ((reverse_lazy("smeditor:alerts"), _("Alerts")),)
    columns = [
        Column("about", label=_("About"), accessor=lambda row: row["about"]),
        Column("measure", label=capfirst(_("measure")), accessor=lambda row: MEASURES[row["row"].measure]),
        Column("kind", label=_("Kind"), accessor=lambda row: Alert.Kind(row["row"].found.kind).label),
        NumberColumn("came", label=capfirst(_("came")), accessor=lambda row: row["row"].found.count),
        Column(
            "expected", label=capfirst(_("expected")), accessor=lambda row: number_format(row["row"].found.expected, 1)
        ),
        MomentColumn("at", label=_("When"), accessor=lambda row: row["row"].found.at),
    ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What would have been raised and over how long, what was looked at, and the switch as it stands."""
        history = rehearsal()
        names = names_of(history)
        rows = [{"about": names[row.scope], "row": row} for row in history.rows[:SHOWN]]
        return super().get_context_data(
            history=history,
            span=span(history),
            table=Table(self.columns, rows) if rows else None,
            shown=len(rows),
            looked_at=[names[scope] for scope in history.scopes],
            switch=AlertSwitch.objects.select_related("user").first(),
            may_switch=self.request.user.has_perm(SWITCH_ALERTS),
            **kwargs,
        )


def rehearsal() -> Rehearsal:
    """What the detector would have said up to the last quarter of an hour that was counted; thought out once for each."""
    now = timezone.now()
    counted = Tally.objects.filter(scope=tallies.OUTLET).aggregate(last=Max("at"))["last"]
    if counted is None:
        return rehearse(now)
    key = f"smeditor.rehearsal.{tallies.floor(now - tallies.LATE).isoformat()}.{counted.isoformat()}"
    found = cache.get(key)
    if found is None:
        found = rehearse(now)
        cache.set(key, found, KEPT)
    return found


def span(history: Rehearsal) -> str:
    """How long the counts reach back, in words; empty for less than a day, which says nothing yet."""
    days = int(history.weeks * 7)
    if days < 1:
        return ""
    if days < 14:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    weeks = round(history.weeks)
    return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}


def names_of(history: Rehearsal) -> dict[str, str]:
    """What each scope is about, in words, in two queries."""
    ids: dict[str, list[int]] = {"article": [], "account": []}
    for scope in history.scopes:
        kind, _colon, number = scope.partition(":")
        key = parse_id(number)
        if kind in ids and key is not None:
            ids[kind].append(key)
    known = {f"article:{page.pk}": page.title for page in page_model().objects.filter(pk__in=ids["article"])}
    known |= {f"account:{account.pk}": str(account) for account in Account.objects.filter(pk__in=ids["account"])}
    return {scope: known.get(scope) or scope_sentence(scope) for scope in history.scopes}


class Switch(ActionView):
    """Switch the raising of alerts on or off for the whole newsroom."""

    any_permission_required = (SWITCH_ALERTS,)
    after = reverse_lazy("smeditor:alert_history")

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """On where the form says ``on=1``, else off."""
        row = handling.switch(request.POST.get("on") == "1", request.user)
        return gettext("Alerts are on.") if row.on else gettext("Alerts are off. Counting goes on.")
