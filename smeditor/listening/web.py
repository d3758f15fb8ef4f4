"""Reading the sources that have no account: feeds, and pages whose threads discuss an article."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urldefrag

from smeditor.accounts.clients import guarded_client
from smeditor.listening import plan
from smeditor.listening.attach import Finder
from smeditor.listening.batch import WEB, Origin, Stored
from smeditor.listening.known import compare, take_over
from smeditor.listening.shorteners import Expander
from smeditor.listening.store import store
from smeditor.models import Source
from smeditor.networks.base import InboundItem
from smeditor.networks.listings import Listing, digests

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
STORED_ANEW = timedelta(days=1)
"""After so long what has not changed is stored once more: whatever went amiss in between is mended."""


@dataclass(frozen=True)
class WebPage:
    """What one poll of a feed or a page brought.

    ``links``: addresses of which the first that is ours is its subject. ``not_modified``: the server says that nothing
    is new. ``digest``: what it was, by its content.
    """

    source: Source
    listing: Listing
    next_at: datetime
    title: str = ""
    problem: str = ""
    links: tuple[str, ...] = ()
    not_modified: bool = False
    digest: str = ""
    remembered: dict[str, Any] = field(default_factory=dict)

    def keep(self, now: datetime, finder: Finder) -> Stored:
        """Store it, inside the caller's transaction; what was stored just so costs nothing."""
        if self.not_modified or self._is_stored(now, finder):
            return Stored()
        article = self.source.article or next(filter(None, map(finder.page_at, self.links)), None)
        origin = Origin(WEB, source=self.source, article=article, attached_only=True)
        listing = without_articles(self.listing, self.source, finder)
        take_over(compare(self.source, listing))
        stored = store(listing.entries, origin, now, finder)
        cursor = {"digest": self.digest, "articles": finder.newest_article, "stored_at": now.isoformat()}
        self.remembered["cursor"] = cursor
        return stored

    def _is_stored(self, now: datetime, finder: Finder) -> bool:
        """Whether the same was stored lately, with the same articles to find in it."""
        cursor = self.source.cursor
        if (cursor.get("digest"), cursor.get("articles")) != (self.digest, finder.newest_article):
            return False
        return timedelta() <= now - datetime.fromisoformat(cursor["stored_at"]) < STORED_ANEW

    def changes(self) -> dict[str, Any]:
        """What the server wants to be told next time, and the name where nobody gave one."""
        named = {"name": self.title} if self.title and not self.source.name else {}
        return {"problem": self.problem[:500], **self.remembered, **named}


def without_articles(listing: Listing, source: Source, finder: Finder) -> Listing:
    """``listing`` without our articles as anybody's identity: a feed may give the address of what it is about."""
    entries = [_without_article(entry, source, finder) for entry in listing.entries]
    return replace(listing, entries=tuple(entries))


def _without_article(entry: InboundItem, source: Source, finder: Finder) -> InboundItem:
    if is_ours(entry.own_address, finder):
        entry = replace(entry, permalink="")
    if is_ours(entry.native_id, finder):
        (own,) = digests(source.url, [(entry.author.display_name, entry.text)])
        entry = replace(entry, native_id=own)
    return entry


def is_ours(address: str, finder: Finder) -> bool:
    """Whether ``address`` is that of an article of ours as a whole; an anchor in it may be a comment's own."""
    return bool(address) and not urldefrag(address)[1] and finder.page_at(address) is not None


def digest_of(source: Source, entries: Sequence[InboundItem], links: Sequence[str]) -> str:
    """What ``source`` shows, in short. What bears no date is dated by the poll: times tell nothing."""
    undated = [replace(entry, published_at=UNDATED, edited_at=None) for entry in entries]
    shown = (source.url, source.article_id, undated, tuple(links))
    return hashlib.sha256(repr(shown).encode("utf-8", "replace")).hexdigest()


class _WebReader:
    """Reads ``source`` once, at the aware time ``now``."""

    def __init__(self, source: Source, now: datetime, ends: float) -> None:
        self.source = source
        self.now = now

    def close(self) -> None:
        """Nothing is left open between two calls."""


class FeedReader(_WebReader):
    """Reads a feed. Entries that lead to no article are not kept, unless the feed is about one."""

    def fetch(self) -> WebPage:
        """Ask for what is new in the feed."""
        from smeditor.networks.feeds import FeedSource

        with guarded_client() as client:
            result = FeedSource(client).fetch(self.source.url, self.source.etag, self.source.last_modified)
            listing = replace(result.listing, entries=Expander(client).expand(result.entries))
        pause = max(plan.idle(), result.pause) if result.pause else plan.idle()
        return WebPage(
            self.source,
            listing,
            self.now + pause,
            title=result.title,
            problem=result.problem,
            not_modified=result.not_modified,
            digest=digest_of(self.source, listing.entries, ()),
            remembered={"etag": result.etag, "last_modified": result.last_modified},
        )


class PageReader(_WebReader):
    """Reads the comments on a page. One for which nobody named the article is about the first that it links to."""

    def fetch(self) -> WebPage:
        """Ask for the page."""
        from smeditor.networks.pages import PageSource

        with guarded_client() as client:
            result = PageSource(client).fetch(self.source.url)
            listing = replace(result.listing, entries=Expander(client).expand(result.comments))
        return WebPage(
            self.source,
            listing,
            self.now + plan.idle(),
            title=result.title,
            problem=result.problem,
            links=result.links,
            digest=digest_of(self.source, listing.entries, result.links),
        )
