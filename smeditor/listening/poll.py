"""Reading what is due: accounts, feeds and pages, many at a time, each under a lease, none of them starving another."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from datetime import datetime, timedelta
from threading import Event, Lock

from smeditor import conf
from smeditor.exceptions import DATABASE_TROUBLE
from smeditor.listening import claims, plan, threads, webhooks
from smeditor.listening.attach import Finder
from smeditor.listening.reading import Poll, PolledPage, PollResult
from smeditor.models import Account, Source
from smeditor.models.sources import host_of

logger = logging.getLogger("smeditor.listening")

BEGINS_FOR = 50.0
"""Seconds of a round in which what is due is begun; while its last ones are waited for, the next round may begin others."""
CLAIM_EVERY = 1.0
"""Seconds between two claims, while others are read."""

CLOSING = 10.0
"""Seconds after which it is noted what was answered meanwhile."""

stopping = Event()
"""Set when the process is asked to end: nothing more is begun, what is under way comes to its end."""

_beginning = Lock()
"""Held by the round that begins polls in this process: there is one at a time."""


def run_due(now: datetime, worker: str) -> int:
    """Read every source that is due at ``now`` (aware) and return how many new reactions were stored.

    Return 0 while another round of this process begins what is due.
    """
    if not _beginning.acquire(blocking=False):
        return 0
    with ExitStack() as turn:
        turn.callback(_beginning.release)
        add_missing_sources()
        plan.hasten(now)
        new = _Round(now, worker, turn.close).run()
    threads.close_answered(now)
    return new


def add_missing_sources() -> int:
    """Give every account that listens its source; return how many were missing."""
    without = Account.objects.filter(listens=True, source__isnull=True)
    fresh = [
        Source(kind=Source.Kind.ACCOUNT, account=account, name=str(account)[:200], host=host_of(account.server_url))
        for account in without
    ]
    Source.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def poll_source(source_id: int, now: datetime, worker: str) -> PollResult | None:
    """Read one source, due or not. Return None when another worker reads it."""
    source = claims.claim_one(source_id, now)
    if source is None:
        return None
    logger.debug("%s reads source %s", worker, source.pk)
    poll = Poll(source, now, Finder())
    poll.open()
    while poll.goes_on:
        poll.keep(poll.fetch)
    return poll.result


class _Round:
    """One round of listening: threads that ask, and this one, which claims and stores.

    ``hand_over`` is called as soon as it begins nothing more, however long the last ones take.
    """

    def __init__(self, now: datetime, worker: str, hand_over: Callable[[], None]) -> None:
        self.now = now
        self.worker = worker
        self.hand_over = hand_over
        self.began: float | None = None
        self.threads = conf.get("POLL_THREADS")
        self.under_way: dict[Future[PolledPage], Poll] = {}
        self.unfinished: set[int] = set()
        self.next_claim = 0.0
        self.next_closing = CLOSING
        self.more_is_due = True
        self.troubled = False
        self.finder = Finder()
        self.new = 0

    def run(self) -> int:
        """Read until nothing is due or the time is over. Returns how many new reactions were stored."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="listening") as pool:
            while self._begin(pool) or self.under_way:
                if self._elapsed() > BEGINS_FOR:
                    self.hand_over()
                done, _others = wait(self.under_way, timeout=CLAIM_EVERY, return_when=FIRST_COMPLETED)
                for future in done:
                    poll = self.under_way.pop(future)
                    poll.keep(future.result)
                    self._go_on(poll, pool)
                    self._begin(pool)  # whoever could ask does not wait until all that came is stored
                self._close_answered()
        return self.new

    def _begin(self, pool: ThreadPoolExecutor) -> int:
        """Claim and begin what the free threads can take; return how many that were."""
        elapsed = self._elapsed()
        free = self.threads - len(self.under_way)
        if not self._is_time(elapsed, free):
            return 0
        now = self.now + timedelta(seconds=elapsed)
        slow = max(self.threads // 2, 1) - sum(claims.is_slow(poll.source.seconds) for poll in self.under_way.values())
        try:
            webhooks.hasten(now)
            claimed = claims.claim(now, free, slow=slow, without=self.unfinished)
        except DATABASE_TROUBLE as error:
            # What is under way is still stored if it can be; the next round begins anew.
            logger.warning("listening waits for the database: %s", type(error).__name__)
            self.troubled = True
            return 0
        self.more_is_due = len(claimed) == free
        self.next_claim = elapsed + CLAIM_EVERY
        for source in claimed:
            logger.debug("%s reads source %s", self.worker, source.pk)
            poll = Poll(source, now, self.finder)
            poll.open()
            self._go_on(poll, pool)
        return len(claimed)

    def _is_time(self, elapsed: float, free: int) -> bool:
        """Whether to ask now what is due."""
        if not free or self.troubled or stopping.is_set() or elapsed > BEGINS_FOR:
            return False
        return not self.under_way or elapsed >= self.next_claim or (self.more_is_due and 2 * free >= self.threads)

    def _go_on(self, poll: Poll, pool: ThreadPoolExecutor) -> None:
        if poll.goes_on:
            self.under_way[pool.submit(poll.fetch)] = poll
            return
        self.new += len(poll.stored.created)
        if poll.unfinished:
            self.unfinished.add(poll.source.pk)

    def _close_answered(self) -> None:
        """In a long round, too, what was answered elsewhere leaves the queue soon."""
        elapsed = self._elapsed()
        if elapsed >= self.next_closing and not self.troubled:
            threads.close_answered(self.now + timedelta(seconds=elapsed))
            self.next_closing = elapsed + CLOSING

    def _elapsed(self) -> float:
        """Seconds since the first call: what is claimed first is claimed at the very time that the caller says."""
        now = time.monotonic()
        self.began = now if self.began is None else self.began
        return now - self.began
