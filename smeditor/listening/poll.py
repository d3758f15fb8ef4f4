"""Reading what is due: accounts, feeds and pages, each under a lease, none of them able to stop another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import health, tokens
from smeditor.accounts.clients import open_network, save_after
from smeditor.exceptions import AuthExpired, RateLimited, SmeditorError
from smeditor.listening import erase, plan, threads, web
from smeditor.listening.attach import Finder
from smeditor.listening.batch import Origin, Stored
from smeditor.listening.identity import message_key
from smeditor.listening.own import own_parts
from smeditor.listening.shorteners import Expander
from smeditor.listening.store import store
from smeditor.models import Account, Delivery, Reaction, Source
from smeditor.networks.base import InboundItem

logger = logging.getLogger("smeditor.listening")

PAGES = 10
"""Pages of one account that are read in one poll; what is left waits for the next, and others come in between."""
LEASES = 6
"""A poll is several requests: its lease is so many times that of a delivery."""
SOURCES = 50


class LeaseLost(Exception):
    """Another worker has taken the source over: what this one read is not stored."""


@dataclass(frozen=True)
class PollResult:
    """What one poll of one source brought. ``problem`` is the sentence that the source now shows, empty when well."""

    source: Source
    stored: Stored
    problem: str = ""


class PolledPage(Protocol):
    """A piece of what a source told, to be kept in one transaction."""

    def keep(self, now: datetime) -> Stored:
        """Store it at the aware time ``now``, and return what became of it."""


def run_due(now: datetime, worker: str) -> int:
    """Read every source that is due at ``now`` (aware) and return how many new reactions were stored."""
    add_missing_sources()
    new = 0
    for pk in list(due(now).values_list("pk", flat=True)[:SOURCES]):
        result = poll_source(pk, now, worker)
        new += len(result.stored.created) if result else 0
    threads.close_answered(now)
    return new


def add_missing_sources() -> int:
    """Give every account that listens its source; return how many were missing."""
    without = Account.objects.filter(listens=True, source__isnull=True)
    fresh = [Source(kind=Source.Kind.ACCOUNT, account=account, name=str(account)[:200]) for account in without]
    Source.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def due(now: datetime) -> QuerySet[Source]:
    """Sources to be read now, the longest overdue first. An account that must be reconnected is left alone."""
    return (
        Source.objects.filter(Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=now), active=True)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
        .exclude(account__listens=False)
        .exclude(account__in=health.failing())
        .order_by("next_poll_at", "pk")
    )


def poll_source(source_id: int, now: datetime, worker: str) -> PollResult | None:
    """Claim one source, read it, store what came. Return None when another worker has it. Raises nothing."""
    lease = now + timedelta(seconds=LEASES * conf.get("LEASE"))
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    if not Source.objects.filter(free, pk=source_id, active=True).update(lease_until=lease):
        return None
    source = Source.objects.select_related("account", "article").get(pk=source_id)
    logger.debug("%s reads source %s", worker, source.pk)
    stored = Stored()
    try:
        for part in READERS[source.kind](source, now):
            with transaction.atomic():
                _hold(source, lease)
                stored.add(part.keep(now))
        return PollResult(source, stored)
    except LeaseLost:
        return PollResult(source, stored)
    except RateLimited as error:
        _put_off(source, lease, error.again_at(now), error.sentence)
        return PollResult(source, stored, error.sentence)
    except SmeditorError as error:
        return PollResult(source, stored, _failed(source, lease, now, error))
    except Exception as error:
        # The cause by its class only: a message may quote what a reader wrote.
        logger.error("source %s could not be read: %s", source.pk, type(error).__qualname__)
        unexpected = SmeditorError(_("It could not be read, for a reason that only the log knows. It is tried again."))
        return PollResult(source, stored, _failed(source, lease, now, unexpected))


def _hold(source: Source, lease: datetime) -> None:
    """Lock the source's row if its lease is still ours; raise LeaseLost if not."""
    if not Source.objects.select_for_update().filter(pk=source.pk, lease_until=lease).exists():
        raise LeaseLost


