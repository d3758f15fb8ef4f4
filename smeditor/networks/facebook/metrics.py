"""What readers did to the page's posts, as Facebook counts it.

https://developers.facebook.com/docs/graph-api/reference/page-post (``shares``) and …/reference/object/reactions and /comments
(``summary``). How many saw a post is in its insights, for which the desk asks no permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import BadAnswer, Gone, Refused
from smeditor.networks.facebook.parse import AN_ID, REACTIONS
from smeditor.networks.facebook.presence import BATCH, count_of
from smeditor.networks.metrics import Metrics

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

FIELDS = f"id,{REACTIONS}.limit(0).summary(true),comments.limit(0).filter(stream).summary(true),shares"


def metrics(network: Facebook, ids: Sequence[str]) -> dict[str, Metrics]:
    """The counts of each post that Facebook shows, by its id; fifty to a call, and one by one where one spoils the call."""
    wanted = [native_id for native_id in ids if AN_ID.fullmatch(native_id)]
    found: dict[str, Metrics] = {}
    for start in range(0, len(wanted), BATCH):
        found |= _some(network, wanted[start : start + BATCH])
    return found


def _some(network: Facebook, ids: list[str]) -> dict[str, Metrics]:
    params = {"fields": FIELDS}
    try:
        if len(ids) == 1:
            return {ids[0]: _read(network.api.call("GET", f"/{ids[0]}", params=params).object("id"))}
        data = network.api.call("GET", "/", params={"ids": ",".join(ids), **params}).object()
    except (Gone, Refused, BadAnswer):
        return {} if len(ids) == 1 else dict(pair for key in ids for pair in _some(network, [key]).items())
    return {key: _read(value) for key, value in data.items() if key in ids and isinstance(value, dict)}


def _read(post: dict[str, Any]) -> Metrics:
    shares = post.get("shares")
    count = shares.get("count") if isinstance(shares, dict) else None
    return Metrics(
        likes=count_of(post.get(REACTIONS)),
        replies=count_of(post.get("comments")),
        reposts=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
    )
