"""A new post for a free place of the calendar: its account and its time are filled in, the words are the editor's."""

from __future__ import annotations

from datetime import UTC

from django.http import HttpRequest
from django.utils import timezone

from smeditor.models import Post
from smeditor.permissions import scope
from smeditor.text.params import parse_datetime, parse_id


def planned(post: Post, request: HttpRequest) -> Post:
    """``post``, unsaved, for the account and the time that the address names (``?account=12&send_at=2026-03-09T07:30Z``).

    What has passed, is no time, or is an account that this user does not act for is left out: the form says what is chosen.
    """
    key = parse_id(request.GET.get("account"))
    rows = scope.own_accounts(request.user).filter(sends=True, pk=key) if key else None
    if rows is not None and (account := rows.first()):
        post.accounts.set([account])
    moment = parse_datetime(request.GET.get("send_at"), UTC)
    if moment and moment > timezone.now():
        post.send_at = moment
    return post
