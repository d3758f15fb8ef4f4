"""From X's objects to the desk's. Everything is read as if a stranger had written it.

https://docs.x.com/x-api/fundamentals/data-dictionary, …/edit-posts and …/conversation-id, read 2026-11-30: each edit has an id
of its own, ``edit_history_tweet_ids`` lists them, the first is the post's for ever; ``note_tweet`` has what is longer than
280; ``text`` has each link as t.co and HTML's ``&amp;``, ``&lt;``, ``&gt;``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.http import an_object, objects, read_time
from smeditor.networks.inbound import Author, InboundItem
from smeditor.networks.kinds import Kind
from smeditor.networks.messages import Ref
from smeditor.networks.metrics import Metrics
from smeditor.networks.x.connecting import SITE
from smeditor.networks.x.dialect import member
from smeditor.text.normal import normalise_text

AN_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
USERNAME = re.compile(r"[A-Za-z0-9_]{1,20}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
OPT_OUT = re.compile(r"#(?:nobot|nobots|nobridge|noarchive)\b", re.IGNORECASE)
NAMES_BEFORE = re.compile(r"(?:@[A-Za-z0-9_]{1,20}+\s++)++")
"""The names that X puts before a reply by itself."""
NO_LANGUAGE = {"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"}
"""What X writes where there is none to detect."""
LONGEST_NAME, LONGEST_LINK, LONGEST_POST = 200, 2000, 30_000
MOST_LINKS = 50
EPOCH_MS = 1_288_834_974_657
"""When ids begin: an id's upper bits are milliseconds since then (https://docs.x.com/fundamentals/x-ids)."""

POST_FIELDS = (
    "attachments,author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,"
    "in_reply_to_user_id,lang,note_tweet,referenced_tweets"
)
USER_FIELDS = "description,name,protected,username"


def an_id(value: Any) -> str:
    """``value`` if it is an id of X's. Raises BadAnswer."""
    if isinstance(value, str) and AN_ID.fullmatch(value):
        return value
    raise BadAnswer(_("The server's answer lacks what its documentation promises."), cause=f"id {value!r:.40}")


def id_or_nothing(value: Any) -> str:
    """``value`` if it is an id of X's, else empty."""
    return value if isinstance(value, str) and AN_ID.fullmatch(value) else ""


def when(value: Any) -> datetime:
    """Read a time of the API, aware and in UTC. Raises BadAnswer."""
    try:
        return read_time(value, datetime.now(UTC))
    except (ValueError, TypeError, OverflowError, OSError, AttributeError) as error:
        raise BadAnswer(_("The server gave a time that cannot be read."), cause=f"{value!r:.80}") from error


def minted_at(native_id: str) -> datetime:
    """When the post ``native_id`` was made, from the id itself."""
    return datetime.fromtimestamp(((int(native_id) >> 22) + EPOCH_MS) / 1000, UTC)


def address(value: Any) -> str:
    """``value`` if it is a web address, else empty."""
    sound = isinstance(value, str) and value.startswith(("http://", "https://")) and value.isprintable()
    return value if sound and len(value) <= LONGEST_LINK else ""


def username(user: Mapping[str, Any]) -> str:
    """A user's name as one writes it after ``@``; empty where it is none."""
    value = user.get("username")
    return value if isinstance(value, str) and USERNAME.fullmatch(value) else ""


def post_url(handle: str, post_id: str) -> str:
    """The address of a post; X leads any name before it to the right one."""
    return f"{SITE}/{handle or 'i'}/status/{post_id}"


def read_ref(post: Mapping[str, Any], handle: str) -> Ref:
    """The reference of one of our posts: the id of its first version, which stays; ``cid`` that of the version shown.

    Raises BadAnswer without an id.
    """
    shown = an_id(post.get("id"))
    return Ref(history(post)[0], post_url(handle, shown), shown)


def read_author(user: Mapping[str, Any]) -> Author:
    """Return who wrote; ``opted_out`` by the tags of the profile. Raises BadAnswer without an id."""
    name = username(user)
    return Author(
        remote_id=an_id(user.get("id")),
        handle=name,
        display_name=normalise_text(text_of(user.get("name")) or name, LONGEST_NAME),
        url=f"{SITE}/{name}" if name else "",
        opted_out=bool(OPT_OUT.search(text_of(user.get("description")))),
    )


def text_of(value: Any) -> str:
    """``value`` if it is a string, bounded, else empty."""
    return value[:LONGEST_POST] if isinstance(value, str) else ""


