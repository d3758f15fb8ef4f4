"""Sources: the viewset of what listening reads besides the accounts, and reading one at once."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn

from smeditor.desk.base import OperationView
from smeditor.desk.panels import SourceStatePanel
from smeditor.desk.viewsets import DeskModelViewSet
from smeditor.exceptions import SmeditorError
from smeditor.listening import poll
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


def health(source: Source) -> str:
    """How ``source`` stands, in a word."""
    if not source.active:
        return gettext("off")
    if source.problem:
        return gettext("in trouble")
    return gettext("fine") if source.last_success_at else gettext("not read yet")


class SourceViewSet(DeskModelViewSet):
    """Sources in the admin: list, form with how far each was read, record."""

    model = Source
    name = "smeditor_sources"
    url_prefix = "smeditor/sources"
    icon = "site"
    menu_label = _("Sources")
    inspect_view_fields = ["kind", "name", "url", "active", "last_success_at", "next_poll_at", "problem"]
    search_fields = ["name", "url"]
    list_filter = ["kind", "active"]
    list_display = [
        "__str__",
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        StatusTagColumn("health", label=_("State"), accessor=health, primary=lambda source: not source.problem),
        Column("problem", label=capfirst(_("problem")), classname="sme-sentence"),
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
                    FieldPanel("article"),
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


urlpatterns = [path("sources/<id:pk>/look/", PollNow.as_view(), name="source_poll")]
