"""Wagtail's page chooser for a post's article, in the language of whoever opens the form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser

from smeditor.articles import article_models


class ArticleChooser(AdminPageChooser):
    """The chooser of pages, of the models that are articles.

    Wagtail joins its labels to the model's name when the widget is made, once in the life of a process: they would stay
    in the language of who opened the form first.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(target_models=article_models() or None, **kwargs)
        self.choose_one_text = _("Choose an article")
        self.choose_another_text = _("Choose another article")
        self.link_to_chosen_text = _("Edit this article")
