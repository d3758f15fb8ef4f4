"""What follows when a person saved a post: its links are asked about, and what the checks say is written down."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from smeditor.models import Post
from smeditor.publishing import preflight
from smeditor.publishing.checks import link_asking, record


def after_saving(request: HttpRequest, post: Any) -> None:
    """Wagtail calls it for every snippet that was saved by its form; of another than a post nothing follows."""
    if not isinstance(post, Post):
        return
    saved, now = post.get_latest_revision_as_object(), timezone.now()
    link_asking.ask_for(saved, now)
    if not saved.live:
        record.note_saved(post, preflight.check(saved, now).findings, request.user, now)
