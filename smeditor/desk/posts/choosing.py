"""Choosing a post, as Wagtail's choosers do: among those that one may see, and for nobody else."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic.chooser import BaseChooseView
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
)

from smeditor.desk.gates import gated
from smeditor.desk.search import full_text_search
from smeditor.models import Post
from smeditor.models.full_text import POSTS
from smeditor.permissions.visibility import posts_visible_to
from smeditor.text.params import parse_ids


class SearchForm(BaseFilterForm):
    """Searches in the database itself: Wagtail's backend takes no query set that is narrowed by who may see what."""

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects: QuerySet[Post]) -> QuerySet[Post]:
        """``objects``, narrowed to what holds every word that was asked for."""
        query = self.cleaned_data.get("q")
        if query:
            self.is_searching, self.search_query = True, query
            objects = full_text_search(objects, query, POSTS, ["text", "article_title"])
        return objects


class VisiblePosts(BaseChooseView):
    """The chooser's list, narrowed to what this user may see."""

    filter_form_class = SearchForm

    def get_object_list(self) -> QuerySet[Post]:
        """The posts that this user may see."""
        return posts_visible_to(self.request.user)


class PostChooseView(VisiblePosts, ChooseView):
    """The chooser's window."""


class PostChooseResultsView(VisiblePosts, ChooseResultsView):
    """The chooser's list, as it comes again while one searches."""


class PostChosenMultipleView(SnippetChosenMultipleView):
    """Several chosen posts at once."""

    def get_objects(self, pks: list[str]) -> QuerySet[Post]:
        """Those of the chosen posts that this user may see."""
        return posts_visible_to(self.request.user).filter(pk__in=parse_ids(pks))


class PostChooserViewSet(SnippetChooserViewSet):
    """Wagtail's own, without a form to create a post: that has a page of its own."""

    choose_view_class = PostChooseView
    choose_results_view_class = PostChooseResultsView
    chosen_multiple_view_class = PostChosenMultipleView

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's own addresses each gated."""
        return gated(Post, super().get_urlpatterns())
