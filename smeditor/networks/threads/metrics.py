"""What readers did to our posts, and how many saw them, as Threads counts it.

https://developers.facebook.com/docs/threads/insights#media-insights (``GET /{threads-media-id}/insights``, 2026-11-30), one post to a
call, for who granted ``threads_manage_insights``. A post that is a repost has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, Refused
from smeditor.networks.http import objects
from smeditor.networks.metrics import Metrics
from smeditor.networks.threads import parse
from smeditor.networks.threads.api import lacks_permission
from smeditor.networks.threads.connecting import INSIGHTS

if TYPE_CHECKING:
    from smeditor.networks.threads.network import Threads

NAMES = ("views", "likes", "replies", "reposts", "quotes")


def metrics(network: Threads, ids: Sequence[str]) -> dict[str, Metrics]:
    """The counts of each post that Threads shows, by its id. Nothing where the permission was not granted."""
    found: dict[str, Metrics] = {}
    if not network.may(INSIGHTS):
        return found
    for media_id in dict.fromkeys(native_id for native_id in ids if parse.AN_ID.fullmatch(native_id)):
        try:
            data = network.call("GET", f"/{media_id}/insights", params={"metric": ",".join(NAMES)}).object("data")
        except (Gone, Refused, BadAnswer):
            continue
        except AuthExpired as error:
            if not lacks_permission(error):
                raise
            return found
        found[media_id] = _read(data["data"])
    return found


def _read(data: Any) -> Metrics:
    counts = {}
    for entry in objects(data):
        value = next((item.get("value") for item in objects(entry.get("values"))), None)
        if entry.get("name") in NAMES and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            counts[entry["name"]] = value
    return Metrics(**counts)
