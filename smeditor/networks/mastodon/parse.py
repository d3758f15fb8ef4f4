"""From Mastodon's entities to the contract's dataclasses.

Only what is used is required: ``id``, ``account`` and ``created_at`` of a status. Servers that are not Mastodon leave
out ``uri``, ``role``, ``group_key``, ``indexable`` and more, although the API's document calls some of them required.
A status that is not public loses its text here, at the border.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, InboundItem, Kind, Profile, Ref
from smeditor.networks.http import an_object, objects, read_time
from smeditor.networks.mastodon.content import address, links, plain
from smeditor.networks.metrics import Metrics
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import with_alternatives

LONGEST_NAME = 200
LONGEST_ALT = 2000
MEDIA = 16
PUBLIC = {"public", "unlisted"}
AN_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
"""Digits on Mastodon, letters as well on other servers that speak its API; it becomes part of a path."""
OPT_OUT = re.compile(r"#(?:nobot|nobots|nobridge|noarchive)\b", re.IGNORECASE)


def when(value: Any) -> datetime:
    """Read a time of the API, aware and in UTC. Raises BadAnswer."""
    try:
        return read_time(str(value), datetime.now(UTC))
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise BadAnswer(_("The server gave a time that cannot be read."), cause=repr(value)[:80]) from error


def person_id(account: dict[str, Any], host: str) -> str:
    """The identity of a person that every server agrees on: the ActivityPub id, else the profile's address.

    Mastodon's own ``id`` is different on each server, so that one reader seen through two of our accounts would count
    twice and two readers could share a number.
    """
    for key in ("uri", "url"):
        if value := address(account.get(key)):
            return value
    return f"https://{host}/@{account.get('acct') or account['id']}"


def handle(account: dict[str, Any], host: str) -> str:
    """``name@server`` of an account; the server leaves its own name out."""
    name = str(account.get("acct") or account.get("username") or account["id"])
    return name if "@" in name else f"{name}@{host}"


def read_profile(account: dict[str, Any], host: str) -> Profile:
    """Return the desk's own account as ``host`` describes it. Raises BadAnswer where it has no id."""
    account = an_object(account, "id")
    followers = account.get("followers_count")
    return Profile(
        remote_id=person_id(account, host),
        handle=handle(account, host),
        display_name=normalise_text(str(account.get("display_name") or account.get("username") or ""), LONGEST_NAME),
        url=address(account.get("url")),
        followers=followers if isinstance(followers, int) and followers >= 0 else None,
    )


def read_author(account: Any, host: str) -> Author:
    """Return who wrote, as ``host`` describes them; ``opted_out`` by the tags of their profile. Raises BadAnswer without an id."""
    account = an_object(account, "id")
    bio = str(account.get("note") or "") + str(account.get("fields") or "")
    return Author(
        remote_id=person_id(account, host),
        handle=handle(account, host),
        display_name=normalise_text(str(account.get("display_name") or account.get("username") or ""), LONGEST_NAME),
        url=address(account.get("url")),
        bot=account.get("bot") is True,
        opted_out=bool(OPT_OUT.search(plain(bio))),
    )


def read_id(data: Any) -> str:
    """Return the id of a status, an account or a file. Raises BadAnswer for one that could not stand in an address."""
    found = an_object(data, "id")["id"]
    if not isinstance(found, str | int) or not AN_ID.fullmatch(str(found)):
        raise BadAnswer(cause="an id that is none")
    return str(found)


def read_ref(status: dict[str, Any]) -> Ref:
    """Return where a status is: its id on the server that was asked, and its address. Raises BadAnswer without an id."""
    return Ref(uri=read_id(status), url=address(status.get("url")) or address(status.get("uri")))


def read_status(status: Any, kind: Kind, host: str, *, root: str = "", subject: str = "") -> InboundItem:
    """Return the reaction that ``status`` is.

    ``root``: our own message at the top of its thread, if known; ``subject``: our message that it is known to quote.
    """
    status = an_object(status, "id", "account", "created_at")
    author = read_author(status["account"], host)
    common: dict[str, Any] = {
        "kind": kind,
        "native_id": read_id(status),
        "author": author,
        "published_at": when(status["created_at"]),
        "in_reply_to": str(status.get("in_reply_to_id") or ""),
        "root": root,
    }
    if str(status.get("visibility", "public")) not in PUBLIC:
        return InboundItem(**common, public=False)
    quoted = quoted_id(status) or subject
    return InboundItem(
        **common,
        text=with_alternatives(full_text(status), alternatives(status)),
        url=address(status.get("url")) or address(status.get("uri")),
        language=str(status.get("language") or "")[:12],
        edited_at=when(status["edited_at"]) if status.get("edited_at") else None,
        quotes=quoted,
        subject=quoted if kind is Kind.QUOTE else "",
        links=written_links(status),
        other_ids=other_ids(status),
        has_media=bool(status.get("media_attachments")),
        visibility=str(status.get("visibility", "public")),
        content_warning=plain(status.get("spoiler_text")),
    )


