"""Whether comments are still there: fifty ids a call, and what is missing is asked for alone.

A list that lacks an id tells nothing by itself; a comment is gone when it is not there under its own id either, and not
among those that the channel holds back. A failure is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smeditor.exceptions import Gone, NetworkError, Refused
from smeditor.networks.base import Presence
from smeditor.networks.youtube import parse

if TYPE_CHECKING:
    from smeditor.networks.youtube.network import YouTube

AT_ONCE = 50
ALONE = 10
"""Missing ones that are asked for alone in one check; the others are unknown until the next."""
HELD_PAGES = 3


def check(network: YouTube, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return the presence of each id."""
    result = dict.fromkeys(native_ids, Presence.UNKNOWN)
    known = [native_id for native_id in dict.fromkeys(native_ids) if parse.an_id(native_id)]
    try:
        missing: list[str] = []
        for start in range(0, len(known), AT_ONCE):
            part = known[start : start + AT_ONCE]
            there = _listed(network, part)
            result |= there
            missing += [native_id for native_id in part if native_id not in there]
        gone = [native_id for native_id in missing[:ALONE] if not _is_there(network, native_id, result)]
        if gone:
            result |= _judged(network, gone)
    except NetworkError:
        return result
    return result


def _listed(network: YouTube, ids: Sequence[str]) -> dict[str, Presence]:
    query = {"part": "snippet", "id": ",".join(ids), "textFormat": "plainText"}
    data = network.call("GET", "/comments", params=query).data
    found = {}
    for comment in parse.items(data):
        comment_id = parse.an_id(comment.get("id"))
        if comment_id in ids:
            snippet = comment.get("snippet")
            status = snippet.get("moderationStatus") if isinstance(snippet, dict) else None
            found[comment_id] = Presence.HIDDEN if status in parse.NOT_SHOWN else Presence.ALIVE
    return found


def _is_there(network: YouTube, native_id: str, result: dict[str, Presence]) -> bool:
    try:
        found = _listed(network, [native_id])
    except (Gone, Refused) as error:
        if isinstance(error, Refused) and error.code != "commentNotFound":
            raise
        return False
    result |= found
    return bool(found)


def _judged(network: YouTube, gone: Sequence[str]) -> dict[str, Presence]:
    """What is not there is gone, unless the channel holds it back; where that cannot be seen to its end, it is unknown."""
    held: set[str] = set()
    page = ""
    for _page in range(HELD_PAGES):
        query = {
            "part": "id",
            "allThreadsRelatedToChannelId": network.channel_id(),
            "moderationStatus": "heldForReview",
            "maxResults": "100",
        }
        data = network.call("GET", "/commentThreads", params={**query, **({"pageToken": page} if page else {})}).data
        held |= {parse.an_id(thread.get("id")) for thread in parse.items(data)}
        page = parse.next_page(data)
        if not page:
            return {
                native_id: Presence.HIDDEN if parse.thread_of(native_id) in held else Presence.DELETED
                for native_id in gone
            }
    return {native_id: Presence.HIDDEN for native_id in gone if parse.thread_of(native_id) in held}
