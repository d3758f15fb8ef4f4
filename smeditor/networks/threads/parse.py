"""From Threads' posts and replies to the contract's dataclasses.

Fields: https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies and
…/reference/reply-management (30 Nov 2026). Somebody else's post names its author by ``username`` only, so that this is
all by which a reader can be known; whoever takes another name is another reader.
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
from smeditor.networks.http import an_object, objects, read_time
from smeditor.networks.inbound import Author, InboundItem
from smeditor.networks.kinds import Kind
from smeditor.networks.messages import Ref
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import with_alternatives

A_NAME = re.compile(r"[A-Za-z0-9_.]{1,60}", re.ASCII)
SITE = "https://www.threads.com"
LONGEST_TEXT = 20_000
LONGEST_LINK = 2000
MEDIA_TYPES = {"IMAGE", "VIDEO", "CAROUSEL_ALBUM", "AUDIO"}
HIDDEN = {"HIDDEN", "COVERED", "BLOCKED", "RESTRICTED"}
"""Of ``hide_status``: NOT_HUSHED, UNHUSHED, HIDDEN, COVERED, BLOCKED, RESTRICTED. Only the first two show a reply."""
REPLY_FIELDS = (
    "id,text,timestamp,media_type,permalink,username,is_quote_post,quoted_post,has_replies,alt_text,"
    "link_attachment_url,is_reply,is_reply_owned_by_me,root_post,replied_to,hide_status,reply_audience,children"
)
POST_FIELDS = (
    "id,text,timestamp,media_type,permalink,username,owner,is_quote_post,quoted_post,alt_text,link_attachment_url,"
    "has_replies,children"
)
OWN_REPLY_FIELDS = (
    "id,text,timestamp,media_type,permalink,username,is_quote_post,quoted_post,alt_text,link_attachment_url,"
    "is_reply,root_post,replied_to,children"
)
MENTION_FIELDS = (
    "id,text,timestamp,media_type,permalink,username,is_quote_post,quoted_post,alt_text,link_attachment_url,"
    "has_replies,children"
)
PLACE_FIELDS = "id,is_reply,root_post,replied_to"
PROFILE_FIELDS = "id,username,name,threads_profile_picture_url,threads_biography"


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
    """A time of the API (``2024-09-12T23:17:39+0000``), aware and in UTC. Raises BadAnswer."""
    try:
        return read_time(str(value), datetime.now(UTC))
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise BadAnswer(_("The server gave a time that cannot be read."), cause=repr(value)[:80]) from error


def address(value: Any) -> str:
    """``value`` if it is a web address, else nothing."""
    sound = isinstance(value, str) and value.startswith(("https://", "http://")) and value.isprintable()
    return value if sound and len(value) <= LONGEST_LINK and " " not in value else ""


def read_profile(data: Mapping[str, Any]) -> Profile:
    """The account as ``/me`` describes it. Raises BadAnswer without an id and a name."""
    data = an_object(data, "id", "username")
    name = _name(data["username"])
    if not name:
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="username")
    shown = data.get("name")
    return Profile(
        remote_id=usable_id(data["id"]),
        handle=name,
        display_name=normalise_text(shown if isinstance(shown, str) else name, 200) or name,
        url=f"{SITE}/@{name}",
    )


def read_author(data: Mapping[str, Any]) -> Author:
    """Who wrote, by their name there. Raises BadAnswer without one."""
    name = _name(data.get("username"))
    if not name:
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="username")
    url = f"{SITE}/@{name}"
    return Author(remote_id=url, handle=name, url=url)


def _name(value: Any) -> str:
    return value.lower() if isinstance(value, str) and A_NAME.fullmatch(value) else ""


def read_ref(data: Mapping[str, Any]) -> Ref:
    """Where a post of ours is. Raises BadAnswer without an id."""
    return Ref(usable_id(an_object(data, "id")["id"]), address(data.get("permalink")))


def text_of(data: Mapping[str, Any]) -> str:
    """The text of a post in the desk's one form; empty where it has none."""
    text = data.get("text")
    return normalise_text(text[:LONGEST_TEXT]) if isinstance(text, str) else ""


def links_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The links of a post: those in its text, and the one whose preview stands under it."""
    attached = address(data.get("link_attachment_url"))
    found = [*links_in(text_of(data)), *([attached] if attached else [])]
    return tuple(dict.fromkeys(link for link in found if address(link)))


def read_item(data: Any, kind: Kind, *, root: str = "", now: datetime | None = None) -> InboundItem:
    """The reaction that a reply or a mention is. Raises BadAnswer where it lacks its id, author or time.

    ``root``: our own post whose conversation was read; ``now`` in place of a time that the API does not give.
    """
    data = an_object(data, "id")
    permalink = address(data.get("permalink"))
    quoted = id_in(data.get("quoted_post"))
    return InboundItem(
        kind=kind,
        native_id=usable_id(data["id"]),
        author=read_author(data),
        published_at=when(data["timestamp"]) if data.get("timestamp") is not None or now is None else now,
        text=with_alternatives(text_of(data), _alternatives(data)),
        url=permalink,
        in_reply_to=id_in(data.get("replied_to")) or root,
        root=id_in(data.get("root_post")) or root,
        quotes=quoted,
        subject=quoted if kind is Kind.QUOTE else "",
        links=links_of(data),
        other_ids=(permalink,) if permalink else (),
        has_media=str(data.get("media_type")) in MEDIA_TYPES,
        hidden=is_hidden(data),
    )


def is_hidden(data: Mapping[str, Any]) -> bool:
    """Whether readers do not see this reply, for the account hid it."""
    status = data.get("hide_status")
    return isinstance(status, str) and status in HIDDEN


def _alternatives(data: Mapping[str, Any]) -> list[str]:
    alt = data.get("alt_text")
    return [alt] if isinstance(alt, str) and alt else []


def page_of(data: Any) -> tuple[list[dict[str, Any]], str]:
    """The rows of one page, and the cursor of the next one (empty at the end). Raises BadAnswer for another shape.

    https://developers.facebook.com/docs/graph-api/results (30 Nov 2026): a page may be shorter than asked for, even
    empty; only a missing ``next`` address is the end. Where there is no ``next`` but a full set of cursors, as in Meta's
    own collection, an empty page is the end.
    """
    data = an_object(data)
    rows = data.get("data")
    if not isinstance(rows, list):
        raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause="data")
    paging = data.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    after = cursors.get("after") if isinstance(cursors, dict) else None
    more = isinstance(after, str) and bool(rows or (isinstance(paging, dict) and paging.get("next")))
    return objects(rows), after[:2000] if more and isinstance(after, str) else ""
