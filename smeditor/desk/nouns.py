"""The plain nouns: rules, saved replies, desks, sources. Wagtail's own forms and listings do the work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, NumberColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from smeditor.desk.base import ActionView
from smeditor.desk.fields import WordsField
from smeditor.desk.gates import gated
from smeditor.desk.inspect import InspectView
from smeditor.desk.panels import RuleRunsPanel, SourceStatePanel
from smeditor.desk.tables import capitalised
from smeditor.exceptions import SmeditorError
from smeditor.listening import poll
from smeditor.models import Desk, Label, NewsClass, Rule, SavedReply, Source


class Noun(ModelViewSet):
    """A noun of the desk with Wagtail's own listing and form, searched in the database itself."""

    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = True
    inspect_view_class = InspectView
    search_backend_name = None

    def get_urlpatterns(self) -> list[Any]:
        return gated(self.model, super().get_urlpatterns())


class RuleForm(WagtailAdminModelForm):
    sections = WordsField(label=_("Sections"))
    tags = WordsField(label=_("Tags"))
    languages = WordsField(label=_("Languages"))
    news_classes = forms.MultipleChoiceField(
        label=_("Classes"), choices=NewsClass.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Rule
        fields = ["name"]
        widgets = {"mode": forms.RadioSelect, "accounts": forms.CheckboxSelectMultiple}


class RuleCreateView(generic.CreateView):
    def save_instance(self) -> Rule:
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class RuleEditView(generic.EditView):
    def save_instance(self) -> Rule:
        if "template" in self.form.changed_data:
            self.form.instance.template_by = self.request.user
        return super().save_instance()


class RuleViewSet(Noun):
    model = Rule
    name = "smeditor_rules"
    url_prefix = "smeditor/rules"
    icon = "cogs"
    menu_label = _("Rules")
    add_view_class = RuleCreateView
    edit_view_class = RuleEditView
    inspect_view_fields = ["name", "mode", "active", "accounts", "template"]
    search_fields = ["name", "template"]
    list_filter = ["mode", "active", "accounts"]
    list_display = capitalised(
        [
            "name",
            StatusTagColumn("get_mode_display", label=_("mode"), primary=lambda rule: rule.mode == Rule.Mode.AUTO),
            BooleanColumn("active", label=_("active")),
        ]
    )
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("active"), FieldPanel("mode")], heading=_("Rule")),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("sections"), FieldPanel("tags")]),
                    FieldRowPanel([FieldPanel("languages"), FieldPanel("paywall")]),
                    FieldPanel("news_classes"),
                ],
                heading=_("For which articles"),
                icon="doc-full",
            ),
            MultiFieldPanel(
                [FieldPanel("accounts"), FieldPanel("template"), FieldPanel("with_image"), FieldPanel("delay")],
                heading=_("What it prepares"),
                icon="edit",
            ),
            RuleRunsPanel(),
        ],
        base_form_class=RuleForm,
    )


class SavedReplyForm(WagtailAdminModelForm):
    situation = forms.ChoiceField(
        label=_("Proposed for"), required=False, choices=[("", _("any reaction")), *Label.choices]
    )

    class Meta:
        model = SavedReply
        fields = ["title"]


class SavedReplyInspectView(InspectView):
    def get_situation_display_value(self) -> Any:
        return dict(Label.choices).get(self.object.situation, _("any reaction"))


class SavedReplyViewSet(Noun):
    model = SavedReply
    inspect_view_class = SavedReplyInspectView
    name = "smeditor_replies"
    url_prefix = "smeditor/replies"
    icon = "openquote"
    menu_label = _("Saved replies")
    inspect_view_fields = ["title", "language", "situation", "text", "active", "uses", "calmer"]
    search_fields = ["title", "text"]
    list_filter = ["language", "active"]
    list_display = capitalised(
        [
            "title",
            Column("language", label=_("language")),
            BooleanColumn("active", label=_("active")),
            NumberColumn("uses", label=_("used"), sort_key="uses"),
            NumberColumn("calmer", label=_("calmer answers after it")),
        ]
    )
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("language"), FieldPanel("situation")]),
            FieldPanel("text"),
            FieldPanel("active"),
        ],
        base_form_class=SavedReplyForm,
    )


class DeskForm(WagtailAdminModelForm):
    sections = WordsField(label=_("Sections"), help_text=_("Short names of the sections whose reactions it handles."))

    class Meta:
        model = Desk
        fields = ["name"]
        widgets = {"members": forms.CheckboxSelectMultiple}


class DeskViewSet(Noun):
    model = Desk
    name = "smeditor_desks"
    url_prefix = "smeditor/desks"
    icon = "group"
    menu_label = _("Desks")
    inspect_view_fields = ["name", "slug", "sections", "email", "members"]
    search_fields = ["name", "slug"]
    list_display = capitalised(["name", Column("slug", label=_("short name")), Column("email", label=_("e-mail"))])
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
            FieldPanel("sections"),
            FieldPanel("email"),
            FieldPanel("members"),
        ],
        base_form_class=DeskForm,
    )


class SourceForm(WagtailAdminModelForm):
    class Meta:
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
    if not source.active:
        return gettext("off")
    if source.problem:
        return gettext("in trouble")
    return gettext("fine") if source.last_success_at else gettext("not read yet")


class SourceViewSet(Noun):
    model = Source
    name = "smeditor_sources"
    url_prefix = "smeditor/sources"
    icon = "site"
    menu_label = _("Sources")
    inspect_view_fields = ["kind", "name", "url", "active", "last_success_at", "next_poll_at", "problem"]
    search_fields = ["name", "url"]
    list_filter = ["kind", "active"]
    list_display = capitalised(
        [
            "__str__",
            Column("get_kind_display", label=_("kind"), sort_key="kind"),
            StatusTagColumn("health", label=_("state"), accessor=health, primary=lambda source: not source.problem),
            Column("problem", label=_("problem")),
            DateColumn("last_success_at", label=_("last read"), sort_key="last_success_at"),
        ]
    )
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


class PollNow(ActionView):
    """Read a source at once and say what came of it."""

    any_permission = ("smeditor.change_source",)

    def after_url(self) -> str:
        return reverse("smeditor_sources:edit", args=[self.kwargs["pk"]])

    def perform(self, request: Any, pk: int) -> str:
        source = get_object_or_404(Source, pk=pk)
        if not source.active:
            raise SmeditorError(gettext("This source is switched off. Switch it on first."))
        look = poll.poll_source(source.pk, timezone.now(), f"desk:{request.user.pk}")
        if look is None:
            raise SmeditorError(gettext("It is being read right now. Look again in a minute."))
        if look.problem:
            raise SmeditorError(look.problem)
        return gettext("It was read just now.")


urlpatterns = [path("sources/<id:pk>/look/", PollNow.as_view(), name="source_poll")]
viewsets = [RuleViewSet(), SavedReplyViewSet(), DeskViewSet(), SourceViewSet()]
