"""Desks: the viewset of the teams, with their sections and members."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column

from smeditor.desk.fields import SentenceField
from smeditor.desk.viewsets import DeskModelViewSet
from smeditor.models import Desk


class DeskForm(WagtailAdminModelForm):
    sections = SentenceField(
        label=_("Sections"), help_text=_("Short names of the sections whose reactions it handles.")
    )

    class Meta:
        model = Desk
        fields = ["name"]
        widgets = {"members": forms.CheckboxSelectMultiple}


class DeskViewSet(DeskModelViewSet):
    model = Desk
    name = "smeditor_desks"
    url_prefix = "smeditor/desks"
    icon = "group"
    menu_label = _("Desks")
    inspect_view_fields = ["name", "slug", "sections", "email", "members"]
    search_fields = ["name", "slug"]
    list_display = [
        "name",
        Column("slug", label=capfirst(_("short name"))),
        Column("email", label=capfirst(_("e-mail"))),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
            FieldPanel("sections"),
            FieldPanel("email"),
            FieldPanel("members"),
        ],
        base_form_class=DeskForm,
    )
