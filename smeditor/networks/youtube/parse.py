"""From YouTube's comments to reactions. Every kind of value in every place is read, and what is none is left out.

https://developers.google.com/youtube/v3/docs/comments and https://developers.google.com/youtube/v3/docs/commentThreads
(read 2026-11-30); the schemas are those of the discovery document, revision 20261104.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, InboundItem, Kind, Profile
from smeditor.networks.http import an_object, objects
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import absolute

WATCH = "https://www.youtube.com/watch"
CHANNEL = "https://www.youtube.com/channel"
AN_ID = re.compile(r"[\w.-]{1,120}", re.ASCII)
"""A comment's, video's or channel's id; a reply's is its parent's, a dot, and its own."""
LONGEST_TEXT = 12_000
NOT_SHOWN = frozenset({"heldForReview", "likelySpam", "rejected"})
NOT_COLLECTED = ("#nobot", "#nobridge")


def an_id(value: Any) -> str:
    """``value`` if it may be an id of YouTube's, else nothing: it goes into addresses."""
    return value if isinstance(value, str) and AN_ID.fullmatch(value) else ""


def thread_of(comment_id: str) -> str:
    """The first comment of the thread that a comment stands in: all answers stand beneath that one."""
    return comment_id.partition(".")[0]


def moment(value: Any) -> datetime | None:
    """An aware UTC time from RFC 3339; None for everything else."""
    try:
        when = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def read_profile(channel: dict[str, Any]) -> Profile:
    """The channel as an account. Raises BadAnswer without a usable id."""
    channel_id = an_id(channel.get("id"))
    if not channel_id:
        raise BadAnswer(cause="a channel without a usable id")
    snippet, statistics = _dict(channel.get("snippet")), _dict(channel.get("statistics"))
    title = _text(snippet.get("title"), 200) or channel_id
    custom = _text(snippet.get("customUrl"), 100).lstrip("@")
    followers = statistics.get("subscriberCount")
    return Profile(
        remote_id=channel_id,
        handle=custom or title,
        display_name=title,
        url=f"{CHANNEL}/{channel_id}",
        followers=int(followers)
        if isinstance(followers, str) and followers.isdecimal() and len(followers) < 13
        else None,
    )


def read_comment(comment: Any, kind: Kind, links: Iterable[str] = (), public: bool = True) -> InboundItem:
    """One comment as a reaction. ``links``: what the video shows, by which its article is found. Raises BadAnswer."""
    snippet = an_object(an_object(comment, "id", "snippet")["snippet"])
    comment_id, video = an_id(comment["id"]), an_id(snippet.get("videoId"))
    published = moment(snippet.get("publishedAt"))
    if not comment_id or published is None:
        raise BadAnswer(cause="a comment without a usable id or time")
    updated = moment(snippet.get("updatedAt"))
    text = _text(snippet.get("textOriginal") or snippet.get("textDisplay"), LONGEST_TEXT)
    thread = thread_of(comment_id)
    is_reply = thread != comment_id
    url = f"{WATCH}?v={video}&lc={comment_id}" if video else f"{WATCH}?lc={comment_id}"
    return InboundItem(
        kind=kind,
        native_id=comment_id,
        author=_author(snippet),
        published_at=published,
        text=text,
        url=url,
        edited_at=updated if updated is not None and updated > published else None,
        in_reply_to=thread if is_reply else video,
        root=thread if is_reply else "",
        links=tuple(dict.fromkeys((*links_in(text), *links))),
        has_media=isinstance(snippet.get("imageUrl"), str) and bool(snippet["imageUrl"]),
        hidden=snippet.get("moderationStatus") in NOT_SHOWN,
        public=public,
    )


def author_id(comment: Any) -> str:
    """The channel that wrote a comment; empty where it does not say."""
    snippet = _dict(_dict(comment).get("snippet"))
    return an_id(_dict(snippet.get("authorChannelId")).get("value"))


def video_links(video: Any) -> list[str]:
    """The addresses in a video's description."""
    return links_in(_text(_dict(_dict(video).get("snippet")).get("description"), 20_000))[:20]


def items(data: Any) -> list[dict[str, Any]]:
    """What a list holds. Raises BadAnswer for what is no list of YouTube's."""
    found = an_object(data).get("items")
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadAnswer(cause="items")
    return objects(found)


def next_page(data: Any) -> str:
    """The token of the next page, empty on the last one."""
    token = an_object(data).get("nextPageToken")
    return token if isinstance(token, str) and len(token) <= 2000 else ""


def _author(snippet: dict[str, Any]) -> Author:
    name = _text(snippet.get("authorDisplayName"), 200)
    channel = an_id(_dict(snippet.get("authorChannelId")).get("value"))
    url = absolute(str(snippet.get("authorChannelUrl") or ""), "") or (f"{CHANNEL}/{channel}" if channel else "")
    handle = name.lstrip("@")
    opted_out = any(mark in name.lower() for mark in NOT_COLLECTED)
    return Author(remote_id=channel or url, handle=handle, display_name=handle, url=url[:500], opted_out=opted_out)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, limit: int) -> str:
    return normalise_text(value, limit).strip() if isinstance(value, str) else ""
