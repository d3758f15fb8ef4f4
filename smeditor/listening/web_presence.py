"""Whether what was read from feeds and pages is still there.

That something is gone is believed from two places only: the whole list it was read from, and its own permalink. Who
refuses to say is asked ever more rarely.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urldefrag
from zlib import crc32

from django.db.models import Count

from smeditor import conf
from smeditor.accounts.clients import guarded_client
from smeditor.exceptions import BadAnswer, Gone, RateLimited, SmeditorError, TooLarge
from smeditor.listening import claims, plan
from smeditor.listening.attach import Finder
from smeditor.listening.known import compare, listed, take_over
from smeditor.listening.web import is_ours, without_articles
from smeditor.models import Reaction, Source
from smeditor.networks.base import Presence
from smeditor.networks.listings import Listing, site

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient
    from smeditor.networks.pages import PageResult

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


@dataclass(frozen=True)
class _Question:
    """An address that is asked for all ``rows`` that it tells of: the list of ``source``, or the page of a permalink."""

    address: str
    source: Source | None
    rows: Sequence[Reaction]
    is_list: bool

    def fetch(self) -> Listing | PageResult:
        """Ask. It runs in any thread, and asks no database."""
        from smeditor.networks.pages import PageSource

        with guarded_client() as client:
            if self.is_list and self.source:
                return _fetch_list(client, self.source)
            return PageSource(client).fetch(self.address)


class _WebCheck:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.result = WebPresence()
        self.finder = Finder()
        self.left = FETCHES
        self.ends = time.monotonic() + claims.seconds_to_ask()
        self.under_way: dict[Future[Listing | PageResult], _Question] = {}

    def run(self, rows: Sequence[Reaction]) -> WebPresence:
        """Ask many sites side by side, each for one address at a time, so that none that is slow holds up the others."""
        waiting: dict[str, deque[_Question]] = {}
        for question in self._questions(rows):
            waiting.setdefault(site(question.address), deque()).append(question)
        with ThreadPoolExecutor(conf.get("POLL_THREADS"), thread_name_prefix="rechecking") as pool:
            for questions in waiting.values():
                self._ask_next(questions, pool)
            while self.under_way:
                done, _others = wait(self.under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    question = self.under_way.pop(future)
                    with self._asking(question):
                        self._judge(question, future.result())
                    self._ask_next(waiting[site(question.address)], pool)
        return self.result

    def _questions(self, rows: Sequence[Reaction]) -> Iterator[_Question]:
        """What is asked of where ``rows`` came from, each address once. What can be asked nowhere is unknown."""
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
        for source, some in by_source.items():
            yield _Question(source.url, source, some, is_list=True)
        for page, some in sorted(by_page.items(), key=lambda pair: self._turn(pair[0])):
            yield _Question(page, some[0].source, some, is_list=False)

    def _turn(self, page: str) -> int:
        """The place of a page in this check, another in each.

        One that always fails must not come before its neighbours every time, for whoever refuses is left alone.
        """
        return crc32(f"{page} {self.now.isoformat()}".encode("utf-8", "replace"))

    def _ask_next(self, questions: deque[_Question], pool: ThreadPoolExecutor) -> None:
        """Begin the next of one site's questions that may be asked, while there is time."""
        while questions and time.monotonic() < self.ends:
            question = questions.popleft()
            if self._may_ask(question):
                self.under_way[pool.submit(question.fetch)] = question
                return

    def _judge(self, question: _Question, answer: Listing | PageResult) -> None:
        if question.source and isinstance(answer, Listing):
            self._in_list(question.source, question.rows, answer)
        elif not isinstance(answer, Listing):
            self._at_permalink(question.address, question.rows, answer)

    def _in_list(self, source: Source, rows: Sequence[Reaction], answer: Listing) -> None:
        """Compare ``rows`` with the list that they were read from."""
        compared = compare(source, without_articles(answer, source, self.finder))
        take_over(compared)
        for row in rows:
            absent = Presence.DELETED if compared.is_believed(row, self.now) else Presence.UNKNOWN
            self.result.presence[row.pk] = Presence.ALIVE if row.pk in compared.there else absent

    def _at_permalink(self, page: str, rows: Sequence[Reaction], answer: PageResult) -> None:
        if is_ours(answer.address, self.finder) or _is_front_page(answer.address, page):
            self.result.presence |= {row.pk: Presence.UNKNOWN for row in rows}
            return
        there = listed(rows, answer.comments)
        for row in rows:
            whole = not urldefrag(row.permalink)[1]
            # A comment is missing only from a page that once showed it, and shows all that it has.
            missing = Presence.DELETED if answer.complete and row.checked_at else Presence.UNKNOWN
            self.result.presence[row.pk] = Presence.ALIVE if whole or row.pk in there else missing

    def _may_ask(self, question: _Question) -> bool:
        """Whether one more fetch is left, and the place not to be left alone; else its rows wait."""
        source, until = question.source, plan.left_alone(question.source, site(question.address))
        if question.is_list and source and source.failures:
            until = max(filter(None, (until, source.next_poll_at)), default=None)
        if until and until > self.now:
            self.result.later |= {row.pk: until for row in question.rows}
            return False
        self.left -= 1
        return self.left >= 0

    @contextmanager
    def _asking(self, question: _Question) -> Iterator[None]:
        """Note what a failure of the block means for the rows of ``question``, and for when its place is asked again."""
        address, source = question.address, question.source
        unknown = {row.pk: Presence.UNKNOWN for row in question.rows}
        try:
            yield
        except Gone:
            gone = source is None or address != source.url or source.kind == Source.Kind.PAGE
            self.result.presence |= {row.pk: Presence.DELETED for row in question.rows} if gone else unknown
        except (TooLarge, BadAnswer):
            self.result.presence |= unknown
        except SmeditorError as error:
            self.result.presence |= unknown
            least = error.again_at(self.now) if isinstance(error, RateLimited) else self.now
            plan.leave_alone(source, site(address), self.now, least)
        else:
            plan.welcome(source, site(address))


def _fetch_list(client: GuardedClient, source: Source) -> Listing:
    from smeditor.networks.feeds import FeedSource
    from smeditor.networks.pages import PageSource

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
