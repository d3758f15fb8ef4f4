"""Topic clashes: which topics an editor wants to hold back beside which kind of breaking story."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn

from smeditor.desk.fields import SentenceField
from smeditor.desk.viewsets import DeskModelViewSet
from smeditor.models import TopicClash

TOPICS_HELP = _("Sections and tags of articles, with commas between them.")
TERMS_HELP = _("Words or phrases, with commas between them; an asterisk stands for any ending: crash*.")


class TopicClashForm(WagtailAdminModelForm):
    """Both sides of a clash."""

    event_topics = SentenceField(label=_("Its sections or tags"), help_text=TOPICS_HELP)
    event_terms = SentenceField(label=_("Words in its headline"), help_text=TERMS_HELP)
    topics = SentenceField(label=_("Sections or tags of their articles"), help_text=TOPICS_HELP)
    terms = SentenceField(label=_("Words in the posts"), help_text=TERMS_HELP)

    class Meta(WagtailAdminModelForm.Meta):
        model = TopicClash
        fields = ["name"]

    def clean(self) -> dict[str, Any]:
        """Each side must name something, or the clash would never be found."""
        data = super().clean()
        for first, second in (("event_topics", "event_terms"), ("topics", "terms")):
            if not self.errors and not data.get(first) and not data.get(second):
                self.add_error(first, _("Name a topic or a word, or nothing will ever be found."))
        return data


class TopicClashViewSet(DeskModelViewSet):
    """Topic clashes in the admin: list, form, record."""

    icon = "warning"
    inspect_view_fields = ["name", "active", "event_topics", "event_terms", "topics", "terms", "reason"]
    search_fields = ["name", "reason"]
    list_filter = ["active"]
    list_display = ["name", "reason", BooleanColumn("active", label=capfirst(_("active")))]
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("active"), FieldPanel("reason")], heading=_("Clash")),
            MultiFieldPanel(
                [FieldPanel("event_topics"), FieldPanel("event_terms")], heading=_("When breaking news is about")
            ),
            MultiFieldPanel([FieldPanel("topics"), FieldPanel("terms")], heading=_("Propose to hold posts about")),
        ],
        base_form_class=TopicClashForm,
    )