def alternatives(status: dict[str, Any]) -> list[str]:
    """What the author wrote for those who do not see what is attached."""
    return [
        str(media.get("description") or "")[:LONGEST_ALT] for media in objects(status.get("media_attachments"))[:MEDIA]
    ]


def full_text(status: dict[str, Any]) -> str:
    """The text a reader sees after the click: the content warning, then the content."""
    parts = (plain(status.get("spoiler_text")), plain(status.get("content")))
    return "\n\n".join(part for part in parts if part)


def written_links(status: dict[str, Any]) -> tuple[str, ...]:
    """Links of a status in order, then its card's, without those to people and tags, which the server adds."""
    added = {address(item.get("url")) for key in ("mentions", "tags") for item in objects(status.get(key))}
    card = status.get("card")
    shown = address(card.get("url")) if isinstance(card, dict) else ""
    found = [*links(status.get("content")), *([shown] if shown else [])]
    return tuple(dict.fromkeys(link for link in found if link not in added))


def other_ids(status: dict[str, Any]) -> tuple[str, ...]:
    """The ActivityPub id and the address, under which another account may see the same status."""
    return tuple(dict.fromkeys(value for key in ("uri", "url") if (value := address(status.get(key)))))


def quoted_id(status: dict[str, Any]) -> str:
    """Id of the status that this one quotes, in whichever form its server tells; nothing unless it was accepted.

    Mastodon has a quote that holds a state and a status, or its id only (``entities/Quote``, ``ShallowQuote``). Akkoma
    and Fedibird put the quoted status itself there, and its id beside it (``quote_id``); Pleroma has both under
    ``pleroma``.
    """
    quoted = quoted_status(status)
    if quoted:
        return str(quoted.get("id") or "")
    quote = status.get("quote")
    if isinstance(quote, dict):
        return str(quote.get("quoted_status_id") or "") if _is_accepted(quote) else ""
    extension = status.get("pleroma")
    found = [status.get("quote_id"), extension.get("quote_id") if isinstance(extension, dict) else None]
    return next((str(value) for value in found if isinstance(value, str | int) and value), "")


def quoted_status(status: dict[str, Any]) -> dict[str, Any]:
    """The quoted status where it is embedded whole, else an empty dict."""
    extension = status.get("pleroma")
    given = [status.get("quote"), extension.get("quote") if isinstance(extension, dict) else None]
    for quote in given:
        if not isinstance(quote, dict):
            continue
        inner = quote.get("quoted_status")
        whole = inner if isinstance(inner, dict) else quote if "id" in quote and "account" in quote else None
        if whole is not None:
            return whole if _is_accepted(quote) else {}
    return {}


def _is_accepted(quote: dict[str, Any]) -> bool:
    return quote.get("state", "accepted") == "accepted"


def quotes_account(status: dict[str, Any], account: str) -> bool:
    """Whether the status quotes one of ``account``'s (an id of this server)."""
    quoted = quoted_status(status)
    return bool(quoted.get("id")) and account_id(quoted) == account


def account_id(status: dict[str, Any]) -> str:
    """Id, on this server, of the author of ``status``."""
    account = status.get("account")
    return str(account.get("id") or "") if isinstance(account, dict) else ""


def read_reach(account: Any, kind: Kind, subject: str, at: datetime, host: str) -> InboundItem:
    """Return the like or the boost of ``subject`` by ``account``.

    The API gives neither an id of its own; ``<status>/<list>/<account>`` names it the same way whichever list or
    notification told of it, and lets :meth:`Mastodon.check` look again.
    """
    return InboundItem(
        kind=kind,
        native_id=f"{subject}/{REACH_LISTS[kind]}/{read_id(account)}",
        author=read_author(account, host),
        published_at=at,
        subject=subject,
    )


REACH_LISTS = {Kind.LIKE: "favourited_by", Kind.REPOST: "reblogged_by"}


def count_of(status: dict[str, Any], key: str) -> int | None:
    """Return the count ``key`` of a status; None where it is missing, negative or no number."""
    value = status.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def read_metrics(status: dict[str, Any]) -> Metrics:
    """Return the public counts of a status."""
    return Metrics(
        likes=count_of(status, "favourites_count"),
        reposts=count_of(status, "reblogs_count"),
        replies=count_of(status, "replies_count"),
        quotes=count_of(status, "quotes_count"),
    )
