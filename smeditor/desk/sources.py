"""Sources: the viewset of what listening reads besides the accounts, and reading one at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn

from smeditor.desk.base import OperationView
from smeditor.desk.choosers import ArticleChooser
from smeditor.desk.panels import SourceStatePanel
from smeditor.desk.viewsets import DeskIndexView, DeskModelViewSet
from smeditor.exceptions import SmeditorError
from smeditor.listening import claims, poll
from smeditor.models import Source


class SourceForm(WagtailAdminModelForm):
    """What is read, and where; the source of an account follows that account."""

    class Meta(WagtailAdminModelForm.Meta):
        model = Source
        fields = ["kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind == Source.Kind.ACCOUNT:
            self.fields["kind"].disabled = self.fields["url"].disabled = True
        else:
            self.fields["kind"].choices = [choice for choice in Source.Kind.choices if choice[0] != Source.Kind.ACCOUNT]
            self.fields["url"].required = True


class Health(models.TextChoices):
    """How a source stands."""

    OFF = "off", _("off")
    TROUBLE = "trouble", _("in trouble")
    LATE = "late", _("late")
    SLOW = "slow", _("slow")
    FINE = "fine", _("fine")
    UNREAD = "unread", _("not read yet")


def in_health(health: str, now: datetime) -> Q:
    """The condition of standing so at ``now`` (aware), as :func:`health_of` says it."""
    late = Q(poll_by__lt=now)
    slow = Q(seconds__gte=claims.SLOW)
    never = Q(last_success_at__isnull=True)
    worse: list[tuple[str, Q]] = [
        (Health.OFF, Q(active=False) | Q(account__listens=False)),
        (Health.TROUBLE, ~Q(problem="")),
        (Health.LATE, late),
        (Health.SLOW, slow),
        (Health.UNREAD, never),
        (Health.FINE, Q()),
    ]
    condition = Q()
    for name, is_so in worse:
        if name == health:
            return condition & is_so
        condition &= ~is_so
    return condition


def health_of(source: Source) -> Health:
    """How ``source`` stands; the worst that is true of it."""
    if not source.active or (source.account and not source.account.listens):
        return Health.OFF
    if source.problem:
        return Health.TROUBLE
    if source.poll_by and source.poll_by < timezone.now():
        return Health.LATE
    if claims.is_slow(source.seconds):
        return Health.SLOW
    return Health.FINE if source.last_success_at else Health.UNREAD


def health(source: Source) -> str:
    """How ``source`` stands, in a word."""
    return str(health_of(source).label)


def reason(source: Source) -> str:
    """Why it stands so, in a sentence; empty when all is well."""
    match health_of(source):
        case Health.LATE:
            return gettext("There is more to read than the workers can read in time, or no worker listens.")
        case Health.SLOW:
            sentence = ngettext(
                "It took %(n)d second to answer; slow sources are read side by side with at most half of the threads.",
                "It took %(n)d seconds to answer; slow sources are read side by side with at most half of the threads.",
                round(source.seconds or 0),
            )
            return sentence % {"n": round(source.seconds or 0)}
    return source.problem


class SourceFilter(WagtailFilterSet):
    """The list narrowed down to what is in trouble, or to one kind."""

    health = ChoiceFilter(label=_("State"), choices=Health.choices, method="in_health")

    class Meta:
        model = Source
        fields: ClassVar = ["kind", "active"]

    def in_health(self, sources: QuerySet[Source], name: str, value: str) -> QuerySet[Source]:
        """Those that stand as ``value`` says."""
        return sources.filter(in_health(value, timezone.now()))


class SourceIndexView(DeskIndexView):
    """The list, with the accounts that its rows ask for."""

    def get_base_queryset(self) -> QuerySet[Source]:
        """The sources, each with its account."""
        return super().get_base_queryset().select_related("account")


class SourceViewSet(DeskModelViewSet):
    """Sources in the admin: list, form with how far each was read, record."""

    icon = "site"
    index_view_class = SourceIndexView
    inspect_view_fields = ["kind", "name", "url", "active", "last_success_at", "seconds", "next_poll_at", "problem"]
    search_fields = ["name", "url"]
    filterset_class = SourceFilter
    list_display = [
        "__str__",
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        StatusTagColumn("health", label=_("State"), accessor=health, primary=lambda source: not reason(source)),
        Column("reason", label=_("Reason"), accessor=reason, classname="sme-sentence"),
        Column("seconds", label=_("Took (seconds)"), sort_key="seconds"),
        DateColumn("last_success_at", label=_("Last read"), sort_key="last_success_at"),
    ]
    edit_handler = ObjectList(
        [
            SourceStatePanel(),
            MultiFieldPanel(
                [
                    FieldPanel("kind"),
                    FieldPanel("name"),
                    FieldPanel("url"),
                    FieldPanel("article", widget=ArticleChooser()),
                    FieldPanel("active"),
                ],
                heading=_("Source"),
            ),
        ],
        base_form_class=SourceForm,
    )


class PollNow(OperationView[Source]):
    """Read a source at once and say what came of it."""

    any_permission_required = ("smeditor.change_source",)
    model = Source
    success_url_name = "smeditor_sources:edit"

    def perform_operation(self) -> None:
        """Read it. Raises SmeditorError when it is off, is being read, or cannot be read."""
        if not self.object.active:
            raise SmeditorError(gettext("This source is switched off. Switch it on first."))
        result = poll.poll_source(self.object.pk, timezone.now(), f"desk:{self.request.user.pk}")
        if result is None:
            raise SmeditorError(gettext("It is being read right now. Look again in a minute."))
        if result.problem:
            raise SmeditorError(result.problem)
        self.success_message = gettext("It was read just now.")