def _put_off(source: Source, lease: datetime, until: datetime, problem: str) -> None:
    Source.objects.filter(pk=source.pk, lease_until=lease).update(
        lease_until=None, next_poll_at=until, problem=problem[:500]
    )


def _failed(source: Source, lease: datetime, now: datetime, error: SmeditorError) -> str:
    """Note a failure where an editor sees it, and come back later, ever more rarely."""
    sentence = str(error.sentence) or _("It could not be read. It is tried again.")
    logger.warning("source %s: %s", source.pk, error)
    failures = source.failures + 1
    Source.objects.filter(pk=source.pk, lease_until=lease).update(
        lease_until=None, failures=failures, next_poll_at=now + plan.after_failure(failures), problem=sentence[:500]
    )
    if isinstance(error, AuthExpired) and source.account:
        tokens.expired(source.account, error, now, tries=source.failures)
    return sentence


def read_account(source: Source, now: datetime) -> Iterator[AccountPage]:
    """Yield what an account's network has for us, page by page, each to be kept in one transaction with its cursor."""
    account = source.account
    if account is None:
        return
    network = open_network(account)
    network.rates.reserve = plan.KEPT_FOR_SENDING
    expander = Expander(network.client)
    finder = Finder()
    walk = plan.threads_due(account, now)
    try:
        cursor, ours = dict(source.cursor), walk.refs
        for page in range(1, PAGES + 1):
            batch = network.collect(cursor, ours)
            inbound = expander.expand(batch.inbound)
            next_at = None if batch.more and page < PAGES else now if batch.more else walk.next_at
            yield AccountPage(source, account, walk, inbound, batch.cursor, batch.deleted, next_at, finder)
            if next_at:
                return
            cursor, ours = batch.cursor, ()
    finally:
        save_after(network, account)
        network.close()


@dataclass(frozen=True)
class AccountPage:
    """One page of what an account's network told."""

    source: Source
    account: Account
    walk: plan.Threads
    inbound: tuple[InboundItem, ...]
    cursor: dict
    deleted: tuple[str, ...]
    next_at: datetime | None
    """When the account is read again; None while this poll goes on."""
    finder: Finder

    def keep(self, now: datetime) -> Stored:
        """Store the page and the cursor behind it, inside the caller's transaction."""
        origin = Origin(self.account.network, account=self.account, source=self.source)
        stored = store(self.inbound, origin, now, self.finder)
        erase_reported(self.deleted, origin, now)
        note_own_gone(self.deleted, origin, now)
        Delivery.objects.filter(pk__in=self.walk.delivery_ids).update(polled_at=now)
        changes: dict[str, Any] = {"cursor": self.cursor, "last_success_at": now, "failures": 0, "problem": ""}
        if self.next_at:
            changes |= {"lease_until": None, "next_poll_at": self.next_at}
        Source.objects.filter(pk=self.source.pk).update(**changes)
        return stored


def note_own_gone(native_ids: tuple[str, ...], origin: Origin, now: datetime) -> int:
    """Note that posts of ours were deleted on the network itself, by whoever has the password there."""
    parts = own_parts(set(native_ids), origin).values() if native_ids else ()
    first = {part.delivery_id for part in parts if part.position == 0}
    return Delivery.note_gone(first, _("It was deleted on the network, not from the desk."), now)


def erase_reported(native_ids: tuple[str, ...], origin: Origin, now: datetime) -> int:
    """Erase what the network itself says was deleted."""
    if not native_ids:
        return 0
    keys = {message_key(native_id, origin.scope).key for native_id in native_ids}
    return erase.erase_all(
        list(Reaction.objects.filter(keys__key__in=keys, keys__kind__in=["uri", "native"]).distinct()), now
    )


READERS: dict[str, Callable[[Source, datetime], Iterator[PolledPage]]] = {
    Source.Kind.ACCOUNT: read_account,
    Source.Kind.FEED: web.read_feed,
    Source.Kind.PAGE: web.read_page,
}
