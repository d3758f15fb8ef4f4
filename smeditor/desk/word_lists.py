"""Word lists: the viewset of the wordings that a desk wants to be asked about."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn

from smeditor.desk.languages import LanguageSelect
from smeditor.desk.viewsets import DeskIndexView, DeskModelViewSet
from smeditor.models import Desk, WordList
from smeditor.permissions import scope
from smeditor.templatetags.smeditor_desk import language_name


class WordListForm(WagtailAdminModelForm):
    """A list for one of the desks that this user acts for, or for all where they may speak for all."""

    class Meta(WagtailAdminModelForm.Meta):
        model = WordList
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        if user is not None and "desk" in self.fields and not scope.speaks_for_desk(user, None):
            self.fields["desk"].queryset = Desk.objects.filter(members=user.pk)
            self.fields["desk"].required = True
            self.fields["desk"].help_text = _("A list for every desk is made by a chief.")


class WordListIndexView(DeskIndexView):
    """The lists, with the number of their wordings."""

    def get_base_queryset(self) -> QuerySet[WordList]:
        """Those that this user may see, each with its desk."""
        rows: QuerySet[WordList] = super().get_base_queryset()
        return rows.select_related("desk").annotate(number=Count("entries"))


class WordListViewSet(DeskModelViewSet):
    """Word lists under the desk's menu."""

    icon = "list-ul"
    index_view_class = WordListIndexView
    inspect_view_fields = ["name", "desk", "language", "severity", "active"]
    search_fields = ["name"]
    list_filter = ["language", "active", "desk"]
    list_display = [
        "name",
        Column(
            "desk", label=capfirst(_("desk")), accessor=lambda row: row.desk or _("all desks"), classname="sme-name"
        ),
        Column("language", label=_("Language"), accessor=lambda row: language_name(row.language)),
        Column("get_severity_display", label=capfirst(_("severity"))),
        NumberColumn("number", label=capfirst(_("wordings"))),
        BooleanColumn("active", label=capfirst(_("active"))),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldRowPanel([FieldPanel("desk"), FieldPanel("language", widget=LanguageSelect())]),
            FieldRowPanel([FieldPanel("severity"), FieldPanel("active")]),
            InlinePanel(
                "entries",
                heading=_("Wordings"),
                label=_("wording"),
                panels=[FieldPanel("pattern"), FieldPanel("advice")],
            ),
        ],
        base_form_class=WordListForm,
    )
