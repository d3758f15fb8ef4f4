"""Wagtail's own previews of a post, drawn with the composer's cards: of what is typed, of a version, of a workflow's task.

The cards are made here and handed over with the post: what a model draws of itself knows nothing of the desk.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.snippets.views.snippets import (
    PreviewOnCreateView,
    PreviewOnEditView,
    PreviewRevisionView,
    WorkflowPreviewView,
)

from smeditor.desk.posts.preview_cards import compose
from smeditor.models import Post


def with_cards(post: Post, request: HttpRequest) -> Post:
    """``post`` as it is in memory with its cards as ``composed``, where the preview's template looks for them."""
    post.composed = compose(post, timezone.now(), request.user)
    return post


class ComposesTyped:
    """A preview of what is typed: once the form is in the post, its cards are made."""

    object: Post
    request: HttpRequest

    def get_extra_request_attrs(self) -> dict[str, Any]:
        """Wagtail's own; it asks for them when the post holds what the form has."""
        with_cards(self.object, self.request)
        return super().get_extra_request_attrs()  # type: ignore[misc]


class PreviewNewPost(ComposesTyped, PreviewOnCreateView):
    """The preview of a post that is not saved yet."""


class PreviewPost(ComposesTyped, PreviewOnEditView):
    """The preview of a post that is being changed."""


class PreviewPostRevision(PreviewRevisionView):
    """A version of a post as it would go out."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The version's preview, with its cards."""
        with_cards(self.revision_object, request)
        return super().get(request, *args, **kwargs)


class PreviewPostTask(WorkflowPreviewView):
    """The version that waits in a workflow, for who decides on it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Its preview, with its cards; what it does not show to this user Wagtail says."""
        if not self.task_state or not self.task.get_actions(self.object, request.user):
            return super().get(request, *args, **kwargs)
        post = with_cards(self.task_state.revision.as_object(), request)
        return post.make_preview_request(
            request, post.default_preview_mode, {"revision_id": self.task_state.revision_id}
        )
