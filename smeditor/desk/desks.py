"""Desks: the viewset of the teams and their members."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column

from smeditor.desk.viewsets import DeskModelViewSet


class DeskViewSet(DeskModelViewSet):
    """The desks: who is in each, and where its mail goes."""

    icon = "group"
    inspect_view_fields = ["name", "slug", "email", "members"]
    search_fields = ["name", "slug"]
    list_display = [
        "name",
        Column("slug", label=capfirst(_("short name"))),
        Column("email", label=capfirst(_("e-mail"))),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
            FieldPanel("email"),
            FieldPanel("members", widget=forms.CheckboxSelectMultiple),
        ]
    )
