"""What the AppView shows of others (posts, profiles, notifications), as the contract's plain dataclasses.

Everything here comes from outside: a view without what the lexicon promises raises BadAnswer, odd values are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from smeditor.networks.base import Author, InboundItem, Kind
from smeditor.networks.bluesky import facets
from smeditor.networks.bluesky.uri import WEB, engagement_id, read, web_address
from smeditor.networks.http import an_object, objects
from smeditor.networks.metrics import Metrics
from smeditor.text.sanitise import with_alternatives

LONGEST_ALT = 2000
MEDIA = 20
LOGGED_OUT = "!no-unauthenticated"
"""Label by which an author asks not to be shown to people who are not signed in (``com.atproto.label.defs``)."""
OPTED_OUT = re.compile(r"(?<!\w)#(?:nobot|nobots|nobridge)\b", re.IGNORECASE)
_MEDIA = ("app.bsky.embed.images", "app.bsky.embed.video", "app.bsky.embed.gallery")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def author(profile: Any) -> Author:
    """Read a profile view of any detail. A short one has no description: then ``opted_out`` is False, not known."""
    view = an_object(profile, "did", "handle")
    did, handle = _text(view["did"]), _text(view["handle"])
    own = _own_labels(view)
    return Author(
        remote_id=did,
        handle=handle,
        display_name=_text(view.get("displayName")),
        url=f"{WEB}/profile/{did}",
        bot="bot" in own,
        opted_out=bool(OPTED_OUT.search(_text(view.get("description")))),
    )


def post(view: Any, ours: str) -> InboundItem:
    """Read a post view, or a notification about a post, as it concerns the account with the DID ``ours``.

    Its kind follows from the record itself: a reply in one of our threads that also mentions us is announced as a
    mention only (``reason``), yet it is a reply.
    """
    view = an_object(view, "uri", "cid", "author", "record")
    record = an_object(view["record"])
    writer = an_object(view["author"], "did", "handle")
    uri = _text(view["uri"])
    reply = _object(record.get("reply"))
    parent, root = _strong_uri(reply.get("parent")), _strong_uri(reply.get("root"))
    quotes = quoted(record)
    if owner(parent) == ours or owner(root) == ours:
        kind = Kind.REPLY
    elif owner(quotes) == ours:
        kind = Kind.QUOTE
    else:
        kind = Kind.MENTION
    indexed = moment(view.get("indexedAt"))
    languages = record.get("langs")
    return InboundItem(
        kind=kind,
        native_id=uri,
        author=author(writer),
        published_at=published(record.get("createdAt"), indexed),
        text=with_alternatives(_text(record.get("text")), _alternatives(record)),
        url=web_address(uri),
        language=_text(languages[0]) if isinstance(languages, list) and languages else "",
        in_reply_to=parent,
        root=root,
        quotes=quotes,
        subject=next((uri for uri in (parent, quotes, root) if owner(uri) == ours), ""),
        links=tuple(_links(record)),
        cid=_text(view["cid"]),
        has_media=_has_media(record),
        public=LOGGED_OUT not in _own_labels(writer),
    )


def engagement(kind: Kind, profile: Any, subject: str, at: datetime, own_uri: str = "") -> InboundItem:
    """A like or a repost of ``subject`` by ``profile``; ``own_uri`` is the address of its record where it is known."""
    who = an_object(profile, "did", "handle")
    return InboundItem(
        kind=kind,
        native_id=engagement_id(kind, subject, _text(who["did"])),
        author=author(who),
        published_at=at,
        subject=subject,
        other_ids=(own_uri,) if own_uri else (),
        public=LOGGED_OUT not in _own_labels(who),
    )


def metrics(view: Mapping[str, Any]) -> Metrics:
    """The public counts of a post view."""
    return Metrics(
        likes=_count(view.get("likeCount")),
        reposts=_count(view.get("repostCount")),
        replies=_count(view.get("replyCount")),
        quotes=_count(view.get("quoteCount")),
    )


def quoted(record: Mapping[str, Any]) -> str:
    """The AT-URI of the post that a record quotes, or ""."""
    embed = _object(record.get("embed"))
    inner = _object(embed.get("record"))
    if embed.get("$type") == "app.bsky.embed.recordWithMedia":
        inner = _object(inner.get("record"))
    return _strong_uri(inner)


def owner(uri: str) -> str:
    """The DID in whose repository a record lies, "" for what is no AT-URI."""
    try:
        return read(uri).repo
    except ValueError:
        return ""


def moment(value: Any) -> datetime | None:
    """Read a lexicon ``datetime`` as an aware UTC time; None for what is none."""
    try:
        when = datetime.fromisoformat(_text(value))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def published(claimed: Any, indexed: datetime | None) -> datetime:
    """When something was published: what its author claims, unless the network had seen it before that time."""
    when = moment(claimed)
    if when and indexed:
        return min(when, indexed)
    return when or indexed or _LONG_AGO


def _links(record: Mapping[str, Any]) -> list[str]:
    found = facets.links(dict(record))
    uri = _text(_object(_media(record).get("external")).get("uri"))
    if uri.startswith(("https://", "http://")) and uri not in found:
        found.append(uri)
    return found


def _has_media(record: Mapping[str, Any]) -> bool:
    return _text(_media(record).get("$type")) in _MEDIA


def _alternatives(record: Mapping[str, Any]) -> list[str]:
    """What the author wrote for those who do not see the pictures or the video."""
    media = _media(record)
    pictures = [*objects(media.get("images")), *objects(media.get("items"))][:MEDIA]
    return [_text(item.get("alt"))[:LONGEST_ALT] for item in [*pictures, media]]


def _media(record: Mapping[str, Any]) -> dict[str, Any]:
    """The embed of a record, or its media part beside a quoted post."""
    embed = _object(record.get("embed"))
    return _object(embed.get("media")) or embed


def _own_labels(view: Mapping[str, Any]) -> set[str]:
    """The labels that the author put on the own profile, not those that some moderation service put there."""
    labels = view.get("labels")
    return {
        _text(label.get("val"))
        for label in (labels if isinstance(labels, list) else [])
        if isinstance(label, dict) and label.get("src") == view.get("did") and not label.get("neg")
    }


def _strong_uri(value: Any) -> str:
    return _text(_object(value).get("uri"))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
