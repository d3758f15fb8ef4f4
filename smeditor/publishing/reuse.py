"""Writing a post once more: a copy with all that belongs to it, whatever that is, and a link token of its own when it goes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.models.copying import _copy

from smeditor.models import Account, Post

NOT_COPIED = (
    *("id", "latest_revision", "live_revision", "first_published_at", "last_published_at", "has_unpublished_changes"),
    *("go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by", "live"),
    *("send_at", "rule", "in_reply_to", "conversation", "concern", "saved_reply", "created_by", "created_at"),
    *("article_revision", "repeat_days", "repeat_times"),
)
"""What belongs to the post that was, and not to what it says."""


def copy_of(post: Post, user: Any, accounts: Iterable[Account] | None = None, **changes: Any) -> Post:
    """Save and return a draft by ``user`` that says what ``post`` says, with copies of all that hangs on it.

    ``accounts``: where it shall go, else where ``post`` goes; what the post says differently for others is left out.
    ``changes``: fields of the copy that shall differ; a ``text`` is that of every account.
    """
    with transaction.atomic():
        draft, _children = _copy(post, exclude_fields=NOT_COPIED)
        draft.live = False
        draft.created_by = user
        for name, value in changes.items():
            setattr(draft, name, value)
        if accounts is not None:
            draft.accounts = list(accounts)
        _keep_variants(draft, with_text="text" not in changes)
        draft.save()
        draft.save_revision(user=user)
    return draft


def _keep_variants(draft: Post, *, with_text: bool) -> None:
    going = {account.pk for account in draft.accounts.all()}
    kept = [variant for variant in draft.variants.all() if variant.account_id in going]
    for variant in kept:
        if not with_text:
            variant.text = ""
    draft.variants.set(kept)
    draft.media.set([row for row in draft.media.all() if row.account_id is None or row.account_id in going])
