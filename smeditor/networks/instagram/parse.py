"""From Instagram's posts and comments to the contract's dataclasses.

Fields: Meta's own description (``IGUserForIGOnlyAPI``, ``IGMediaForIGOnlyAPI``, ``IGComment``) and
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-comment (30 Nov 2026).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.containers import AN_ID as AN_ID  # what is an id to both
from smeditor.networks.credentials import Profile
from smeditor.networks.http import an_object, read_time
from smeditor.networks.inbound import Author, InboundItem
from smeditor.networks.kinds import Kind
from smeditor.networks.messages import Ref
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text

A_NAME = re.compile(r"[A-Za-z0-9_.]{1,60}", re.ASCII)
SITE = "https://www.instagram.com"
LONGEST_TEXT = 20_000
LONGEST_LINK = 2000
PROFESSIONAL = {"BUSINESS", "MEDIA_CREATOR", "CREATOR"}
PROFILE_FIELDS = "id,user_id,username,name,account_type,followers_count"
MEDIA_FIELDS = "id,caption,media_type,permalink,timestamp,username"
REPLY_FIELDS = "id,text,timestamp,username,from,hidden,parent_id"
COMMENT_FIELDS = f"{REPLY_FIELDS},replies.limit(50){{{REPLY_FIELDS}}}"
TAG_FIELDS = "id,caption,timestamp,username,permalink,media_type"


def usable_id(value: Any) -> str:
    """An id that can stand in an address. Raises BadAnswer for anything else."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not AN_ID.fullmatch(text):
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="id")
    return text


def id_in(value: Any) -> str:
    """The id of an object like ``{"id": "…"}``; empty where there is none."""
    found = value.get("id") if isinstance(value, Mapping) else None
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if AN_ID.fullmatch(text) else ""


def when(value: Any) -> datetime:
    """A time of the API (``2017-08-31T18:10:30+0000``), aware and in UTC. Raises BadAnswer."""
    try:
        return read_time(str(value), datetime.now(UTC))
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise BadAnswer(_("The server gave a time that cannot be read."), cause=repr(value)[:80]) from error


def address(value: Any) -> str:
    """``value`` if it is a web address, else nothing."""
    sound = isinstance(value, str) and value.startswith(("https://", "http://")) and value.isprintable()
    return value if sound and len(value) <= LONGEST_LINK and " " not in value else ""


def name_of(value: Any) -> str:
    """A name there, in the one form that it has; empty for what is none."""
    return value.lower() if isinstance(value, str) and A_NAME.fullmatch(value) else ""


def read_profile(data: Mapping[str, Any]) -> Profile:
    """The account as ``/me`` describes it, by the id that webhooks name (``user_id``). Raises BadAnswer without it."""
    data = an_object(data, "username")
    name = name_of(data["username"])
    if not name:
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="username")
    shown, followers = data.get("name"), data.get("followers_count")
    counted = isinstance(followers, int) and not isinstance(followers, bool) and followers >= 0
    return Profile(
        remote_id=usable_id(data.get("user_id") or data.get("id")),
        handle=name,
        display_name=normalise_text(shown if isinstance(shown, str) else name, 200) or name,
        url=f"{SITE}/{name}",
        followers=followers if counted else None,
    )


def read_author(data: Mapping[str, Any]) -> Author:
    """Who wrote: by the id that Instagram gives for this app, else by the name. Raises BadAnswer without both."""
    writer = data.get("from")
    given = writer.get("username") if isinstance(writer, Mapping) else None
    name, author_id = name_of(data.get("username")) or name_of(given), id_in(writer)
    url = f"{SITE}/{name}" if name else ""
    if not (author_id or url):
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="from")
    return Author(remote_id=author_id or url, handle=name or author_id, url=url)


def text_in(value: Any) -> str:
    """A text in the desk's one form; empty where there is none."""
    return normalise_text(value[:LONGEST_TEXT]) if isinstance(value, str) else ""


def read_ref(data: Mapping[str, Any]) -> Ref:
    """Where a post of ours is. Raises BadAnswer without an id."""
    return Ref(usable_id(an_object(data, "id")["id"]), address(data.get("permalink")))


def read_comment(data: Any, media_id: str, parent_id: str = "", now: datetime | None = None) -> InboundItem:
    """The comment under our post ``media_id``; ``parent_id``: the comment that it answers.

    ``now`` stands in place of a time that is not given. A comment has no address of its own.
    """
    data = an_object(data, "id")
    text = text_in(data.get("text"))
    parent = parent_id or id_in({"id": data.get("parent_id")})
    return InboundItem(
        kind=Kind.COMMENT,
        native_id=usable_id(data["id"]),
        author=read_author(data),
        published_at=when(data["timestamp"]) if data.get("timestamp") is not None or now is None else now,
        text=text,
        in_reply_to=parent or media_id,
        root=media_id,
        links=tuple(link for link in dict.fromkeys(links_in(text)) if address(link)),
        hidden=data.get("hidden") is True,
        permalink="",
    )


def read_tagged(data: Any) -> InboundItem:
    """A post in which somebody tagged the account. Raises BadAnswer where it lacks its id, author or time."""
    data = an_object(data, "id", "timestamp")
    permalink, text = address(data.get("permalink")), text_in(data.get("caption"))
    return InboundItem(
        kind=Kind.MENTION,
        native_id=usable_id(data["id"]),
        author=read_author(data),
        published_at=when(data["timestamp"]),
        text=text,
        url=permalink,
        links=tuple(link for link in dict.fromkeys(links_in(text)) if address(link)),
        other_ids=(permalink,) if permalink else (),
        has_media=True,
    )
