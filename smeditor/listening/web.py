"""Reading the sources that have no account: feeds, and pages whose threads discuss an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from smeditor.networks.feeds import FeedSource
from smeditor.networks.listings import Listing, digests
from smeditor.networks.pages import PageSource


@dataclass(frozen=True)
class WebPage:
    """What one poll of a feed or a page brought, and what the source remembers of it."""

    source: Source
    origin: Origin
    listing: Listing
    changes: dict = field(default_factory=dict)
    finder: Finder = field(default_factory=Finder)

    def keep(self, now: datetime) -> Stored:
        """Store it, and the source's new state, inside the caller's transaction."""
        listing = without_articles(self.listing, self.source, self.finder)
        compared = compare(self.source, listing)
        take_over(compared)
        stored = store(listing.entries, self.origin, now, self.finder)
        known = {"last_success_at": now, "failures": 0, "lease_until": None}
        Source.objects.filter(pk=self.source.pk).update(**known, **self.changes)
        return stored


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


def read_feed(source: Source, now: datetime) -> Iterator[WebPage]:
    """Yield what is new in a feed. Entries that lead to no article are not kept, unless the feed is about one."""
    with guarded_client() as client:
        result = FeedSource(client).fetch(source.url, source.etag, source.last_modified)
        listing = replace(result.listing, entries=Expander(client).expand(result.entries))
    pause = max(plan.idle(), result.pause) if result.pause else plan.idle()
    changes = {
        "etag": result.etag,
        "last_modified": result.last_modified,
        "problem": result.problem[:500],
        "next_poll_at": now + pause,
    }
    if result.title and not source.name:
        changes["name"] = result.title
    yield WebPage(source, _origin(source), listing, changes)


def read_page(source: Source, now: datetime) -> Iterator[WebPage]:
    """Yield the comments on a page. A page for which nobody named the article is about the first that it links to."""
    with guarded_client() as client:
        result = PageSource(client).fetch(source.url)
        listing = replace(result.listing, entries=Expander(client).expand(result.comments))
    finder = Finder()
    article = source.article or next(filter(None, map(finder.page_at, result.links)), None)
    changes = {"problem": result.problem[:500], "next_poll_at": now + plan.idle()}
    if result.title and not source.name:
        changes["name"] = result.title
    yield WebPage(source, _origin(source, article), listing, changes, finder)


def _origin(source: Source, article: Any = None) -> Origin:
    return Origin(WEB, source=source, article=article or source.article, attached_only=True)
