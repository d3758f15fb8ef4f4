"""Wagtail's choosers for the desk's forms: what is no key at all is said by the form, where Wagtail's own raise."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser, BaseChooser
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.images.widgets import AdminImageChooser
from wagtail.snippets.widgets import AdminSnippetChooser

from smeditor.articles import article_models
from smeditor.models import Post


class ForgivingChooser(BaseChooser):
    """A chooser that shows nothing chosen where its field refused what came, be it no number or a far too large one."""

    def get_instance(self, value: Any) -> Any:
        """The row that ``value`` names; None for what names none."""
        try:
            return super().get_instance(value)
        except (ValueError, TypeError, OverflowError):
            return None


class ArticleChooser(ForgivingChooser, AdminPageChooser):
    """The chooser of pages, of the models that are articles.

    Wagtail joins its labels to the model's name when the widget is made, once in the life of a process: they would stay
    in the language of who opened the form first.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(target_models=article_models() or None, **kwargs)
        self.choose_one_text = _("Choose an article")
        self.choose_another_text = _("Choose another article")
        self.link_to_chosen_text = _("Edit this article")


class ImageChooser(ForgivingChooser, AdminImageChooser):
    """The chooser of images."""


class DocumentChooser(ForgivingChooser, AdminDocumentChooser):
    """The chooser of documents, among them videos and captions."""


class PostChooser(ForgivingChooser, AdminSnippetChooser):
    """The chooser of posts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(model=Post, **kwargs)
        self.choose_one_text = _("Choose a post")
        self.choose_another_text = _("Choose another post")
        self.link_to_chosen_text = _("Edit this post")
