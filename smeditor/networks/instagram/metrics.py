"""Likes and comments of our posts, as Instagram counts them.

https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/instagram-media (``like_count``,
``comments_count``), one post to a call. How many saw a post is in its insights, for which the desk asks no permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import BadAnswer, Gone, Refused
from smeditor.networks.instagram import parse
from smeditor.networks.metrics import Metrics

if TYPE_CHECKING:
    from smeditor.networks.instagram.network import Instagram


def metrics(network: Instagram, ids: Sequence[str]) -> dict[str, Metrics]:
    """The counts of each post that Instagram shows, by its id; an account may hide its likes."""
    found: dict[str, Metrics] = {}
    for media_id in dict.fromkeys(native_id for native_id in ids if parse.AN_ID.fullmatch(native_id)):
        try:
            data = network.call("GET", f"/{media_id}", params={"fields": "id,like_count,comments_count"}).object("id")
        except (Gone, Refused, BadAnswer):
            continue
        found[media_id] = Metrics(likes=_count(data.get("like_count")), replies=_count(data.get("comments_count")))
    return found


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
