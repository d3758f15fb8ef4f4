"""Feeds: RSS, Atom and JSON Feed, read politely (ETag, Last-Modified, the pauses a server asks for) and without trust.

A source that only listens: it is no :class:`~smeditor.networks.base.Network`, for it has no account.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, RateLimited, Refused, Temporary
from smeditor.networks.base import Author, InboundItem, Kind
from smeditor.networks.charsets import charset_of, decode
from smeditor.networks.client import GuardedClient
from smeditor.networks.feed_bounds import MAX_ITEMS, bound_feed
from smeditor.networks.http import bounded, retry_at
from smeditor.networks.json_feed import is_json_feed, parse_json_feed
from smeditor.networks.listings import Listing, digests, same_site, signed, sole
from smeditor.networks.markup import bound_markup
from smeditor.text.links import links_in
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import absolute, to_plain, with_alternatives

MAX_BYTES = 5_000_000
SHORTEST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(days=1)
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*:\S+$", re.IGNORECASE)
LONGEST_AUTHOR = 500
HISTORY = "http://purl.org/syndication/history/1.0"
MAX_AGE = re.compile(r"max-age\s*=\s*(\d{1,9})")


@dataclass(frozen=True)
class FeedResult:
    """What one poll of a feed brought.

    ``pause``: how long the server wants to be left alone, None when it does not say. ``problem``: a sentence when the
    feed is broken but could be read in part. ``complete``: it says itself that it holds everything (RFC 5005, section
    2); any other feed is a window, through which old entries pass out of sight.
    """

    entries: tuple[InboundItem, ...] = ()
    etag: str = ""
    last_modified: str = ""
    not_modified: bool = False
    title: str = ""
    pause: timedelta | None = None
    problem: str = ""
    complete: bool = False

    @property
    def listing(self) -> Listing:
        """The entries and whether they are all, for telling what is not there any more."""
        return Listing(self.entries, self.complete)


class FeedSource:
    """Fetches and reads feeds with the guarded client."""

    def __init__(self, client: GuardedClient) -> None:
        self.client = client

    def fetch(self, url: str, etag: str = "", last_modified: str = "") -> FeedResult:
        """Read the feed at ``url``, or learn that it has not changed since ``etag`` or ``last_modified``.

        Raises ``FetchRefused``, ``TooLarge``, ``Temporary``, ``OutcomeUnknown`` (no answer), ``RateLimited``, ``Gone``,
        ``Refused``, ``AuthExpired`` (the feed asks for a password) and ``BadAnswer`` (that is no feed).
        """
        headers = {"Accept": ACCEPT}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        response = self.client.get(url, max_bytes=MAX_BYTES, headers=headers)
        now = datetime.now(UTC)
        if response.status_code == 304:
            return FeedResult(
                etag=etag, last_modified=last_modified, not_modified=True, pause=pause_of(response.headers)
            )
        raise_for_status(response, url, now)
        answered = str(response.request.url)
        result = read_feed(response.content, url, now, response.headers.get("content-type", ""), answered)
        return FeedResult(
            entries=result.entries,
            etag=response.headers.get("etag", "")[:255],
            last_modified=response.headers.get("last-modified", "")[:100],
            title=result.title,
            pause=max(filter(None, (result.pause, pause_of(response.headers))), default=None),
            problem=result.problem,
            complete=result.complete,
        )


def raise_for_status(response: httpx.Response, url: str, now: datetime) -> None:
    """Raise what the status of a fetched page or feed means, if it is none of success."""
    status = response.status_code
    if status < 300:
        return
    params = {"host": httpx.URL(url).host, "status": status}
    known: dict[str, Any] = {"status": status, "cause": f"HTTP {status}"}
    wait = retry_at(response.headers, now)
    if status == 429 or (status == 503 and wait):
        until = bounded(wait or now + timedelta(minutes=30), now)
        raise RateLimited(_("%(host)s asks to wait. It goes on by itself.") % params, until=until, **known)
    if status in {404, 410}:
        if not same_site(str(response.request.url), url):
            # Another place has nothing: of this one it tells nothing.
            raise NetworkError(_("%(host)s leads to an address that does not exist. Check it.") % params, **known)
        raise Gone(_("%(host)s has nothing at this address any more. Check it, or remove it.") % params, **known)
    if status in {401, 407}:
        raise AuthExpired(_("%(host)s asks for a password at this address.") % params, **known)
    if status >= 500 or status == 408:
        raise Temporary(_("%(host)s has a problem (%(status)s). It will be tried again.") % params, **known)
    if status < 400:
        raise NetworkError(_("%(host)s answered with an unexpected status (%(status)s).") % params, **known)
    raise Refused(_("%(host)s refuses to show this address (%(status)s).") % params, **known)


def pause_of(headers: Mapping[str, str]) -> timedelta | None:
    """The pause that ``Cache-Control: max-age`` asks for, kept between ten minutes and a day."""
    match = MAX_AGE.search(headers.get("cache-control", ""))
    return within(timedelta(seconds=int(match[1]))) if match else None


def within(pause: timedelta) -> timedelta:
    """Return ``pause``, no shorter than ten minutes and no longer than a day."""
    return min(max(pause, SHORTEST_PAUSE), LONGEST_PAUSE)


def read_feed(content: bytes, url: str, now: datetime, content_type: str = "", answered: str = "") -> FeedResult:
    """Read the feed at ``url`` from its bytes. ``now`` dates what has no date. Raises BadAnswer for what is no feed.

    ``answered``: the address that gave it, where ``url`` redirected; relative links are relative to that one.
    """
    base = answered or url
    if is_json_feed(content, content_type):
        feed, read, cut = _parsed_json(content, base)
        complete, problem = False, _("The feed is very long: only its beginning was read.") if cut else ""
    else:
        feed, read, complete, problem = _parsed_xml(content, base, content_type)
    kept = [(entry, text) for entry in read if (text := _text(entry, base)) or _web(entry.get("link", ""), base)]
    entries = [_entry(entry, text, feed, base, now) for entry, text in kept]
    return FeedResult(
        entries=_identified(entries, [entry for entry, _text_of_it in kept], feed, url, base),
        title=to_plain(str(feed.get("title", "")))[:200],
        pause=_ttl(feed),
        problem=problem,
        complete=complete and not problem and len(entries) == len(read),
    )


def _parsed_json(content: bytes, base: str) -> tuple[Any, list[Any], bool]:
    feed, entries, cut = parse_json_feed(content, MAX_ITEMS)
    if not feed:
        raise BadAnswer(_no_feed("", base))
    return feed, entries, cut


def _parsed_xml(content: bytes, base: str, content_type: str) -> tuple[Any, list[Any], bool, str]:
    """The feed's own facts, its entries, whether it says that they are all, and a sentence where it is broken or cut."""
    text = decode(content[:MAX_BYTES], charset_of(content_type))
    bounded = bound_feed(text)
    headers = {"content-location": base, "content-type": "application/xml; charset=utf-8"}
    try:
        # What is outside text here is sanitised and its links resolved by smeditor.text, not twice.
        parsed = feedparser.parse(
            bounded.xml.encode(), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # whatever it does not expect makes feedparser raise unrelated errors
        raise BadAnswer(_no_feed(text, base), cause=type(error).__name__) from error
    if not parsed.get("version") and not parsed.entries:
        raise BadAnswer(_no_feed(text, base), cause=str(parsed.get("bozo_exception", ""))[:200])
    problem = _("The feed is very long: only its beginning was read.") if bounded.cut else ""
    if bounded.repaired or parsed.bozo:
        problem = _("The feed has errors; it was read as far as that is possible.")
    for entry, alternatives in zip(parsed.entries, bounded.alternatives, strict=False):
        entry["alternatives"] = alternatives
    return parsed.feed, list(parsed.entries), _says_complete(parsed), problem


def _says_complete(parsed: Any) -> bool:
    """Whether the feed carries ``complete`` of RFC 5005, under whatever prefix."""
    prefixes = [prefix for prefix, namespace in parsed.get("namespaces", {}).items() if namespace == HISTORY]
    return any(f"{prefix}_complete" in parsed.feed for prefix in prefixes)


def _no_feed(text: str, url: str) -> str:
    """Say that this is no feed; name the page's own feed if it has one."""
    start = text[:100_000]
    if "<html" not in start.lower():
        return _("There is no feed at this address: what came is not XML. Check the address.")
    alternate = (
        bound_markup(start)
        .soup()
        .find("link", rel="alternate", type=re.compile(r"application/((rss|atom)\+xml|feed\+json)"), href=True)
    )
    if alternate:
        feed = normalise_text(_web(str(alternate["href"]), url), 500)
        return _("There is a web page at this address, not a feed. Its feed is at %(feed)s") % {"feed": feed}
    return _("There is a web page at this address, not a feed. Look for the address of the feed on it.")


def _ttl(feed: Any) -> timedelta | None:
    ttl = str(feed.get("ttl", ""))
    return within(timedelta(minutes=int(ttl))) if ttl.isdigit() and len(ttl) < 6 else None


def _text(entry: Any, base: str) -> str:
    """What an entry says, its title first and what describes its media last; empty where it says nothing.

    Where an entry has no text of its own, the description of its media is its text (YouTube).
    """
    title = to_plain(str(entry.get("title", "")))
    alternatives = [to_plain(alternative) for alternative in entry.get("alternatives", ())]
    html, own_base = _html(entry)
    body = to_plain(html, _web(own_base, base) or base) or normalise_text(str(entry.get("plain", "")))
    if not body:
        body, alternatives = "\n\n".join(filter(None, alternatives)), []
    text = body if body.startswith(title) else "\n\n".join(part for part in (title, body) if part)
    return with_alternatives(text, alternatives)


def _entry(entry: Any, text: str, feed: Any, url: str, now: datetime) -> InboundItem:
    """Return one entry, whose text is known, as it is seen: still without an id."""
    html, own_base = _html(entry)
    address = _web(entry.get("link", ""), url)
    published = _when(entry, "published_parsed", "updated_parsed", "created_parsed") or now
    updated = _when(entry, "updated_parsed")
    reply = entry.get("thr_in-reply-to") or entry.get("in-reply-to")
    answers = str(reply.get("ref") or reply.get("href") or "") if isinstance(reply, dict) else ""
    written = links_in(html, _web(own_base, url) or url) or links_in(str(entry.get("plain", "")))
    links = [*written, *([address] if address else [])]
    return InboundItem(
        kind=Kind.COMMENT if answers else Kind.FEED,
        native_id="",
        author=_author(entry, url),
        published_at=published,
        text=text,
        url=address,
        language=str(entry.get("language") or feed.get("language") or "")[:12],
        edited_at=updated if updated and updated - published > timedelta(minutes=1) else None,
        in_reply_to=answers,
        links=tuple(dict.fromkeys(links)),
        has_media=bool(entry.get("enclosures")),
    )


def _identified(entries: list[InboundItem], raw: list[Any], feed: Any, url: str, base: str) -> tuple[InboundItem, ...]:
    """The entries with the ids, addresses and authors that are each one's own.

    An entry's own id (RSS ``guid``, Atom ``id``) counts if no other entry has it, its link if it leads to the feed's
    own site and to no other entry: a link blog gives the address of what it writes about.
    """
    homes = [home for home in (url, base, _web(feed.get("link", ""), base)) if home]
    named = [normalise_text(str(entry.get("id", "")), 400).strip() for entry in raw]
    ids = sole([[name] if name != url else [] for name in named])
    links = sole([_own_links(entry, name, homes, base) for entry, name in zip(raw, named, strict=True)])
    hashes = digests(url, [(entry.author.display_name, entry.text) for entry in entries])
    known = [
        replace(entry, native_id=_identity(own, homes, url) or link or digest, permalink=link)
        for entry, own, link, digest in zip(entries, ids, links, hashes, strict=True)
    ]
    title = to_plain(str(feed.get("title") or ""))[:200]
    return tuple(_by_the_blog(entry, title, url) for entry in signed(known, url))


def _own_links(entry: Any, name: str, homes: list[str], base: str) -> list[str]:
    """What may be the entry's permalink: a ``guid`` that says so, and the link that it gives."""
    given = [name] if entry.get("guidislink") and name.startswith(("http://", "https://")) else []
    return [link for link in [*given, _web(entry.get("link", ""), base)] if link and _is_inside(link, homes)]


def _is_inside(link: str, homes: list[str]) -> bool:
    return link.rstrip("/") not in {home.rstrip("/") for home in homes} and any(same_site(link, h) for h in homes)


def _identity(own: str, homes: list[str], url: str) -> str:
    """An entry's own id as it stands, or as the feed's.

    It stands where it is one for the whole world (``tag:``, an address of the feed's site).
    """
    if not own:
        return ""
    foreign = own.startswith(("http://", "https://")) and not _is_inside(own, homes)
    return own if ADDRESS.match(own) and not foreign else f"{url}#{own}"


def _html(entry: Any) -> tuple[str, str]:
    """The longest form of the entry's text, and what its links are relative to (``xml:base``)."""
    parts = [part for part in (*entry.get("content", ()), entry.get("summary_detail")) if isinstance(part, dict)]
    parts.append({"value": entry.get("summary", "")})
    longest = max(parts, key=lambda part: len(str(part.get("value", ""))))
    return str(longest.get("value", "")), str(longest.get("base") or "")


def _when(entry: Any, *names: str) -> datetime | None:
    """The first of these times that can be read; feedparser gives them in UTC."""
    for name in names:
        value = entry[name] if dict.__contains__(entry, name) else None  # feedparser's own look-up warns of aliases
        if value:
            try:
                return datetime.fromtimestamp(calendar.timegm(value), UTC)
            except (ValueError, OverflowError, OSError, TypeError):
                continue
    return None


def _web(address: object, base: str) -> str:
    """The web address that ``address`` means at ``base``; empty where it means none, or is empty itself."""
    written = str(address).strip()
    return (absolute(written, base) or "") if written else ""


def _author(entry: Any, url: str) -> Author:
    """Who signed an entry; by whom they are told from others is said by :func:`smeditor.networks.listings.signed`."""
    detail = entry.get("author_detail") or {}
    written = to_plain(str(entry.get("author") or "")[:LONGEST_AUTHOR])
    named = str(detail.get("name") or written)[:LONGEST_AUTHOR]
    name = without_mail(_in_brackets(written) or to_plain(named))[:200]
    page = _web(detail.get("href", ""), url) if detail.get("href") else ""
    return Author(remote_id=page, handle=name, display_name=name, url=page)


def _in_brackets(written: str) -> str:
    """The name of ``mail@host (Name)``, as RSS 2.0 wants it; empty where it is written in another way."""
    mail, bracket, name = written.strip().partition("(")
    return name[:-1] if bracket and name.endswith(")") and "@" in mail and len(mail.split()) == 1 else ""


def without_mail(name: str) -> str:
    """``name`` without the mail addresses in it: they are nobody's business here."""
    return " ".join(word for word in name.split() if not _is_mail(word)).strip(" ()<>")


def _is_mail(word: str) -> bool:
    _user, sign, host = word.rpartition("@")
    return bool(sign) and "." in host


def _by_the_blog(entry: InboundItem, title: str, url: str) -> InboundItem:
    """What nobody signed is the blog's own word, unless it is a comment: anybody may have written that."""
    author = entry.author
    if author.display_name or author.url or entry.in_reply_to or urlsplit(entry.url).fragment:
        return entry
    return replace(entry, author=Author(url, title, title, url))
