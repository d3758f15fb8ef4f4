"""Webhooks: what a network tells of its own accord is stored at once, and read with the account's next poll.

A webhook is a wake-up that may bring something along. Whatever is lost of it the polling finds; whatever is told twice or
out of order is told to the same store that knows each reaction by its identity.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from smeditor import conf
from smeditor.accounts import apps, clients
from smeditor.exceptions import ConfigurationError, Gone, Refused
from smeditor.models import Account, Source, WebhookEvent
from smeditor.models.insertion import insert_unless_known
from smeditor.networks.base import App, Event, Network, Received, WebhookRequest, Webhooks
from smeditor.networks.registry import get_network_class

logger = logging.getLogger("smeditor.listening")

MOST_EVENTS = 1000
"""Events of one request that are stored; a network sends a few dozen."""
OF_ACCOUNT = ("network", "remote_id")
READ_AT_ONCE = 200
"""Events that are read with one poll."""
KEPT_FOR = timedelta(days=30)
"""How long it is known that something was told already."""
KEYS_FOR = 10.0
"""Seconds for which a process remembers an app's keys: so long they are believed after somebody has taken them away."""
SECRET = "webhook_secret"  # noqa: S105 - the key of an account's secret under which its webhook's own lies


class _RecentApps(NamedTuple):
    read_at: float
    apps: Sequence[App]


recent_apps: dict[str, _RecentApps] = {}
"""By network, the newsroom's apps as they were read last: a network that writes every second is answered sooner."""


def receive(slug: str, key: str, request: WebhookRequest, now: datetime) -> str:
    """Believe one webhook request, store what it tells, and return the body to answer with.

    ``slug``: of the network; ``key``: the account's own, empty where the address is the app's. Raises Refused for what is
    not signed as it must be, BadAnswer for what cannot be read, Gone where there is no such address.
    """
    network = _network(slug)
    if network.capabilities.webhooks is Webhooks.ACCOUNT:
        account = _accounts(slug).only("secret", *OF_ACCOUNT).filter(webhook_key=key).first() if key else None
        if account is None:
            raise Gone(cause="no such account")
        received = network.receive(request, account.secret or {})
        accounts = {"": account, account.remote_id: account}
    elif network.capabilities.webhooks is Webhooks.APP and not key:
        received = _believed(network, slug, request)
        names = {event.account for event in received.events}
        accounts = {found.remote_id: found for found in _accounts(slug).filter(remote_id__in=names)}
    else:
        raise Gone(cause="no webhooks here")
    _store(received.events[:MOST_EVENTS], accounts, now)
    return received.answer


def _accounts(slug: str) -> QuerySet[Account]:
    """The accounts of a network, of which no more is read than what tells whose an event is."""
    return Account.objects.filter(network=slug).only(*OF_ACCOUNT).order_by()


def _network(slug: str) -> type[Network]:
    try:
        return get_network_class(slug, conf.get("NETWORKS"))
    except ConfigurationError as error:
        raise Gone(cause="no such network") from error


def _believed(network: type[Network], slug: str, request: WebhookRequest) -> Received:
    """Believe a request by the keys of whichever of the newsroom's apps signed it, first by those read a moment ago."""
    known = recent_apps.get(slug)
    if known is not None and time.monotonic() - known.read_at < KEYS_FOR:
        with suppress(Refused):
            return _signed(network, known.apps, request)
    fresh = _RecentApps(time.monotonic(), apps.apps_of(slug))
    received = _signed(network, fresh.apps, request)
    recent_apps[slug] = fresh
    return received


def _signed(network: type[Network], signers: Iterable[App], request: WebhookRequest) -> Received:
    refusal = Refused(cause="there is no app")
    for app in signers:
        try:
            return network.receive(request, app.keys)
        except Refused as error:
            refusal = error
    raise refusal


def _store(events: Sequence[Event], accounts: dict[str, Account], now: datetime) -> None:
    rows = [
        WebhookEvent(
            account=accounts[event.account],
            key=hashlib.sha256(event.key.encode("utf-8", "replace")).hexdigest(),
            data=event.data,
            received_at=now,
        )
        for event in events
        if event.account in accounts
    ]
    if not rows:
        return
    if len(rows) == 1:
        insert_unless_known(rows[0])
    else:
        WebhookEvent.objects.bulk_create(rows, ignore_conflicts=True)


def hasten(now: datetime) -> int:
    """Let the accounts be read now of which something was told since they were last read. Returns how many there are.

    The door leaves this to the poll: what a network waits for is kept short. What was told before the last reading (it
    failed, or there was too much) hastens nothing, nor is an account hastened with which something is the matter: its pause
    is the network's own, or that of a failure.
    """
    later = Source.objects.filter(account__isnull=False, active=True, next_poll_at__gt=now, problem="")
    unread = WebhookEvent.objects.filter(account=OuterRef("account"), read_at__isnull=True)
    return later.filter(Exists(unread.filter(received_at__gt=OuterRef("polled_at")))).update(next_poll_at=now)


def unread(account: Account) -> list[WebhookEvent]:
    """The oldest events of the account that were not read yet."""
    rows = WebhookEvent.objects.filter(account=account, read_at__isnull=True)
    return list(rows.order_by("pk")[:READ_AT_ONCE])


def note_read(events: Iterable[WebhookEvent], now: datetime) -> None:
    """Note that the events were read, and forget what they said. Call it in the transaction that stores it."""
    keys = [event.pk for event in events]
    if keys:
        WebhookEvent.objects.filter(pk__in=keys).update(read_at=now, data={})


def forget_old(now: datetime) -> int:
    """Forget which events came more than a month ago. Returns how many."""
    old = WebhookEvent.objects.filter(received_at__lt=now - KEPT_FOR).order_by("received_at")
    keys = list(old.values_list("pk", flat=True)[:10_000])
    return WebhookEvent.objects.filter(pk__in=keys).delete()[0] if keys else 0


def subscribe(account: Account, address: str, secret: str) -> None:
    """Ask the account's network for its webhooks. ``address``: the desk's own; ``secret``: shared with the network.

    Raises what the network raises; nothing is stored then.
    """
    with clients.connected(account) as network:
        network.subscribe(address, secret)
