"""Microformats of a page: the entry that answers, likes, passes on or mentions an article, and who wrote it.

https://microformats.org/wiki/microformats2 and https://indieweb.org/post-type-discovery (both read 2026-11-30). The
parser is mf2py, of the extra ``webmention``; without it there is no entry, and the page is a plain mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from bs4 import NavigableString, Tag

from smeditor.networks.base import Kind
from smeditor.networks.webmention.pairs import Pair, is_web_address
from smeditor.text.links import same_article

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

MARK = re.compile(r"(?:h|p|u|dt|e)-[a-z0-9-]{1,60}")
MOST_ROOT_NAMES, MOST_NAMES = 2, 10
MOST_WORK = 40_000
"""How much reading a parser may have with a page. It reads what lies in a marked element once for each mark that is around
it, and all of a root once for each name that the root has: a page could be made that takes for ever."""
CHARACTERS = 100
"""So much text is as much reading as an element."""
MOST_ITEMS = 200
ENTRY, CARD, FEED = "h-entry", "h-card", "h-feed"
MEANING = (("repost-of", Kind.REPOST), ("like-of", Kind.LIKE), ("in-reply-to", Kind.COMMENT))
"""What an entry is by what it says of the target, the surest first: a like of a page often answers it as well. An answer
is a comment, as one on any page: it lies in no thread of a network, and nobody can answer it from the desk."""
OTHER_PROPERTIES = ("bookmark-of", "mention-of", "quotation-of", "listen-of", "watch-of", "read-of")


@dataclass(frozen=True)
class Entry:
    """What an entry says; everything is text as the page has it, bounded by whoever uses it."""

    kind: Kind
    name: str = ""
    html: str = ""
    text: str = ""
    published: str = ""
    author_name: str = ""
    author_url: str = ""
    author_note: str = ""


def entry_of(soup: BeautifulSoup, pair: Pair, base: str) -> Entry | None:
    """The entry that is meant, or None. It may change ``soup``, and raise whatever the parser raises."""
    try:
        import mf2py
    except ImportError:
        return None
    if not bound_marks(soup):
        return None
    parsed = mf2py.parse(doc=soup, url=base)
    items = list(_items(parsed.get("items")))
    entries = [item for item in items if ENTRY in item["type"]]
    entry = _meant(entries, pair)
    if entry is None:
        return None
    properties = entry["properties"]
    content = _first(properties, "content")
    author = _author(properties, items)
    return Entry(
        kind=_kind(properties, pair),
        name=_plain(_first(properties, "name")),
        html=str(content.get("html") or "") if isinstance(content, dict) else "",
        text=_plain(content) or _plain(_first(properties, "summary")) or _plain(_first(properties, "name")),
        published=_plain(_first(properties, "published")),
        author_name=_plain(_first(author, "name")),
        author_url=next((url for url in map(_plain, _all(author, "url")) if is_web_address(url)), ""),
        author_note=_plain(_first(author, "note"))[:5000],
    )


def _items(items: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The items of a page: those at the top, and what lies in a feed."""
    for item in items[:MOST_ITEMS] if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("properties"), dict):
            yield item
            if FEED in item["type"] and depth == 0:
                yield from _items(item.get("children"), 1)


def _meant(entries: list[dict[str, Any]], pair: Pair) -> dict[str, Any] | None:
    """The entry at the address that was sent, else the one that names the target, else the only one."""
    page, fragment = urldefrag(pair.source)
    if fragment:
        return next((entry for entry in entries if entry.get("id") == fragment), None)
    naming = [entry for entry in entries if _names(entry["properties"], pair.target)]
    for choices in (naming, entries):
        own = [entry for entry in choices if page in map(_plain, _all(entry["properties"], "url"))]
        if own or len(choices) == 1:
            return (own or choices)[0]
    return naming[0] if naming else None


def _names(properties: dict[str, Any], target: str) -> bool:
    return any(_refers(properties, name, target) for name in (*dict(MEANING), *OTHER_PROPERTIES))


def _kind(properties: dict[str, Any], pair: Pair) -> Kind:
    return next((kind for name, kind in MEANING if _refers(properties, name, pair.target)), Kind.WEBMENTION)


def _refers(properties: dict[str, Any], name: str, target: str) -> bool:
    """Whether a property of the entry names the target: as an address, or as a citation with one."""
    for value in _all(properties, name):
        cited = _all(value["properties"], "url") if isinstance(value, dict) and "properties" in value else []
        if any(same_article(_plain(address), target) for address in (value, *cited)):
            return True
    return False


def _author(properties: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    """The properties of the author's card: the entry's own, else the only card of the page.

    https://indieweb.org/authorship-spec (read 2026-11-30) as far as it needs no further request.
    """
    for author in _all(properties, "author"):
        if isinstance(author, dict) and isinstance(author.get("properties"), dict):
            return author["properties"]
        written = _plain(author)
        if written:
            return {"url": [written]} if is_web_address(written) else {"name": [written]}
    cards = [item for item in items if CARD in item["type"]]
    return cards[0]["properties"] if len(cards) == 1 else {}


def _all(properties: dict[str, Any], name: str) -> list[Any]:
    values = properties.get(name)
    return values[:20] if isinstance(values, list) else []


def _first(properties: dict[str, Any], name: str) -> Any:
    return next(iter(_all(properties, name)), "")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value")
    return value.strip() if isinstance(value, str) else ""


def bound_marks(soup: BeautifulSoup) -> bool:
    """Leave in ``soup`` no classes but a few marks for each element; whether a parser then reads it in little time."""
    pending: list[tuple[Tag, int]] = [(soup, 1)]
    work = 0
    while pending:
        element, times = pending.pop()
        classes = element.get("class")
        if classes:
            kept, is_root = _kept(classes if isinstance(classes, list) else str(classes).split())
            element.attrs["class"] = kept  # type: ignore[assignment]  # as html.parser gives it, but not as it is typed
            times = times * max(len(kept) - 1, 1) + 1 if is_root else times + len(kept)
        work += times
        for child in element.children:
            if isinstance(child, Tag):
                pending.append((child, times))
            elif isinstance(child, NavigableString):
                work += times * len(child) // CHARACTERS
        if work > MOST_WORK:
            return False
    return True


def _kept(classes: list[str]) -> tuple[list[str], bool]:
    """The marks among ``classes`` that may stay, and whether they make a root. Old names (``hentry``) do not stay."""
    named = [name for name in dict.fromkeys(classes) if MARK.fullmatch(name)]
    roots = [name for name in named if name.startswith("h-")]
    if not roots:
        return named[:MOST_NAMES], False
    return [roots[0], *[name for name in named if name not in roots][:MOST_ROOT_NAMES]], True
