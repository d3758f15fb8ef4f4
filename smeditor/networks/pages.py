"""Web pages that discuss an article: threads on blogs and forums, read by their structure.

A source that only listens. Known structures come first, the most telling first: machine-readable marks (schema.org,
microformats), then what widespread software writes (SeenThis, WordPress, phpBB), then repeated blocks that look like
comments. Whatever is found has a stable id: its permalink, its anchor, or a hash of its author and words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag
from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, Kind, Seen
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import raise_for_status
from smeditor.networks.markup import Tame, decode, tame
from smeditor.text import clean, links_in, same_article, to_plain

MAX_BYTES = 2_000_000
MAX_COMMENTS = 500
MAX_LINKS = 2000
CLIMB = 40
"""Elements between a comment's text and the comment itself, at most."""


@dataclass(frozen=True)
class Layout:
    """Where one kind of software keeps what is wanted, as CSS selectors inside a comment's own element."""

    name: str
    item: str
    text: str
    author: str
    when: str = "time[datetime]"
    link: str = ""


LAYOUTS = (
    Layout(
        "schema.org",
        '[itemtype$="schema.org/Comment"], [itemtype$="schema.org/UserComments"], [itemtype$="schema.org/Answer"]',
        '[itemprop="text"], [itemprop="commentText"]',
        '[itemprop="author"] [itemprop="name"], [itemprop="creator"] [itemprop="name"], [itemprop="author"]',
        '[itemprop="datePublished"], [itemprop="dateCreated"], [itemprop="commentTime"], time[datetime]',
        '[itemprop="url"], [itemprop="discussionUrl"]',
    ),
    Layout(
        "microformats",
        ".h-entry .h-cite, .h-entry .u-comment, .h-feed .h-entry, .hfeed .hentry",
        ".e-content, .p-content, .entry-content",
        ".p-author, .u-author, .author",
        ".dt-published, time[datetime]",
        ".u-url",
    ),
    Layout(
        "SeenThis",
        "article[data-article-id]",
        'div[id^="texte"]',
        ".auteur_date .auteur a",
        ".date time[datetime]",
        ".date a",
    ),
    Layout(
        "WordPress",
        'li[id^="comment-"], div[id^="comment-"], article[id^="div-comment-"]',
        ".comment-content, .comment-body > p, .comment-text",
        ".comment-author .fn, .comment-author cite, .comment-author",
        "time[datetime]",
        ".comment-metadata a, .comment-meta a, .comment-date a",
    ),
    Layout(
        "phpBB", 'div.post[id^="p"]', ".content, .postbody .message", ".author .username, .author strong a, .postprofile dt > a, .author strong",
        "time[datetime]", ".author a",
    ),
    Layout("Discourse", ".topic-body, .crawler-post", ".post, .cooked", ".creator a, .creator, .username", "time[datetime], .post-time", ".post-time a"),
    Layout(
        "comments",
        '[class~="comment"], [class~="reply"], [class~="reponse"], [class~="forum-post"], [class~="message"], [class~="post"]',
        '[class*="content"], [class*="body"], [class*="text"], blockquote, p',
        '[class*="author"], [class*="auteur"], [class*="user"], cite, [rel~="author"]',
        "time[datetime], [datetime]",
        'a[href^="#"], a[rel~="bookmark"]',
    ),
)  # fmt: skip


@dataclass(frozen=True)
class PageResult:
    """What a page holds. ``about``: those of the given articles that it links to, anywhere. ``layout`` names the
    structure by which the comments were read; ``problem`` is a sentence when the page was not read to its end.
    """

    comments: tuple[Seen, ...] = ()
    links: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    title: str = ""
    layout: str = ""
    problem: str = ""


class PageSource:
    """Fetches and reads pages with the guarded client."""

    def __init__(self, client: GuardedClient) -> None:
        self.client = client

    def fetch(self, url: str, article_urls: Sequence[str] = ()) -> PageResult:
        """Read the page at ``url``. Raises as :meth:`smeditor.networks.feeds.FeedSource.fetch`; a page that is larger
        than two megabytes is ``TooLarge``, and ``BadAnswer`` is what is no web page.
        """
        headers = {"Accept": "text/html, application/xhtml+xml;q=0.9"}
        response = self.client.get(url, max_bytes=MAX_BYTES, headers=headers)
        raise_for_status(response, url, datetime.now(UTC))
        kind = response.headers.get("content-type", "text/html")
        if "html" not in kind.lower():
            words = {"host": httpx.URL(url).host, "kind": clean(kind, 60)}
            raise BadAnswer(_("What %(host)s has at this address is no web page (%(kind)s).") % words)
        return read_page(response.content, url, article_urls, datetime.now(UTC), response.charset_encoding or "")


def read_page(content: bytes, url: str, article_urls: Sequence[str], now: datetime, charset: str = "") -> PageResult:
    """Read the thread on a page. ``now`` dates the comments that show no date of their own."""
    document = tame(decode(content[:MAX_BYTES], charset))
    soup = document.soup()
    base = _base(soup, url)
    links = tuple(dict.fromkeys(_links(soup, base)))
    comments, layout = _comments(document, soup, base, url, now)
    return PageResult(
        comments=tuple(_distinct(comments)),
        links=links,
        about=tuple(one for one in article_urls if any(same_article(one, link) for link in links)),
        title=clean(soup.title.get_text(" ", strip=True), 200) if soup.title else "",
        layout=layout,
        problem=_("The page is very long: only its beginning was read.") if document.cut else "",
    )


