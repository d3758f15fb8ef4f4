"""Reading an account: what its network notifies it of, and the threads of our posts that are due."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.accounts.clients import open_for_listening, save_after
from smeditor.exceptions import BadAnswer, ConfigurationError, Gone, Refused
from smeditor.listening import erase, plan, webhooks
from smeditor.listening.attach import Finder
from smeditor.listening.batch import Origin, Stored
from smeditor.listening.identity import possible_keys
from smeditor.listening.own import own_parts
from smeditor.listening.shorteners import Expander
from smeditor.listening.store import store
from smeditor.models import Account, Delivery, Reaction, Source, WebhookEvent
from smeditor.networks.base import Batch, InboundItem

logger = logging.getLogger("smeditor.listening")

PAGES = 10
"""Pages of one account that are read in one poll; what is left waits for the next, and others come in between."""
THREADS_A_PAGE = 10
"""Threads that are walked with one page: a slow server is not asked so much at once that nothing of it is kept."""


class AccountReader:
    """Reads the account of ``source`` from its cursor on, at the aware time ``now``, until ``time.monotonic()`` is ``ends``."""

    def __init__(self, source: Source, now: datetime, ends: float) -> None:
        if source.account is None:
            raise ConfigurationError(_("This source has lost its account. Remove it."))
        self.source = source
        self.account = source.account
        self.now = now
        self.ends = ends
        self.threads = plan.threads_due(source.account, now)
        self.walks = self._in_order(list(self.threads.walks))
        # Where it failed before, less is asked at once, so that it comes through bit by bit.
        self.at_once = max(THREADS_A_PAGE >> min(source.failures, 10), 1)
        self.cursor = dict(source.cursor)
        self.page = 0
        self.problem = ""
        self.network = open_for_listening(source.account)
        self.events = webhooks.unread(source.account)
        self.expander = Expander(self.network.client)

    def _in_order(self, walks: list[plan.Walk]) -> list[plan.Walk]:
        """``walks``, the longest overdue first; after trouble from another place on each time: what always fails is so."""
        start = int(self.now.timestamp()) % len(walks) if walks and self.source.problem else 0
        return walks[start:] + walks[:start]

    def fetch(self) -> AccountPage:
        """Ask for one page of notifications, and walk the next few threads."""
        walks, self.walks = self.walks[: self.at_once], self.walks[self.at_once :]
        events, self.events = self.events, []
        from_events = self._read(events)
        batch = self.network.collect(self.cursor, tuple(ref for walk in walks for ref in walk.refs))
        self.cursor = batch.cursor
        self.page += 1
        unread = set(batch.unread)
        if unread:
            self.problem = _("Some threads could not be read. They are tried again.")
        more = batch.more or bool(self.walks)
        over = self.page >= PAGES or time.monotonic() >= self.ends
        return AccountPage(
            source=self.source,
            account=self.account,
            walked=tuple(walk.delivery_id for walk in walks if unread.isdisjoint(ref.uri for ref in walk.refs)),
            inbound=self.expander.expand((*from_events.inbound, *batch.inbound)),
            cursor=batch.cursor,
            deleted=(*from_events.deleted, *batch.deleted),
            events=tuple(events),
            next_at=None if more and not over else self.now if more else self.threads.next_at,
            problem=self.problem,
        )

    def _read(self, events: list[WebhookEvent]) -> Batch:
        """What webhooks told. What cannot be read of it was a wake-up and no more: the polling finds the same."""
        readable = [event.data for event in events if event.data]
        if not readable:
            return Batch()
        try:
            return self.network.read_events(readable)
        except (BadAnswer, Gone, Refused) as error:
            logger.warning("source %s: %s events of webhooks: %s", self.source.pk, len(events), type(error).__name__)
            return Batch()

    def close(self) -> None:
        """Save a rotated session and the rates, and close the connection."""
        try:
            save_after(self.network, self.account)
        finally:
            self.network.close()


@dataclass(frozen=True)
class AccountPage:
    """One page of what an account's network told.

    ``walked``: ids of the deliveries whose threads it holds. ``events``: what webhooks told and was read with
    it. ``problem``: what an editor should know of the others.
    """

    source: Source
    account: Account
    walked: tuple[int, ...]
    inbound: tuple[InboundItem, ...]
    cursor: dict
    deleted: tuple[str, ...]
    events: tuple[WebhookEvent, ...]
    next_at: datetime | None
    problem: str

    def keep(self, now: datetime, finder: Finder) -> Stored:
        """Store the page, inside the caller's transaction."""
        origin = Origin(self.account.network, account=self.account, source=self.source)
        stored = store(self.inbound, origin, now, finder)
        erase_reported(self.deleted, origin, now)
        note_own_gone(self.deleted, origin, now)
        webhooks.note_read(self.events, now)
        Delivery.objects.filter(pk__in=self.walked).update(polled_at=now)
        return stored

    def changes(self) -> dict[str, Any]:
        """How far the account was read, and what could not be."""
        return {"cursor": self.cursor, "problem": self.problem}


def note_own_gone(native_ids: tuple[str, ...], origin: Origin, now: datetime) -> int:
    """Note that posts of ours were deleted on the network itself, by whoever has the password there."""
    parts = own_parts(set(native_ids), origin).values() if native_ids else ()
    first = {part.delivery for part in parts if part.position == 0}
    return Delivery.note_gone(first, _("It was deleted on the network, not from the desk."), now)


def erase_reported(native_ids: tuple[str, ...], origin: Origin, now: datetime) -> int:
    """Erase what the network itself says was deleted."""
    if not native_ids:
        return 0
    keys = {key.key for native_id in native_ids for key in possible_keys(native_id, origin.scope)}
    kinds = ["uri", "native", "act"]
    return erase.erase_all(list(Reaction.objects.filter(keys__key__in=keys, keys__kind__in=kinds).distinct()), now)
