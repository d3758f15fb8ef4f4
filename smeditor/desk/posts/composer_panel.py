"""The form of a post as one screen: the text and its settings on the left, each chosen account beside them."""

from __future__ import annotations

from typing import Any

from django.forms import Media
from django.utils import timezone
from wagtail.admin.panels import ObjectList

from smeditor.desk.posts.preview_cards import Composed, compose


class ComposerPanel(ObjectList):
    """Wagtail's own list of panels, with a column for the accounts (``sme-composer``).

    Without a script the column shows the post as it was saved, and what differs is written in the panel for that.
    """

    class BoundPanel(ObjectList.BoundPanel):
        """The screen of one post."""

        template_name = "smeditor/admin/posts/compose/composer.html"

        @property
        def media(self) -> Media:
            """The children's, and the composer's own script and style."""
            return super().media + Media(
                js=[
                    f"smeditor/js/{name}.js"
                    for name in ("composer", "thread", "suggest", "kept", "waiting", "focus", "paste", "good_times")
                ],
                css={"all": ["smeditor/css/cards.css", "smeditor/css/composer.css"]},
            )

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The template receives the cards of the post as it was saved last, and whose unsaved text the tab keeps."""
            context = super().get_context_data(parent_context)
            saved = self.instance is not None and self.instance.pk
            context["composed"] = compose(self.instance, timezone.now(), self.request.user) if saved else Composed()
            context["user_key"] = self.request.user.pk
            return context