def users_of(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The users that an answer includes, by id."""
    includes = data.get("includes")
    listed = includes.get("users") if isinstance(includes, dict) else None
    return {user["id"]: user for user in objects(listed) if id_or_nothing(user.get("id"))}


def history(post: Mapping[str, Any]) -> list[str]:
    """The ids of a post's versions, the first first; itself where none are listed."""
    listed = member(post, "edit_history_tweet_ids")
    found = [value for value in listed if id_or_nothing(value)] if isinstance(listed, list) else []
    return found[:20] or [an_id(post.get("id"))]


def referenced(post: Mapping[str, Any], kind: str) -> str:
    """Id of the post that this one answers (``replied_to``) or quotes (``quoted``), else empty."""
    found = [item for item in objects(member(post, "referenced_tweets")) if item.get("type") == kind]
    return id_or_nothing(found[0].get("id")) if found else ""


def body_of(post: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The whole text of a post as X stores it, and its links' entities."""
    note = member(post, "note_tweet")
    if isinstance(note, dict) and isinstance(note.get("text"), str):
        entities = note.get("entities")
        urls = entities.get("urls") if isinstance(entities, dict) else None
        return note["text"][:LONGEST_POST], [*objects(urls), *_urls(post)][:MOST_LINKS]
    return text_of(post.get("text")), _urls(post)


def _urls(post: Mapping[str, Any]) -> list[dict[str, Any]]:
    entities = post.get("entities")
    return objects(entities.get("urls"))[:MOST_LINKS] if isinstance(entities, dict) else []


def leads_to(entity: Mapping[str, Any]) -> str:
    """The full address of a link's entity."""
    return address(entity.get("unwound_url")) or address(entity.get("expanded_url"))


def is_media(entity: Mapping[str, Any]) -> bool:
    """Whether a link stands for the post's own image or video, not for something that its author wrote."""
    shown = entity.get("display_url")
    return bool(entity.get("media_key")) or (
        isinstance(shown, str) and shown.startswith(("pic.x.com", "pic.twitter.com"))
    )


def plain(post: Mapping[str, Any]) -> str:
    """The text of a post as its author wrote it: full links, no names that X put before, no link to its own media."""
    text, urls = body_of(post)
    text = _without_names_before(text, post)
    for entity in urls:
        short = entity.get("url")
        if isinstance(short, str) and len(short) > len("https://"):
            text = text.replace(short, "" if is_media(entity) else address(entity.get("expanded_url")) or short)
    return normalise_text(unescape(text)).strip()


def _without_names_before(text: str, post: Mapping[str, Any]) -> str:
    span = post.get("display_text_range")
    start = span[0] if isinstance(span, list) and span and isinstance(span[0], int) else 0
    before = text[:start] if start > 0 else ""
    return text[start:] if before and NAMES_BEFORE.fullmatch(before) else text


def links(post: Mapping[str, Any]) -> tuple[str, ...]:
    """The full addresses that the author linked, in order; not those to the post's own media or the quoted post."""
    quoted = referenced(post, "quoted")
    found = [leads_to(entity) for entity in body_of(post)[1] if not is_media(entity)]
    return tuple(dict.fromkeys(link for link in found if link and not (quoted and f"/status/{quoted}" in link)))


def read_post(
    post: Any, users: Mapping[str, Mapping[str, Any]], kind: Kind, *, root: str = "", subject: str = ""
) -> InboundItem:
    """Return a reader's post. Raises BadAnswer where it has no id, author or time.

    Its ``native_id`` is its first version's, so that an edited post stays the same reaction; ``cid`` the last version's.
    """
    post = an_object(post, "id", "author_id", "created_at")
    versions, author_id = history(post), an_id(post["author_id"])
    user = users.get(author_id, {"id": author_id})
    author, at = read_author(user), when(post["created_at"])
    language = text_of(post.get("lang"))
    url = post_url(author.handle, versions[0])
    attachments = post.get("attachments")
    edited = len(versions) > 1
    return InboundItem(
        kind=kind,
        native_id=versions[0],
        author=author,
        published_at=minted_at(versions[0]) if edited else at,
        text=plain(post),
        url=url,
        language=language if LANGUAGE.fullmatch(language) and language not in NO_LANGUAGE else "",
        edited_at=at if edited else None,
        in_reply_to=referenced(post, "replied_to"),
        root=root or id_or_nothing(post.get("conversation_id")),
        quotes=referenced(post, "quoted"),
        subject=subject,
        links=links(post),
        cid=an_id(post["id"]),
        other_ids=tuple(dict.fromkeys([*versions[1:], an_id(post["id"])][:20])) if edited else (),
        has_media=isinstance(attachments, dict) and bool(attachments.get("media_keys")),
        public=user.get("protected") is not True,
    )


REACH_LISTS = {Kind.LIKE: "liking_users", Kind.REPOST: "retweeted_by"}


def read_reach(user: Any, kind: Kind, subject: str, at: datetime) -> InboundItem:
    """Return the like or the repost of ``subject`` by ``user``, which X gives neither an id nor a time."""
    author = read_author(an_object(user, "id"))
    native_id = f"{subject}/{REACH_LISTS[kind]}/{author.remote_id}"
    return InboundItem(kind, native_id, author, at, subject=subject, public=user.get("protected") is not True)


def read_metrics(post: Mapping[str, Any]) -> Metrics:
    """Return the public counts of a post."""
    counts = post.get("public_metrics")
    counts = counts if isinstance(counts, dict) else {}

    def of(key: str) -> int | None:
        value = member(counts, key)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

    return Metrics(of("like_count"), of("retweet_count"), of("reply_count"), of("quote_count"), of("impression_count"))
