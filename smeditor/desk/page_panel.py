"""The side panel "Social" in the editor of an article's page: what the desk said and will say about it, and ways to begin.

Wagtail 8 has hooks for nearly everything in a page's editor, and none for its side panels: a host overrides
``get_side_panels`` in a view of its own, class by class. So that the panel is there for any page class, and beside whatever
view a host has made for it, :func:`install` extends that one method of Wagtail's own view, which every other calls.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.edit import EditView

from smeditor.articles import is_article, source_of
from smeditor.permissions import ADD_POST, VIEW_POST

if TYPE_CHECKING:
    from smeditor.desk.story import StoryPost

SHOWN = 10
INSTALLED = "smeditor_side_panel"


class SocialSidePanel(BaseSidePanel):
    """What the desk has on the article that is being edited."""

    name = "social"
    title = _("Social")
    template_name = "smeditor/admin/articles/side_social.html"
    order = 350

    class Media:
        css: ClassVar = {"all": ["smeditor/css/story.css"]}

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button that opens the panel."""

        aria_label = _("Toggle what the social desk says about it")
        icon_name = "comment"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            """The button receives how many posts no longer match the article."""
            return {
                **super().get_context_data(parent_context),
                "count": sum(entry.drifted for entry in self.panel.entries),
            }

    @cached_property
    def article(self) -> Any:
        """The page as the public has it, or its source where it is an alias."""
        return source_of(self.object)

    @cached_property
    def entries(self) -> list[StoryPost]:
        """The newest posts about it that this user may see."""
        from smeditor.desk import story

        return story.memory(self.request.user, self.article.pk, SHOWN)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The template receives the posts, and for who may write one the ways to begin."""
        from smeditor.desk.posts import starting
        from smeditor.publishing import drift

        context = super().get_context_data(parent_context)
        facts = drift.facts_now(self.article) if self.request.user.has_perm(ADD_POST) else None
        starts = (
            starting.starts_of(self.article, facts, starting.matching_rules(self.article, facts))
            if facts is not None
            else []
        )
        return context | {"article": self.article, "entries": self.entries, "starts": starts, "shown": SHOWN}


def panel_for(view: Any) -> SocialSidePanel | None:
    """The panel for what ``view`` edits; None for a page that is no article, a user without the right, or an autosave's answer."""
    partial = view.expects_json_response or view.hydrate_create_view
    if partial or not view.page.pk or not view.request.user.has_perm(VIEW_POST) or not is_article(view.page):
        return None
    return SocialSidePanel(view.page, view.request)


def install() -> None:
    """Let Wagtail's page editor show the panel. A second call changes nothing."""
    if getattr(EditView, INSTALLED, False):
        return
    wagtails = EditView.get_side_panels

    @wraps(wagtails)
    def get_side_panels(view: Any) -> Any:
        panels = wagtails(view)
        panel = panel_for(view)
        if panel is not None:
            panels.append(panel)
        return panels

    EditView.get_side_panels = get_side_panels
    setattr(EditView, INSTALLED, True)
