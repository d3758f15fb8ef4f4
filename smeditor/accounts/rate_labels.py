"""A network's rates in an editor's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS: dict[str, StrOrPromise] = {
    **dict.fromkeys(("statuses", "repo-write", "posts", "publish", "send"), _("posts")),
    **dict.fromkeys(("reply", "comments", "send reply"), _("answers")),
    **dict.fromkeys(("delete", "deletes", "send delete"), _("deletions")),
    **dict.fromkeys(("media", "upload"), _("images")),
    **dict.fromkeys(("session", "oauth"), _("log-ins")),
    "api": _("requests"),
    "app": _("requests of the app, in percent"),
    "page": _("requests for the page, in percent"),
    "business": _("requests for the organisation, in percent"),
    "units": _("points of the day"),
    "send edit": _("corrections"),
    "search": _("searches"),
    "mentions": _("mentions that are read"),
    "quotes": _("quotes that are read"),
    "own posts": _("own posts that are read"),
    "users": _("profiles that are read"),
    "liking_users": _("likes that are read"),
    "retweeted_by": _("reposts that are read"),
    "liking": _("likes of ours"),
    "hiding": _("hidden answers"),
}
"""What the adapters call their rates."""


def rate_label(bucket: str) -> StrOrPromise:
    """What a rate limits. The steps of an upload are one thing; a bucket of a network that is not ours keeps its name."""
    return LABELS["media"] if bucket.startswith("media ") else LABELS.get(bucket, bucket)
