"""Beside a post: what its article is by now, what else is said about the story, and which rule wrote it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from smeditor.desk import story
from smeditor.models import RuleRun
from smeditor.permissions import VIEW_RULE

SHOWN = 5


class StorySidePanel(BaseSidePanel):
    """The story of one post."""

    name = "story"
    title = _("The story")
    template_name = "smeditor/admin/posts/side_story.html"
    order = 245

    class Media:
        css: ClassVar = {"all": ["smeditor/css/story.css"]}

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button that opens the panel."""

        aria_label = _("Toggle the story")
        icon_name = "doc-full"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            """The button receives how many things changed in the article since the post was written."""
            return {**super().get_context_data(parent_context), "count": len(self.panel.changes)}

    @cached_property
    def row(self) -> Any:
        """How the post stands to its article; None where it matches."""
        return getattr(self.object, "drift", None) if self.object.pk else None

    @cached_property
    def changes(self) -> list[story.Change]:
        """What no longer matches, while nobody has decided about it."""
        if self.row is None or not self.row.is_open:
            return []
        return story.changes_of(self.row, story.image_names([story.drift.found_in(self.row)]))

    @property
    def run(self) -> RuleRun | None:
        """What a rule did that made this post, for who may see rules; None where a person made it."""
        if not self.object.pk or not self.request.user.has_perm(VIEW_RULE):
            return None
        return RuleRun.objects.filter(post=self.object.pk).select_related("rule").first()

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The template receives the changes, the other posts about the article, and the rule's run that made this one."""
        context = super().get_context_data(parent_context)
        post, user = self.object, self.request.user
        entries = story.memory(user, post.article_key, SHOWN + 1) if post.pk and post.article_key else []
        context |= {
            "changes": self.changes,
            "drift": self.row,
            "run": self.run,
            "others": [entry for entry in entries if entry.post.pk != post.pk][:SHOWN],
        }
        return context