def _comments(document: Tame, soup: BeautifulSoup, base: str, url: str, now: datetime) -> tuple[list[Seen], str]:
    """The comments by the first structure that finds any, and its name."""
    found = list(_json_comments(document.data, base, url, now))
    if found:
        return found, "JSON-LD"
    for layout in LAYOUTS:
        found = list(_read(layout, soup, base, url, now))
        if found:
            return found, layout.name
    return [], ""


def _read(layout: Layout, soup: BeautifulSoup, base: str, url: str, now: datetime) -> Iterator[Seen]:
    items = soup.select(layout.item, limit=MAX_COMMENTS)
    if not items:
        return
    own = {id(item): place for place, item in enumerate(items)}
    texts = _assign(soup.select(layout.text), own)
    authors = _assign(soup.select(layout.author), own)
    times = _assign(soup.select(layout.when), own)
    links = _assign(soup.select(layout.link), own) if layout.link else {}
    for place, item in enumerate(items):
        text = texts.get(place)
        words = to_plain(text.decode_contents()) if text else ""
        if not words:
            continue
        author = _author(authors.get(place), base, url)
        yield _seen(
            words=words,
            author=author,
            when=_time(times.get(place)) or now,
            permalink=_permalink(item, links.get(place), base, url),
            links=tuple(link for link in _links(text, base)) if text else (),
            parent=_parent(item, own, items, links, base, url),
            url=url,
        )


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


def _parent(item: Tag, own: dict[int, int], items: list[Tag], links: dict[int, Tag], base: str, url: str) -> str:
    """The permalink of the comment that this one lies in."""
    for _step, above in zip(range(CLIMB), item.parents, strict=False):
        place = own.get(id(above))
        if place is not None:
            return _permalink(items[place], links.get(place), base, url)
    return ""


def _seen(
    *, words: str, author: Author, when: datetime, permalink: str, links: tuple[str, ...], parent: str, url: str
) -> Seen:
    digest = hashlib.sha256(f"{author.remote_id}\n{words}".encode("utf-8", "replace")).hexdigest()[:32]
    native_id = permalink or f"{urldefrag(url)[0]}#sha256:{digest}"
    return Seen(
        kind=Kind.COMMENT,
        native_id=native_id,
        author=author if author.display_name else replace(author, remote_id=native_id),
        published_at=when,
        text=words,
        url=permalink or url,
        in_reply_to=parent,
        links=links,
    )


def _distinct(comments: Iterable[Seen]) -> Iterator[Seen]:
    """Each comment once; one whose permalink is not its own gets an id from its words."""
    known: set[str] = set()
    for comment in comments:
        if comment.native_id in known:
            continue
        known.add(comment.native_id)
        yield comment


def _permalink(item: Tag, link: Tag | None, base: str, url: str) -> str:
    """The address of one comment: the anchor that it carries, or the link that it gives to itself."""
    anchor = item.get("id") or item.get("data-article-id") or item.get("data-post-id")
    href = str(link.get("href") or link.get("content") or "") if link else ""
    absolute = _web(href, base) if href else ""
    if absolute and absolute != urldefrag(url)[0]:
        return clean(absolute, 500)
    return f"{urldefrag(url)[0]}#{clean(str(anchor), 100)}" if anchor else ""


def _author(element: Tag | None, base: str, url: str) -> Author:
    host = urlsplit(url).netloc.lower()
    if element is None:
        return Author(remote_id=f"{host}/", handle="")
    name = clean(str(element.get("content") or element.get_text(" ", strip=True)), 200).strip()
    anchor = element if element.name == "a" else element.find("a", href=True) or element.find_parent("a", href=True)
    page = _web(str(anchor.get("href", "")), base) if isinstance(anchor, Tag) else ""
    return Author(remote_id=page or f"{host}/{name.casefold()}", handle=name, display_name=name, url=page)


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


def _json_comments(scripts: Iterable[str], base: str, url: str, now: datetime) -> Iterator[Seen]:
    """Comments that a page declares as schema.org ``Comment`` in JSON-LD."""
    for script in scripts:
        try:
            pending: list[Any] = [json.loads(script)]
        except (ValueError, RecursionError):
            continue
        for _look in range(5000):
            if not pending:
                break
            node = pending.pop(0)
            if isinstance(node, list):
                pending += node
            elif isinstance(node, dict):
                pending += [child for child in node.values() if isinstance(child, list | dict)]
                comment = _json_comment(node, base, url, now)
                if comment:
                    yield comment


def _json_comment(node: dict[str, Any], base: str, url: str, now: datetime) -> Seen | None:
    if "Comment" not in str(node.get("@type")) or not isinstance(node.get("text"), str):
        return None
    person = node.get("author")
    person = person[0] if isinstance(person, list) and person else person
    person = person if isinstance(person, dict) else {"name": person}
    name = clean(str(person.get("name") or ""), 200)
    page = _web(str(person.get("url") or ""), base) if person.get("url") else ""
    words = to_plain(node["text"])
    if not words:
        return None
    own = str(node.get("url") or node.get("@id") or "")
    return _seen(
        words=words,
        author=Author(page or f"{urlsplit(url).netloc.lower()}/{name.casefold()}", name, name, page),
        when=read_time(str(node.get("datePublished") or node.get("dateCreated") or "")) or now,
        permalink=_web(own, base) if own else "",
        links=tuple(links_in(node["text"])),
        parent="",
        url=url,
    )
