"""Saved replies: the viewset of the answers that an editor may start from."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn

from smeditor.desk.inspect import InspectView
from smeditor.desk.languages import LanguageSelect
from smeditor.desk.viewsets import DeskModelViewSet
from smeditor.models import Label, SavedReply
from smeditor.templatetags.smeditor_desk import language_name


class SavedReplyForm(WagtailAdminModelForm):
    """A saved reply, proposed for one of the desk's labels or for any reaction."""

    situation = forms.ChoiceField(
        label=_("Proposed for"), required=False, choices=[("", _("any reaction")), *Label.choices]
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = SavedReply
        fields = ["title"]


class SavedReplyInspectView(InspectView):
    """One saved reply, with its label in words."""

    def get_situation_display_value(self) -> StrOrPromise:
        """The name of the label that it is proposed for."""
        return dict(Label.choices).get(self.object.situation, _("any reaction"))


class SavedReplyViewSet(DeskModelViewSet):
    """Saved replies under the desk's menu."""

    inspect_view_class = SavedReplyInspectView
    icon = "openquote"
    inspect_view_fields = ["title", "language", "situation", "text", "active", "uses"]
    search_fields = ["title", "text"]
    list_filter = ["language", "active"]
    list_display = [
        "title",
        Column("language", label=_("Language"), accessor=lambda row: language_name(row.language)),
        BooleanColumn("active", label=capfirst(_("active"))),
        NumberColumn("uses", label=capfirst(_("used")), sort_key="uses"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("language", widget=LanguageSelect()), FieldPanel("situation")]),
            FieldPanel("text"),
            FieldPanel("active"),
        ],
        base_form_class=SavedReplyForm,
    )
