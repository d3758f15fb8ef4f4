"""From the Graph API's pages, posts and comments to the contract's dataclasses. Nothing of it is believed.

The fields are those of Meta's machine-readable description (``specs/meta``: Page, PagePost, Comment), the reactions' those of
https://developers.facebook.com/docs/graph-api/reference/object/reactions.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, InboundItem, Kind, Profile, Ref
from smeditor.networks.http import an_object, objects, read_time
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text

AN_ID = re.compile(r"\d{1,40}(?:_\d{1,40}){0,2}")
A_PAGE = re.compile(r"\d{1,40}")
REACTION_TYPES = frozenset({"like", "love", "wow", "haha", "sad", "angry", "care", "pride", "thankful"})
LONGEST_NAME = 200
LONGEST_URL = 2000
REACTIONS = "reactions"

POST_FIELDS = "id,message,created_time,permalink_url,is_published,application{id},attachments{url,unshimmed_url,media_type,target{id,url}}"
COMMENT_FIELDS = "id,message,created_time,from{id,name},parent{id},permalink_url,is_hidden,attachment,comment_count"
PROFILE_FIELDS = "id,name,username,link,followers_count,fan_count"
REACTION_FIELDS = "id,name,type"


def native_id(value: Any) -> str:
    """An id that can stand in an address. Raises BadAnswer."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not AN_ID.fullmatch(text):
        raise BadAnswer(_("The server gave an id that cannot be read."), cause=repr(value)[:80])
    return text


def when(value: Any) -> datetime:
    """A time as the API writes it (ISO 8601, ``+0000``) or a webhook does (epoch seconds). Raises BadAnswer."""
    try:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(value)
        found = read_time(str(value), datetime.now(UTC))
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise BadAnswer(_("The server gave a time that cannot be read."), cause=repr(value)[:80]) from error
    return found


def read_profile(data: Any) -> Profile:
    """A page. Raises BadAnswer without a usable id."""
    page = an_object(data, "id")
    page_id = native_id(page["id"])
    name = name_of(page.get("name"))
    counts = [page.get(key) for key in ("followers_count", "fan_count")]
    followers = next((n for n in counts if isinstance(n, int) and not isinstance(n, bool) and n >= 0), None)
    username = page.get("username")
    handle = username if isinstance(username, str) and re.fullmatch(r"[\w.]{1,100}", username) else ""
    return Profile(
        remote_id=page_id,
        handle=handle or name or page_id,
        display_name=name,
        url=address(page.get("link")) or address_of(page_id),
        followers=followers,
    )


def address_of(identity: str) -> str:
    """Where a page, a post or a comment is to be found, made of its id; Facebook leads on to its real address."""
    return f"https://www.facebook.com/{identity}"


def address(value: Any) -> str:
    """A web address that a person may follow; empty for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    if not re.match(r"https?://[^\s/]", text) or len(text) > LONGEST_URL or not text.isprintable() or " " in text:
        return ""
    return text


def name_of(value: Any) -> str:
    """A name of a person or a page, in one line and bounded."""
    return normalise_text(value, LONGEST_NAME).replace("\n", " ") if isinstance(value, str) else ""


def text_of(value: Any) -> str:
    """What somebody wrote. Facebook gives plain text: signs of HTML in it are the writer's own."""
    return normalise_text(value) if isinstance(value, str) else ""


def read_author(data: Any, fallback: str) -> Author:
    """Who wrote. Facebook does not tell it of everybody: such people are each known by what they wrote (``fallback``)."""
    person = data if isinstance(data, dict) else {}
    person_id = person.get("id")
    known = isinstance(person_id, str | int) and not isinstance(person_id, bool) and A_PAGE.fullmatch(str(person_id))
    name = name_of(person.get("name"))
    return Author(remote_id=str(person_id) if known else f"unknown:{fallback}", handle=name, display_name=name)


