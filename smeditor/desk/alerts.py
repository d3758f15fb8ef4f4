"""Alerts: what starts to burn, with what it was compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import floatformat
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk.base import DeskListing, DeskPage, OperationView
from smeditor.desk.fields import cleaned
from smeditor.desk.plot import plot
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.insight.alerts import handling
from smeditor.models import Alert, AlertSwitch
from smeditor.permissions import VIEW_ALERT

CHANGE = "smeditor.change_alert"
MEASURES = {"people": _("people"), "critics": _("critical people")}
SNOOZES = (1, 4, 24)
"""Hours."""


class AlertFilterSet(WagtailFilterSet):
    """Alerts by state and kind."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=Alert.State.choices, widget=forms.CheckboxSelectMultiple, distinct=False
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=Alert.Kind.choices, empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = Alert
        fields: list[str] = []


def scope_sentence(scope: str) -> str:
    """What a scope without an article or an account of its own is called."""
    kind, _colon, name = scope.partition(":")
    if kind == "outlet":
        return gettext("the whole outlet")
    return gettext("topic “%(name)s”") % {"name": name} if kind == "topic" else scope


def about(alert: Alert) -> str:
    """What an alert is about, in words."""
    if alert.article is not None:
        return alert.article.title
    return str(alert.account) if alert.account is not None else capfirst(scope_sentence(alert.scope))


class AlertIndexView(DeskListing):
    """All alerts, the newest first."""

    any_permission_required = (VIEW_ALERT,)
    model = Alert
    page_title = _("Alerts")
    results_template_name = "smeditor/admin/alerts/results.html"
    filterset_class = AlertFilterSet
    default_ordering = "-at"
    columns = [
        TitleColumn("about", label=_("About"), url_name="smeditor:alert", accessor=about),
        Column(
            "measure", label=capfirst(_("measure")), accessor=lambda alert: MEASURES.get(alert.measure, alert.measure)
        ),
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        NumberColumn("count", label=capfirst(_("came")), accessor=lambda alert: round(alert.count)),
        Column("expected", label=capfirst(_("expected")), accessor=lambda alert: floatformat(alert.expected, 1)),
        StatusTagColumn("get_state_display", label=_("State"), primary=lambda alert: alert.state == Alert.State.OPEN),
        MomentColumn("at", label=capfirst(_("since")), sort_key="at"),
    ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to what the alerts would have said, and to their switch."""
        url = reverse("smeditor:alert_history")
        return [HeaderButton(_("What they would have said"), url=url, icon_name="history")]

    def get_base_queryset(self) -> QuerySet[Alert]:
        """All of them: an alert counts people and quotes nobody, so it is shown to all who may see alerts."""
        return Alert.objects.select_related("article", "account")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The list, and whether alerts are raised at all."""
        return super().get_context_data(*args, are_on=AlertSwitch.is_on(), **kwargs)


class AlertListing(ListingViewSet):
    """The list of alerts."""

    icon = "warning"
    index_view_class = AlertIndexView


class AlertPage(DeskPage):
    """One alert: what came, and what it was compared with."""

    any_permission_required = (VIEW_ALERT,)
    header_icon = "warning"
    template_name = "smeditor/admin/alerts/alert.html"
    parents = ((reverse_lazy("smeditor:alerts"), _("Alerts")),)

    @cached_property
    def alert(self) -> Alert:
        """The alert of the address. Raises Http404."""
        return get_object_or_404(Alert.objects.select_related("article", "account", "seen_by"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """What the alert is about."""
        return about(self.alert)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The alert with its plot, and to who may change it the form that snoozes it."""
        return super().get_context_data(
            alert=self.alert,
            about=about(self.alert),
            measure=MEASURES.get(self.alert.measure, self.alert.measure),
            plot=plot(self.alert.series),
            may_change=self.request.user.has_perm(CHANGE),
            snooze_form=SnoozeForm(auto_id="sme-%s", label_suffix=""),
            **kwargs,
        )


class SnoozeForm(forms.Form):
    """For how many hours an alert is quiet."""

    hours = forms.TypedChoiceField(
        label=_("Quiet for"),
        choices=lambda: [(hours, gettext("%(hours)s h") % {"hours": hours}) for hours in SNOOZES],
        coerce=int,
        error_messages={"required": _("Choose for how long."), "invalid_choice": _("Choose for how long.")},
        widget=forms.Select(attrs={"class": "sme-inline__field"}),
    )


class AlertOperation(OperationView[Alert]):
    """What an editor does about an alert; it ends on the alert's page."""

    any_permission_required = (CHANGE,)
    model = Alert
    success_url_name = "smeditor:alert"


class Acknowledge(AlertOperation):
    """Say that one has seen an alert and that something was going on."""

    def perform_operation(self) -> None:
        """Note who has seen it, and that the detector was right."""
        handling.acknowledge(self.object, Alert.Verdict.REAL, self.request.user)
        self.success_message = gettext("Noted: you have seen it. What looks like this will ring again.")


class Dismiss(AlertOperation):
    """Say that one has seen an alert and that it was nothing."""

    def perform_operation(self) -> None:
        """Note who has seen it, and that the detector rang for nothing."""
        handling.acknowledge(self.object, Alert.Verdict.NOTHING, self.request.user)
        self.success_message = gettext("Noted: it was nothing. For six weeks only what is clearly higher will ring.")


class Snooze(AlertOperation):
    """Let an alert be quiet for some hours."""

    def perform_operation(self) -> None:
        """Snooze it for the hours that were chosen."""
        hours = cleaned(SnoozeForm(self.request.POST))["hours"]
        handling.snooze(self.object, timedelta(hours=hours), self.request.user, timezone.now())
        until = timezone.localtime(self.object.snoozed_until)
        self.success_message = gettext("It is quiet until %(when)s.") % {"when": f"{until:%H:%M}"}
