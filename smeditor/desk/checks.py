"""The checks of posts: what each found, what editors did then, and how grave a desk takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from smeditor.desk.base import ActionView, DeskPage
from smeditor.desk.fields import cleaned
from smeditor.desk.tables import as_percent
from smeditor.exceptions import NotAllowed
from smeditor.models import CheckResult, CheckSetting, CheckSeverity, Desk
from smeditor.permissions import CHANGE_CHECKS, VIEW_CHECKS, scope
from smeditor.permissions.visibility import posts_visible_to
from smeditor.publishing.checks import record, registry
from smeditor.text.params import parse_id

SPANS = {"7": _("7 days"), "30": _("30 days"), "180": _("half a year")}
LATEST = 30
"""Results that are listed, the newest."""


@dataclass(frozen=True)
class Line:
    """A check on the page: its counts, how grave it is for the desk in question, and whether that may be set."""

    code: str
    label: StrOrPromise
    tally: record.Tally
    approved_share: str
    severity: str
    chosen: str
    """What is set for the very desk in question; "" for nothing."""
    adjustable: bool


class CheckFilter(forms.Form):
    """Which desk, and how far back."""

    desk = forms.ModelChoiceField(
        label=capfirst(_("desk")), queryset=Desk.objects.all(), required=False, empty_label=_("all desks")
    )
    days = forms.ChoiceField(label=_("In the last"), choices=tuple(SPANS.items()), required=False, initial="30")


class Checks(DeskPage):
    """Which checks spoke up, and what editors did then. From here a noisy one is made quieter."""

    any_permission_required = (VIEW_CHECKS,)
    header_icon = "circle-check"
    page_title = _("Checks")
    template_name = "smeditor/admin/checks/checks.html"

    @cached_property
    def desk(self) -> Desk | None:
        """The desk in question; None for all of them."""
        key = parse_id(self.request.GET.get("desk"))
        return Desk.objects.filter(pk=key).first() if key else None

    @cached_property
    def days(self) -> str:
        """How many days back, among those that one may choose."""
        asked = self.request.GET.get("days", "")
        return asked if asked in SPANS else "30"

    def results(self) -> QuerySet[CheckResult]:
        """The results of the desk and the time in question."""
        rows = CheckResult.objects.filter(at__gte=timezone.now() - timedelta(days=int(self.days)))
        return rows.filter(desk=self.desk) if self.desk else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lines, the newest results about posts that this user may see, and whether they may set anything."""
        user = self.request.user
        may_set = user.has_perm(CHANGE_CHECKS) and scope.speaks_for_desk(user, self.desk.pk if self.desk else None)
        initial = {"desk": self.desk, "days": self.days}
        return super().get_context_data(
            form=CheckFilter(initial=initial),
            lines=self.lines(),
            latest=self.latest(),
            desk=self.desk,
            may_set=may_set,
            severities=CheckSeverity.choices,
            here=self.request.get_full_path(),
            **kwargs,
        )

    def lines(self) -> list[Line]:
        """Every check that may be set, then what else spoke up."""
        counted = record.tallies(self.results())
        desk_id = self.desk.pk if self.desk else None
        stored = {(row.code, row.desk_id): row.severity for row in CheckSetting.objects.all()}
        severities = dict(CheckSeverity.choices)
        known = {check.code: check for check in registry.adjustable()}
        lines = []
        for code in [*known, *sorted(set(counted) - set(known))]:
            check, tally = known.get(code), counted.get(code, record.Tally())
            shipped = check.severity.value if check else ""
            in_force = stored.get((code, desk_id)) or stored.get((code, None)) or shipped
            share = tally.approved_share
            lines.append(
                Line(
                    code=code,
                    label=label_of(code),
                    tally=tally,
                    approved_share="" if share is None else as_percent(share),
                    severity=str(severities.get(in_force, "")),
                    chosen=stored.get((code, desk_id), ""),
                    adjustable=check is not None,
                )
            )
        return lines

    def latest(self) -> list[dict[str, Any]]:
        """The newest results about posts that this user may see, each with the name of its check."""
        visible = posts_visible_to(self.request.user).values("pk")
        rows = self.results().filter(post__in=visible).select_related("post", "account", "user")[:LATEST]
        return [{"result": row, "label": label_of(row.code)} for row in rows]


LABELS: dict[str, StrOrPromise] = {
    "no_alt": _("No alt text"),
    "image_rights": _("An image that may not leave the site"),
    "image_gone": _("An image that is gone"),
    "too_long": _("Longer than the network takes"),
    "empty": _("No text"),
    "embargo": _("Under embargo"),
    "article_not_live": _("An article that is not published"),
    "article_not_public": _("An article that is not public"),
    "held": _("On hold"),
    "not_carried": _("Something that the network does not carry"),
    "link_missing": _("No link to the article"),
    "check_failed": _("A check that failed"),
    "account_disconnected": _("A disconnected account"),
    "account_failed": _("An account that must be reconnected"),
    "account_paused": _("A paused account"),
    "does_not_send": _("An account that only listens"),
    "article_gone": _("An article that was deleted"),
    "article_without_address": _("An article without an address"),
    "repeat": _("A repeat of what is not evergreen"),
    "over_ceiling": _("More than the month's money"),
}
"""What the findings of checks that nobody sets are called; all others are about what a network takes."""


def label_of(code: str) -> StrOrPromise:
    """What a check, or one of the findings of a check that nobody sets, is called."""
    return LABELS.get(code) or registry.label_of(code) or _("Something that the network does not take")


class SeverityForm(forms.Form):
    """What a desk says of a check; no severity: as the check comes."""

    code = forms.ChoiceField(choices=lambda: [(check.code, check.label) for check in registry.adjustable()])
    desk = forms.ModelChoiceField(queryset=Desk.objects.all(), required=False)
    severity = forms.ChoiceField(choices=[("", ""), *CheckSeverity.choices], required=False)


class SetSeverity(ActionView):
    """Say how grave a check is for one desk, or for all."""

    any_permission_required = (CHANGE_CHECKS,)
    after = reverse_lazy("smeditor:checks")

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Set it, or take the setting back where no severity is chosen. Raises NotAllowed for another desk's."""
        data = cleaned(SeverityForm(request.POST))
        desk: Desk | None = data["desk"]
        if not scope.speaks_for_desk(request.user, desk.pk if desk else None):
            raise NotAllowed(gettext("This is said by the editors of that desk, and for all desks by a chief."))
        label = registry.label_of(data["code"])
        rows = CheckSetting.objects.filter(code=data["code"], desk=desk)
        if not data["severity"]:
            rows.delete()
            return gettext("“%(check)s” is as grave as it comes with the desk.") % {"check": label}
        stored = {"severity": data["severity"], "changed_by": request.user}
        CheckSetting.objects.update_or_create(code=data["code"], desk=desk, defaults=stored)
        severity = CheckSeverity(data["severity"]).label
        return gettext("“%(check)s” now %(severity)s.") % {"check": label, "severity": severity}
