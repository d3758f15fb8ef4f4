"""Web pages that discuss an article: threads on blogs and forums, read by their structure.

A source that only listens. Known structures come first, the most telling first: machine-readable marks (schema.org,
microformats), then what widespread software writes (SeenThis, WordPress, phpBB), then repeated blocks that look like
comments. Whatever is found has an id: its permalink or its anchor, where it is its alone, or a hash of its author and
text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any
from urllib.parse import urldefrag, urljoin

import httpx
from bs4 import BeautifulSoup, Tag
from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, InboundItem, Kind
from smeditor.networks.charsets import charset_of, decode
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import raise_for_status
from smeditor.networks.listings import Listing, digests, same_site, signed, sole
from smeditor.networks.markup import BoundedMarkup, bound_markup
from smeditor.networks.page_layouts import LAYOUTS, Layout, group_definitions
from smeditor.networks.wholeness import is_whole
from smeditor.text.links import links_in, same_article
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import to_plain

MAX_BYTES = 2_000_000
MAX_COMMENTS = 500
MAX_LINKS = 2000
PARAGRAPHS = ["p", "blockquote", "ul", "ol", "pre"]
MAX_PARAGRAPHS = 100
LONGEST_BYLINE = 150
BY = re.compile(
    r"(?:posted by|written by|by|par|écrit par|publié par|de la part de|de|von)\s{0,3}:\s{0,3}", re.IGNORECASE
)
"""What stands before a name; only with its colon: "De Gaulle" is a name."""
SAYS = re.compile(
    r"\s{1,3}(?:says|said|wrote|a dit|dit|a écrit|écrit|sagt)\s{0,3}(?::|…|\.\.\.)\s{0,3}$", re.IGNORECASE
)
BYLINE = re.compile(
    r"(?:posted by|written by|by|par|écrit par|publié par|de|von)\s{0,3}:|(?:posted by|écrit par|publié par)\s"
    r"|.{1,100}\s(?:says|said|wrote|a dit|dit|a écrit|écrit)\s{0,3}(?::|…)\s{0,3}$",
    re.IGNORECASE,
)
CLIMB = 40
"""Elements between a comment's text and the comment itself, at most."""


@dataclass(frozen=True)
class PageResult:
    """What a page holds.

    ``about``: those of the given articles that it links to, anywhere. ``layout`` names the structure by which the
    comments were read; ``problem`` is a sentence when the page was not read to its end; ``complete`` says that the page
    has no other comment than these (see :class:`smeditor.networks.listings.Listing`); ``address`` is the one that
    answered in the end.
    """

    comments: tuple[InboundItem, ...] = ()
    links: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    title: str = ""
    layout: str = ""
    problem: str = ""
    complete: bool = False
    address: str = ""

    @property
    def listing(self) -> Listing:
        """The comments and whether they are all, for telling what is not there any more."""
        return Listing(self.comments, self.complete)


@dataclass(frozen=True)
class Found:
    """A comment on a page before it is known which of the ``addresses`` beside it is its own.

    ``place`` is its number among the elements of the structure, ``above`` those of the elements that it lies in, the
    innermost first.
    """

    place: int
    text: str
    author: Author
    when: datetime
    addresses: tuple[str, ...]
    links: tuple[str, ...] = ()
    above: tuple[int, ...] = ()


class PageSource:
    """Fetches and reads pages with the guarded client."""

    def __init__(self, client: GuardedClient) -> None:
        self.client = client

    def fetch(self, url: str, article_urls: Sequence[str] = ()) -> PageResult:
        """Read the page at ``url``.

        Raises as :meth:`smeditor.networks.feeds.FeedSource.fetch`; a page that is larger than two megabytes is
        ``TooLarge``, and ``BadAnswer`` is what is no web page.
        """
        headers = {"Accept": "text/html, application/xhtml+xml;q=0.9"}
        response = self.client.get(url, max_bytes=MAX_BYTES, headers=headers)
        raise_for_status(response, url, datetime.now(UTC))
        kind = response.headers.get("content-type", "text/html")
        if "html" not in kind.lower():
            params = {"host": httpx.URL(url).host, "kind": normalise_text(kind, 60)}
            raise BadAnswer(_("What %(host)s has at this address is no web page (%(kind)s).") % params)
        answered = str(response.request.url)
        charset = charset_of(response.headers.get("content-type", ""))
        result = read_page(response.content, url, article_urls, datetime.now(UTC), charset, answered)
        return replace(result, address=answered)