def author_id(data: dict[str, Any]) -> str:
    """The id of who wrote; empty where it is not told."""
    author = data.get("from")
    found = author.get("id") if isinstance(author, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def read_comment(data: Any, root: str) -> InboundItem:
    """A comment under our post ``root``. Raises BadAnswer without an id and a time."""
    comment = an_object(data, "id", "created_time")
    comment_id = native_id(comment["id"])
    parent = comment.get("parent")
    parent_id = parent.get("id") if isinstance(parent, dict) else None
    answered = str(parent_id) if isinstance(parent_id, str) and AN_ID.fullmatch(parent_id) else root
    text = text_of(comment.get("message"))
    return InboundItem(
        kind=Kind.COMMENT,
        native_id=comment_id,
        author=read_author(comment.get("from"), comment_id),
        published_at=when(comment["created_time"]),
        text=text,
        url=address(comment.get("permalink_url")) or address_of(comment_id),
        in_reply_to=answered,
        root=root,
        links=tuple(links_in(text)),
        has_media=isinstance(comment.get("attachment"), dict),
        hidden=comment.get("is_hidden") is True,
    )


def read_mention(data: Any) -> InboundItem:
    """A post by somebody else that names the page, or stands on it. Raises BadAnswer without an id and a time."""
    post = an_object(data, "id", "created_time")
    post_id = native_id(post["id"])
    text = text_of(post.get("message"))
    return InboundItem(
        kind=Kind.MENTION,
        native_id=post_id,
        author=read_author(post.get("from"), post_id),
        published_at=when(post["created_time"]),
        text=text,
        url=address(post.get("permalink_url")) or address_of(post_id),
        links=tuple(dict.fromkeys([*links_in(text), *attached_links(post)])),
        has_media=bool(objects(_data(post.get("attachments")))),
    )


def read_reaction(data: Any, subject: str, at: datetime) -> InboundItem | None:
    """A reader's reaction to our post ``subject``, seen ``at``; None where Facebook does not tell whose it is."""
    reaction = data if isinstance(data, dict) else {}
    person_id = reaction.get("id")
    if not isinstance(person_id, str) or not A_PAGE.fullmatch(person_id):
        return None
    return reaction_item(subject, reaction, reaction.get("type"), at)


def reaction_item(subject: str, person: Any, kind: Any, at: datetime) -> InboundItem:
    """The reaction of ``person`` to ``subject``: one a person, whatever its type, so that a change of mind is no second one."""
    author = read_author(person, subject)
    name = str(kind or "").lower()
    return InboundItem(
        kind=Kind.LIKE,
        native_id=f"{subject}/{REACTIONS}/{author.remote_id}",
        author=author,
        published_at=at,
        subject=subject,
        reaction_type=name if name in REACTION_TYPES else "",
        permalink="",
    )


def read_ref(post: dict[str, Any]) -> Ref:
    """Where a post or a comment is. Raises BadAnswer without a usable id."""
    identity = native_id(an_object(post, "id")["id"])
    return Ref(uri=identity, url=address(post.get("permalink_url")) or address_of(identity))


def attached_links(post: dict[str, Any]) -> list[str]:
    """The links of a post's attachments, without Facebook's own address before them (``l.facebook.com/l.php?u=``)."""
    found: list[str] = []
    for attachment in objects(_data(post.get("attachments")))[:20]:
        target = attachment.get("target")
        places = [attachment.get("unshimmed_url"), attachment.get("url")]
        places += [target.get("url")] if isinstance(target, dict) else []
        for place in places:
            if link := unshimmed(address(place)):
                found.append(link)
    return [link for link in dict.fromkeys(found) if not _is_facebook(link)]


def unshimmed(link: str) -> str:
    """What stands behind Facebook's own redirect, or ``link`` itself."""
    try:
        parts = urlsplit(link)
        if parts.hostname in {"l.facebook.com", "lm.facebook.com"} and parts.path == "/l.php":
            return address(next(iter(parse_qs(parts.query).get("u", [])), ""))
    except ValueError:
        return ""
    return link


def _is_facebook(link: str) -> bool:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return True
    return host == "facebook.com" or host.endswith(".facebook.com")


def _data(value: Any) -> Any:
    return value.get("data") if isinstance(value, dict) else None
