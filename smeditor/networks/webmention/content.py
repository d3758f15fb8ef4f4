"""A page that links to an article, as a reaction: what it says, who says it, and what kind of thing it is."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from smeditor.networks.base import Author, InboundItem, Kind
from smeditor.networks.listings import site
from smeditor.networks.pages import read_time
from smeditor.networks.webmention.entries import Entry, entry_of
from smeditor.networks.webmention.pairs import Pair
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import to_plain

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

logger = logging.getLogger("smeditor.networks")

LONGEST_REPLY = 10_000
LONGEST_EXCERPT = 1500
"""Of a page that only mentions an article: its title and what stands around the link. The rest is about something else."""
LONGEST_TITLE = 300
LONGEST_NAME = 200
AROUND = ("p", "li", "blockquote", "dd", "td", "figure", "h1", "h2", "h3", "h4", "section", "article", "div")
CLIMB = 12
NOT_COLLECTED = ("#nobot", "#noindex", "#nobridge")
"""What people write in their profiles who do not want to be collected, here as on the networks."""


def item_of(soup: BeautifulSoup, anchor: Tag, pair: Pair, answered: str, base: str, now: datetime) -> InboundItem:
    """The page as a reaction, known by its address alone. Raises nothing: what cannot be read makes a plain mention.

    ``anchor``: the element that links; ``answered``: the address that answered in the end. Its author is known again by
    an address on the page's own host only: anybody may write anybody's address on their page. What a page claims to be
    the same as (``u-syndication``, ``u-url``) is not believed, or it could take another's message away with its own.
    """
    title, excerpt = _title(soup), _around(anchor, base)  # the microformats parser may change the tree
    entry = _entry(soup, pair, base)
    kind = entry.kind if entry else Kind.WEBMENTION
    return InboundItem(
        kind=kind,
        native_id=pair.source,
        author=_author(entry, pair, answered),
        published_at=min(read_time(entry.published) or now, now) if entry else now,
        text=_text(entry, kind, title, excerpt, base, answered),
        url=_shown(answered, pair),
        permalink=pair.source,
        language=_language(soup),
        links=(pair.target,),
    )


def _entry(soup: BeautifulSoup, pair: Pair, base: str) -> Entry | None:
    try:
        return entry_of(soup, pair, base)
    except Exception as error:  # another's parser, over another's page
        # The cause by its class only: a message may quote what a reader wrote.
        logger.warning("the microformats of a page cannot be read: %s", type(error).__qualname__)
        return None


def _text(entry: Entry | None, kind: Kind, title: str, excerpt: str, base: str, answered: str) -> str:
    if kind in (Kind.LIKE, Kind.REPOST):
        return ""
    if entry is not None and kind is Kind.COMMENT:
        text = to_plain(entry.html, base) if entry.html else normalise_text(entry.text, LONGEST_REPLY)
        if text.strip():
            return normalise_text(text, LONGEST_REPLY).strip()
    name = normalise_text(entry.name, LONGEST_TITLE).strip() if entry else ""
    parts = dict.fromkeys(filter(None, (name or title, excerpt)))
    return normalise_text("\n\n".join(parts), LONGEST_EXCERPT).strip() or answered


def _author(entry: Entry | None, pair: Pair, answered: str) -> Author:
    name = normalise_text(entry.author_name, LONGEST_NAME).strip() if entry else ""
    url = entry.author_url if entry else ""
    own = bool(url) and site(url) == site(pair.source) == site(answered)
    opted_out = any(mark in entry.author_note.lower() for mark in NOT_COLLECTED) if entry else False
    return Author(
        remote_id=url if own else pair.source,
        handle="",
        display_name=name or site(answered),
        url=url if own else "",
        opted_out=opted_out,
    )


def _shown(answered: str, pair: Pair) -> str:
    """Where a person looks at it: the address that answered, with the place in the page that was named."""
    fragment = urldefrag(pair.source)[1]
    return f"{urldefrag(answered)[0]}#{fragment}" if fragment else answered


def _title(soup: BeautifulSoup) -> str:
    return normalise_text(soup.title.get_text(" ", strip=True), LONGEST_TITLE).strip() if soup.title else ""


def _language(soup: BeautifulSoup) -> str:
    root = soup.find("html", lang=True)
    return str(root["lang"])[:12].split("-")[0].lower() if root else ""


def _around(anchor: Tag, base: str) -> str:
    """The paragraph, or whatever is like one, in which the link stands."""
    for _step, above in zip(range(CLIMB), anchor.parents, strict=False):
        if above.name in ("body", "html", "[document]"):
            return ""
        if above.name in AROUND:
            text = to_plain(above.decode_contents(), base)
            if text.strip():
                return normalise_text(text, LONGEST_EXCERPT).strip()
    return ""