def read_page(
    content: bytes, url: str, article_urls: Sequence[str], now: datetime, charset: str = "", answered: str = ""
) -> PageResult:
    """Read the thread on the page at ``url``. ``now`` dates the comments that show no date of their own.

    ``answered``: the address that gave it, where ``url`` redirected; relative links are relative to that one.
    """
    document = bound_markup(decode(content[:MAX_BYTES], charset))
    soup = document.soup()
    group_definitions(soup, MAX_COMMENTS)
    base = _base(soup, answered or url)
    links = tuple(dict.fromkeys(_links(soup, base)))
    comments, layout, read = _comments(document, soup, base, url, now)
    return PageResult(
        comments=comments,
        links=links,
        about=tuple(article for article in article_urls if any(same_article(article, link) for link in links)),
        title=normalise_text(soup.title.get_text(" ", strip=True), 200) if soup.title else "",
        layout=layout,
        problem=_("The page is very long: only its beginning was read.") if document.cut else "",
        complete=read < MAX_COMMENTS
        and len(content) < MAX_BYTES
        and is_whole(document, soup, links, url, len(comments)),
    )


def _comments(
    document: BoundedMarkup, soup: BeautifulSoup, base: str, url: str, now: datetime
) -> tuple[tuple[InboundItem, ...], str, int]:
    """The comments by the first structure that finds more than the page declares, its name, and how many elements it has."""
    declared = list(_json_comments(document.data, base, url, now))[:MAX_COMMENTS]
    for layout in LAYOUTS:
        found, addresses = _read(layout, soup, base, url, now)
        if not document.closed:
            found = found[:-1]  # the page broke off, perhaps in the middle of this text
        if len(found) > len(declared):  # a page that names two of six in JSON-LD hides none
            return _identified(found, addresses, url), layout.name, len(addresses)
    return _identified(declared, {}, url), "JSON-LD" if declared else "", len(declared)


def _read(
    layout: Layout, soup: BeautifulSoup, base: str, url: str, now: datetime
) -> tuple[list[Found], dict[int, tuple[str, ...]]]:
    """The comments of one structure, and the addresses of all its elements, whether they hold text or not."""
    items = soup.select(layout.item, limit=MAX_COMMENTS)
    if not items:
        return [], {}
    own = {id(item): place for place, item in enumerate(items)}
    outermost = [item for item in items if not _above(item, own)]
    texts = _assign(_within(outermost, layout.text), own)
    authors = _assign(_within(outermost, layout.author), own)
    times = _assign(_within(outermost, layout.when), own)
    links = _assign(_within(outermost, layout.link), own) if layout.link else {}
    addresses = {place: _addresses(item, links.get(place), base, url) for place, item in enumerate(items)}
    found = []
    for place, item in enumerate(items):
        element = texts.get(place)
        author = _author(authors.get(place), base)
        text = _text_of(element, author.display_name, base) if element else ""
        if element and text:
            found.append(
                Found(
                    place,
                    text,
                    author,
                    _time(times.get(place)) or now,
                    addresses[place],
                    tuple(_links(element, base)),
                    _above(item, own),
                )
            )
    return found, addresses


def _identified(found: Sequence[Found], addresses: dict[int, tuple[str, ...]], url: str) -> tuple[InboundItem, ...]:
    """The comments, each with the id and the author that are its own."""
    permalinks = sole([comment.addresses for comment in found])
    hashes = digests(url, [(comment.author.display_name, comment.text) for comment in found])
    own = {
        comment.place: permalink or digest for comment, permalink, digest in zip(found, permalinks, hashes, strict=True)
    }
    named = {place: next(iter(some), "") for place, some in addresses.items()} | own
    items = [
        InboundItem(
            kind=Kind.COMMENT,
            native_id=own[comment.place],
            author=comment.author,
            published_at=comment.when,
            text=comment.text,
            url=permalink or url,
            permalink=permalink,
            # An element around a comment may be the same comment once more (WordPress): that is no parent.
            in_reply_to=next((named[place] for place in comment.above if named[place] not in comment.addresses), ""),
            links=comment.links,
        )
        for comment, permalink in zip(found, permalinks, strict=True)
    ]
    return signed(items, url)


def _text_of(element: Tag, name: str, base: str) -> str:
    """What a comment says, without the line that says who wrote.

    It is the element of its text, or, where that is a bare paragraph, it and those beside it.
    """
    parts = [element]
    if element.name in PARAGRAPHS:
        parts += element.find_next_siblings(PARAGRAPHS, limit=MAX_PARAGRAPHS)
    texts = [to_plain(part.decode_contents(), base) for part in parts]
    lines = "\n\n".join(filter(None, texts)).split("\n")
    if _is_byline(lines[0], name):
        lines = lines[1:]
    return "\n".join(lines).strip()


def _is_byline(line: str, name: str) -> bool:
    """Whether a line only says who wrote ("Par : Jean", "Jean says:"), whatever date stands behind it."""
    return bool(name) and len(line) <= LONGEST_BYLINE and name in line and BYLINE.match(line) is not None


def _within(items: Iterable[Tag], selector: str) -> Iterator[Tag]:
    """What ``selector`` finds in ``items`` and below, in order: most of a page is no comment and is not searched."""
    for item in items:
        if item.css.match(selector):
            yield item
        yield from item.css.iselect(selector)


