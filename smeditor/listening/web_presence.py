"""Whether what was read from feeds and pages is still there.

That something is gone is believed from two places only: the whole list it was read from, and its own permalink. Who
refuses to say is asked ever more rarely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urldefrag
from zlib import crc32

from django.db.models import Count

from smeditor.accounts.clients import guarded_client
from smeditor.exceptions import BadAnswer, Gone, RateLimited, SmeditorError, TooLarge
from smeditor.listening import plan
from smeditor.listening.attach import Finder
from smeditor.listening.known import compare, listed, take_over
from smeditor.listening.web import is_ours, without_articles
from smeditor.models import Reaction, Source
from smeditor.networks.base import Presence
from smeditor.networks.client import GuardedClient
from smeditor.networks.feeds import FeedSource
from smeditor.networks.listings import Listing, site
from smeditor.networks.pages import PageSource

FETCHES = 20
"""Pages and feeds that are fetched in one check; the others are fetched in the next."""


@dataclass
class WebPresence:
    """What one check told: ``presence`` by reaction id, and ``later`` until when the others are left alone."""

    presence: dict[int, Presence] = field(default_factory=dict)
    later: dict[int, datetime] = field(default_factory=dict)


def check_on_web(rows: Sequence[Reaction], now: datetime) -> WebPresence:
    """Ask the places of ``rows``, each once, whatever the number of rows. Raises nothing.

    What was not asked is in neither part of the answer.
    """
    return _WebCheck(now).run(rows)


class _WebCheck:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.result = WebPresence()
        self.finder = Finder()
        self.left = FETCHES

    def run(self, rows: Sequence[Reaction]) -> WebPresence:
        shared = shared_permalinks(rows)
        # One object for each source, so that what one fetch notes is known to the next.
        sources = {row.source_id: row.source for row in rows if row.source}
        for row in rows:
            row.source = sources.get(row.source_id)
        by_source: dict[Source, list[Reaction]] = {}
        by_page: dict[str, list[Reaction]] = {}
        for row in rows:
            if row.source and row.source.kind == Source.Kind.PAGE:
                by_source.setdefault(row.source, []).append(row)
            elif (
                row.permalink and row.permalink not in shared and not is_ours(urldefrag(row.permalink)[0], self.finder)
            ):
                by_page.setdefault(urldefrag(row.permalink)[0], []).append(row)
            elif row.source:
                by_source.setdefault(row.source, []).append(row)
            else:
                self.result.presence[row.pk] = Presence.UNKNOWN
        with guarded_client() as client:
            for source, some in by_source.items():
                self._in_list(client, source, some)
            for page, some in sorted(by_page.items(), key=lambda pair: self._turn(pair[0])):
                self._at_permalink(client, page, some)
        return self.result

    def _turn(self, page: str) -> int:
        """The place of a page in this check, another in each.

        One that always fails must not come before its neighbours every time, for whoever refuses is left alone.
        """
        return crc32(f"{page} {self.now.isoformat()}".encode("utf-8", "replace"))

    def _in_list(self, client: GuardedClient, source: Source, rows: Sequence[Reaction]) -> None:
        """Compare ``rows`` with the list that they were read from."""
        if source.failures and source.next_poll_at and source.next_poll_at > self.now:
            self.result.later |= {row.pk: source.next_poll_at for row in rows}
            return
        if not self._may_ask(source.url, source, rows):
            return
        with self._asking(source.url, source, rows):
            listing = without_articles(_fetch_list(client, source), source, self.finder)
            compared = compare(source, listing)
            take_over(compared)
            for row in rows:
                absent = Presence.DELETED if compared.is_believed(row, self.now) else Presence.UNKNOWN
                self.result.presence[row.pk] = Presence.ALIVE if row.pk in compared.there else absent

    def _at_permalink(self, client: GuardedClient, page: str, rows: Sequence[Reaction]) -> None:
        source = rows[0].source
        if not self._may_ask(page, source, rows):
            return
        with self._asking(page, source, rows):
            result = PageSource(client).fetch(page)
            if is_ours(result.address, self.finder) or _is_front_page(result.address, page):
                self.result.presence |= {row.pk: Presence.UNKNOWN for row in rows}
                return
            there = listed(rows, result.comments)
            for row in rows:
                whole = not urldefrag(row.permalink)[1]
                # A comment is missing only from a page that once showed it, and shows all that it has.
                missing = Presence.DELETED if result.complete and row.checked_at else Presence.UNKNOWN
                self.result.presence[row.pk] = Presence.ALIVE if whole or row.pk in there else missing

    def _may_ask(self, address: str, source: Source | None, rows: Sequence[Reaction]) -> bool:
        """Whether one more fetch is left, and the host not to be left alone; else ``rows`` wait."""
        until = plan.left_alone(source, site(address))
        if until and until > self.now:
            self.result.later |= {row.pk: until for row in rows}
            return False
        self.left -= 1
        return self.left >= 0

    @contextmanager
    def _asking(self, address: str, source: Source | None, rows: Sequence[Reaction]) -> Iterator[None]:
        """Note what a failure of the block to ask ``address`` means for ``rows``, and for when it is asked again."""
        unknown = {row.pk: Presence.UNKNOWN for row in rows}
        try:
            yield
        except Gone:
            gone = source is None or address != source.url or source.kind == Source.Kind.PAGE
            self.result.presence |= {row.pk: Presence.DELETED for row in rows} if gone else unknown
        except (TooLarge, BadAnswer):
            self.result.presence |= unknown
        except SmeditorError as error:
            self.result.presence |= unknown
            least = error.again_at(self.now) if isinstance(error, RateLimited) else self.now
            plan.leave_alone(source, site(address), self.now, least)
        else:
            plan.welcome(source, site(address))


def _fetch_list(client: GuardedClient, source: Source) -> Listing:
    if source.kind == Source.Kind.PAGE:
        return PageSource(client).fetch(source.url).listing
    return FeedSource(client).fetch(source.url).listing


def _is_front_page(answered: str, asked: str) -> bool:
    """Whether an address led to the front page of its site, where blogs send those who ask for what they removed."""
    return urldefrag(answered)[0].count("/") <= 3 and answered.rstrip("/") != asked.rstrip("/")


def shared_permalinks(rows: Sequence[Reaction]) -> set[str]:
    """The permalinks of ``rows`` that other reactions give as theirs too: they tell nothing of any one of them."""
    addresses = {row.permalink for row in rows if row.permalink}
    named = Reaction.objects.filter(permalink__in=addresses).exclude(presence=Presence.DELETED)
    counted = named.order_by().values("permalink").annotate(number=Count("pk"))
    return {row["permalink"] for row in counted if row["number"] > 1}
