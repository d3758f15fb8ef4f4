"""One source being read, under its lease: what its network tells is asked for in a thread, and stored in another.

Who asks touches no database, and who stores waits for nobody: of many sources only the asking goes on side by side.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from smeditor.accounts import tokens
from smeditor.exceptions import DATABASE_TROUBLE, AuthExpired, RateLimited, SmeditorError
from smeditor.listening import account, claims, plan, web
from smeditor.listening.attach import Finder
from smeditor.listening.batch import Stored
from smeditor.models import Source
from smeditor.networks.deadline import not_after

logger = logging.getLogger("smeditor.listening")

TOO_MANY_REQUESTS = 429


class LeaseLost(Exception):
    """Another worker has taken the source over: what this one read is not stored."""


@dataclass(frozen=True)
class PollResult:
    """What one poll of one source brought. ``problem`` is the sentence that the source now shows, empty when well."""

    source: Source
    stored: Stored
    problem: str = ""


class PolledPage(Protocol):
    """A piece of what a source told, to be stored in one transaction."""

    @property
    def next_at(self) -> datetime | None:
        """When the source is read again; None while this poll goes on."""

    def keep(self, now: datetime, finder: Finder) -> Stored:
        """Store it at the aware time ``now``, what it leads to found by ``finder``; return what became of it."""

    def changes(self) -> dict[str, Any]:
        """What the source itself remembers of it, by field."""


class Reader(Protocol):
    """Reads one source, piece by piece."""

    def fetch(self) -> PolledPage:
        """Ask for the next piece. It runs in any thread, one call after another, and asks no database."""

    def close(self) -> None:
        """End the reading, and save what the network changed."""


READERS: dict[str, Callable[[Source, datetime, float], Reader]] = {
    Source.Kind.ACCOUNT: account.AccountReader,
    Source.Kind.FEED: web.FeedReader,
    Source.Kind.PAGE: web.PageReader,
}
"""Each is given the source, the aware time of the poll, and ``time.monotonic()`` at which asking ends."""


class Poll:
    """The poll of ``source``, which was leased at ``now`` (aware). Call ``fetch`` and ``keep`` in turn while it goes on.

    ``finder`` is the round's: what one source leads to is not asked again for the next.
    """

    def __init__(self, source: Source, now: datetime, finder: Finder) -> None:
        self.source = source
        self.now = now
        self.finder = finder
        self.lease = source.lease_until
        self.ends = time.monotonic() + claims.seconds_to_ask()
        self.stored = Stored()
        self.problem = ""
        self.goes_on = True
        self.unfinished = False
        """Whether the source has more to tell right now."""
        self.reader: Reader | None = None
        self.seconds = 0.0

    @property
    def result(self) -> PollResult:
        """What it brought."""
        return PollResult(self.source, self.stored, self.problem)

    def open(self) -> None:
        """Make ready to ask: the last thing that needs the database before the answer is there."""
        self._carefully(self._open)

    def fetch(self) -> PolledPage:
        """Ask for the next piece, for no longer than the lease allows; a server that drips is cut off."""
        if self.reader is None:
            raise SmeditorError
        began = time.monotonic()
        try:
            with not_after(self.ends):
                return self.reader.fetch()
        finally:
            self.seconds += time.monotonic() - began

    def keep(self, fetched: Callable[[], PolledPage]) -> None:
        """Store what ``fetched`` returns, or note why it could not be read."""
        self._carefully(lambda: self._keep(fetched()))

    def _open(self) -> None:
        self.reader = READERS[self.source.kind](self.source, self.now, self.ends)

    def _keep(self, page: PolledPage) -> None:
        with transaction.atomic():
            self._hold()
            self.stored.add(page.keep(self.now, self.finder))
            changes = {"last_success_at": self.now, "failures": 0, "problem": "", **page.changes()}
            if page.next_at:
                changes |= {"lease_until": None, **self._times(page.next_at)}
            Source.objects.filter(pk=self.source.pk).update(**changes)
        if page.next_at:
            self.unfinished = page.next_at <= self.now
            self._end()

    def _carefully(self, step: Callable[[], None]) -> None:
        """Take one step of the poll. Whatever goes wrong ends it, and is written where an editor sees it."""
        try:
            self._noting(step)
        except DATABASE_TROUBLE as error:
            # Not the source's fault: it is read again when its lease is over.
            logger.warning("source %s waits for the database: %s", self.source.pk, type(error).__name__)
            self.problem = _("The database is busy. It is read again by itself.")
            self._end()

    def _noting(self, step: Callable[[], None]) -> None:
        try:
            step()
        except DATABASE_TROUBLE:
            raise
        except LeaseLost:
            self._end()
        except RateLimited as error:
            self._end()
            self._put_off(error)
        except SmeditorError as error:
            self._end()
            self._failed(error)
        except Exception as error:
            self._end()
            # The cause by its class only: a message may quote what a reader wrote.
            logger.error("source %s could not be read: %s", self.source.pk, type(error).__qualname__)
            sentence = _("It could not be read, for a reason that only the log knows. It is tried again.")
            self._failed(SmeditorError(sentence))

    def _hold(self) -> None:
        """Lock the source's row if its lease is still ours; raise LeaseLost if not."""
        if not Source.objects.select_for_update().filter(pk=self.source.pk, lease_until=self.lease).exists():
            raise LeaseLost

    def _end(self) -> None:
        self.goes_on = False
        reader, self.reader = self.reader, None
        try:
            if reader is not None:
                reader.close()
        except DATABASE_TROUBLE as error:
            logger.warning("source %s: what its network changed is lost: %s", self.source.pk, type(error).__name__)

    def _times(self, at: datetime) -> dict[str, Any]:
        return {"seconds": round(self.seconds, 2), **plan.marks(self.now, at)}

    def _note(self, at: datetime, problem: str, **changes: Any) -> None:
        self.problem = problem
        ours = Source.objects.filter(pk=self.source.pk, lease_until=self.lease)
        ours.update(lease_until=None, problem=problem[:500], **self._times(at), **changes)

    def _put_off(self, error: RateLimited) -> None:
        until = error.again_at(self.now)
        self._note(until, error.sentence)
        if error.status == TOO_MANY_REQUESTS and self.source.kind != Source.Kind.ACCOUNT and self.source.host:
            # The host has had enough, not this address of it.
            others = Source.objects.filter(host=self.source.host, next_poll_at__lt=until)
            others.exclude(kind=Source.Kind.ACCOUNT).update(
                next_poll_at=until, poll_by=until, problem=error.sentence[:500]
            )

    def _failed(self, error: SmeditorError) -> None:
        """Note a failure where an editor sees it, and come back later, ever more rarely."""
        logger.warning("source %s: %s", self.source.pk, error)
        failures = self.source.failures + 1
        sentence = str(error.sentence) or _("It could not be read. It is tried again.")
        self._note(self.now + plan.after_failure(failures), sentence, failures=failures)
        if isinstance(error, AuthExpired) and self.source.account:
            tokens.expired(self.source.account, error, self.now, tries=self.source.failures)