def _assign(elements: Iterable[Tag], own: dict[int, int]) -> dict[int, Tag]:
    """The first of ``elements`` in each comment, counting only those that no inner comment holds."""
    assigned: dict[int, Tag] = {}
    for element in elements:
        for _step, above in zip(range(CLIMB), _upwards(element), strict=False):
            place = own.get(id(above))
            if place is not None:
                assigned.setdefault(place, element)
                break
    return assigned


def _upwards(element: Tag) -> Iterator[Tag]:
    yield element
    yield from element.parents


def _above(item: Tag, own: dict[int, int]) -> tuple[int, ...]:
    """The comments that an element lies in, the innermost first."""
    around = (own.get(id(above)) for _step, above in zip(range(CLIMB), item.parents, strict=False))
    return tuple(place for place in around if place is not None)


def _addresses(item: Tag, link: Tag | None, base: str, url: str) -> tuple[str, ...]:
    """What may be the address of one comment: the link that it gives to itself, the anchor that it carries."""
    page = urldefrag(url)[0]
    anchor = item.get("id") or item.get("data-article-id") or item.get("data-post-id")
    href = str(link.get("href") or link.get("content") or "") if link else ""
    absolute = _web(href, base) if href else ""
    linked = normalise_text(absolute, 500) if absolute and absolute != page and same_site(absolute, url) else ""
    anchored = f"{page}#{normalise_text(str(anchor), 100)}" if anchor else ""
    return tuple(filter(None, (linked, anchored)))


def _author(element: Tag | None, base: str) -> Author:
    """Who signed; by whom they are told from others is said by :func:`smeditor.networks.listings.signed`."""
    if element is None:
        return Author(remote_id="", handle="")
    written = normalise_text(str(element.get("content") or element.get_text(" ", strip=True)), 200)
    name = SAYS.sub("", BY.sub("", written.strip())).strip()
    anchor = element if element.name == "a" else element.find("a", href=True) or element.find_parent("a", href=True)
    page = _web(str(anchor.get("href", "")), base) if isinstance(anchor, Tag) else ""
    return Author(remote_id=page, handle=name, display_name=name, url=page)


def _time(element: Tag | None) -> datetime | None:
    if element is None:
        return None
    inner = element if element.get("datetime") or element.get("content") else element.select_one("[datetime]")
    source = inner if isinstance(inner, Tag) else element
    return read_time(str(source.get("datetime") or source.get("content") or source.get("title") or source.get_text()))


def read_time(value: str) -> datetime | None:
    """An aware UTC time from ISO 8601 or an RFC 5322 date, None for all else and for what lies in the future."""
    value = value.strip()[:60]
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = parse(value)
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return when if when < datetime.now(UTC) + timedelta(days=1) else None
    return None


def _base(soup: BeautifulSoup, url: str) -> str:
    tag = soup.find("base", href=True)
    return _web(str(tag["href"]), url) or url if isinstance(tag, Tag) else url


def _links(element: Tag, base: str) -> Iterator[str]:
    for anchor in element.find_all("a", href=True, limit=MAX_LINKS):
        link = _web(str(anchor["href"]), base)
        if link:
            yield link


def _web(address: str, base: str) -> str:
    try:
        joined = urljoin(base, address.strip())
    except ValueError:
        return ""
    return joined if joined.startswith(("http://", "https://")) and len(joined) <= 2000 else ""


def _json_comments(scripts: Iterable[str], base: str, url: str, now: datetime) -> Iterator[Found]:
    """Comments that a page declares as schema.org ``Comment`` in JSON-LD."""
    place = count()
    for script in scripts:
        try:
            pending: list[Any] = [json.loads(script)]
        except (ValueError, RecursionError):
            continue
        for _step in range(5000):
            if not pending:
                break
            node = pending.pop(0)
            if isinstance(node, list):
                pending += node
            elif isinstance(node, dict):
                pending += [child for child in node.values() if isinstance(child, list | dict)]
                comment = _json_comment(node, base, url, now, next(place))
                if comment:
                    yield comment


def _json_comment(node: dict[str, Any], base: str, url: str, now: datetime, place: int) -> Found | None:
    if "Comment" not in str(node.get("@type")) or not isinstance(node.get("text"), str):
        return None
    person = node.get("author")
    person = person[0] if isinstance(person, list) and person else person
    person = person if isinstance(person, dict) else {"name": person}
    name = normalise_text(str(person.get("name") or ""), 200)
    page = _web(str(person.get("url") or ""), base) if person.get("url") else ""
    text = to_plain(node["text"], base)
    if not text:
        return None
    own = str(node.get("url") or node.get("@id") or "")
    address = _web(own, base) if own else ""
    return Found(
        place,
        text,
        Author(page, name, name, page),
        read_time(str(node.get("datePublished") or node.get("dateCreated") or "")) or now,
        (address,) if address and same_site(address, url) else (),
        tuple(links_in(node["text"], base)),
    )
