"""From an account in the database to a network that can be called, and back: what a call changed is saved here.

Shared by the packages that send and that listen, which never import each other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import Site

from smeditor import conf
from smeditor.accounts import apps, health, spending
from smeditor.models import Account, RateLimit
from smeditor.networks.base import App, Credentials, Limits, Network
from smeditor.networks.rates import Rate
from smeditor.networks.registry import get_network_class

if TYPE_CHECKING:
    import ssl

    from smeditor.networks.client import GuardedClient

logger = logging.getLogger("smeditor.accounts")

KEPT_FOR_SENDING = 0.5
"""Share of an account's requests that listening leaves untouched, so that a post never waits for it."""
RATES_EVERY = 5.0
"""Seconds between two rows of an account's rate while it is far from spent."""
SCARCE = 10
SCARCE_SHARE = 0.1
"""At so many requests, or such a share of the limit, every answer's rate is saved."""


class _SavedRate(NamedTuple):
    at: float
    scarce: bool


_saved_rates: dict[tuple[int, str], _SavedRate] = {}
"""What this process saved last, by account and bucket; on the monotonic clock."""


def network_class(account: Account) -> type[Network]:
    """The class of the account's network, for its capabilities. Raises ConfigurationError when it is not installed."""
    return get_network_class(account.network, conf.get("NETWORKS"))


def guarded_client() -> GuardedClient:
    """A client with the newsroom's own list of private hosts and its time-out. The caller closes it."""
    from smeditor.networks.client import GuardedClient

    return GuardedClient(
        allowed_private_hosts=conf.get("ALLOWED_PRIVATE_HOSTS"),
        timeout=float(conf.get("REQUEST_TIMEOUT")),
        ssl_context=_certificates(),
    )


def outside_client() -> GuardedClient:
    """A client for addresses that a stranger chose: no private host may be asked, the newsroom's own list included."""
    from smeditor.networks.client import GuardedClient

    return GuardedClient(timeout=float(conf.get("REQUEST_TIMEOUT")), ssl_context=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    """The trusted certificates. To load them takes longer than many a request, so a process does it once."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def open_network(account: Account) -> Network:
    """Return the account's network, ready to be called; the caller closes it.

    Raises ConfigurationError when the network is not installed any more.
    """
    made = network_class(account)
    app = apps.app_of(made, account.server_url)
    network = open_with(made, credentials_of(account), app, known_limits(account))
    spending.give_budget(network, account, timezone.now(), reading=False)
    return network


def open_with(
    network: type[Network], credentials: Credentials, app: App | None = None, limits: Limits | None = None
) -> Network:
    """A network for credentials that belong to no account yet; the caller closes it."""
    return network(credentials, client=guarded_client(), limits=limits, app=app)


def credentials_of(account: Account) -> Credentials:
    """The credentials of an account as they are stored."""
    return Credentials(
        server_url=account.server_url,
        handle=account.handle,
        remote_id=account.remote_id,
        secret=account.secret,
        expires_at=account.expires_at,
        refresh_expires_at=account.refresh_expires_at,
        scopes=None if account.scopes is None else frozenset(account.scopes),
    )


def open_for_listening(account: Account) -> Network:
    """The same for who reads: half of what the network allows is left to sending, from the first request on."""
    network = open_network(account)
    spending.give_budget(network, account, timezone.now(), reading=True)
    if network.searches_links:
        network.own_sites = tuple(Site.objects.order_by("-is_default_site", "pk").values_list("hostname", flat=True))
    network.rates.reserve = KEPT_FOR_SENDING
    network.rates.earlier = {
        row.bucket: Rate(row.bucket, row.limit, row.remaining, row.resets_at) for row in account.rate_limits.all()
    }
    return network


@contextmanager
def connected(account: Account) -> Iterator[Network]:
    """The account's network for a block: what the calls changed is saved and the connection closed, come what may."""
    network = open_network(account)
    try:
        yield network
    finally:
        # Nobody kept this network over from before, so that what it tells of the token is newer than what is stored.
        network.credentials_changed |= health.tells_more(account, network.credentials)
        save_after(network, account)
        network.close()


def known_limits(account: Account) -> Limits | None:
    """The limits read last from the account's server, or None when none were ever read."""
    return Limits.from_json(account.limits)


def save_after(network: Network, account: Account) -> None:
    """Save what the calls brought: a session, what was told of the token, the rate limits. No newer session is overwritten."""
    if network.credentials_changed:
        save_credentials(account, network.credentials)
        network.credentials_changed = False
    if network.costs:
        spending.save(account, network.costs, timezone.now())
    rows = [_rate_row(account, rate) for rate in network.rates.values() if _worth_saving(account, rate)]
    if rows:
        RateLimit.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["account", "bucket"],
            update_fields=["limit", "remaining", "resets_at"],
        )
    network.rates.clear()


def _rate_row(account: Account, rate: Rate) -> RateLimit:
    return RateLimit(
        account=account,
        bucket=rate.bucket[:60],
        limit=max(rate.limit, 0),
        remaining=rate.remaining,
        resets_at=rate.resets_at,
    )


def _worth_saving(account: Account, rate: Rate) -> bool:
    """Every answer carries the rates. While plenty is left, one row in some seconds says as much as one an answer."""
    key, scarce = (account.pk, rate.bucket), rate.remaining <= max(SCARCE, rate.limit * SCARCE_SHARE)
    saved = _saved_rates.get(key)
    if not scarce and saved is not None and not saved.scarce and time.monotonic() - saved.at < RATES_EVERY:
        return False
    _saved_rates[key] = _SavedRate(time.monotonic(), scarce)
    return True


def save_credentials(account: Account, credentials: Credentials) -> bool:
    """Store rotated credentials, or what was told of the same ones. True when stored.

    They are not where another worker stored newer ones since ``account`` was read.
    """
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        if fresh.secret_version != account.secret_version:
            account.secret, account.secret_version = fresh.secret, fresh.secret_version
            return False
        if dict(credentials.secret) != fresh.secret:
            fresh.secret = dict(credentials.secret)
            fresh.secret_version += 1
        if not fresh.remote_id and not others_of(fresh, credentials.remote_id).exists():
            fresh.remote_id = credentials.remote_id
        health.note_token(fresh, credentials)
        written = ["secret", "remote_id", "secret_version", *health.TOKEN_FIELDS]
        fresh.save(update_fields=written)
    for name in written:
        setattr(account, name, getattr(fresh, name))
    return True


def others_of(account: Account, remote_id: str, handle: str = "") -> QuerySet[Account]:
    """The entries beside ``account`` that are the same account of the network: by its id, else by its handle."""
    same = Q(remote_id=remote_id) if remote_id else Q(pk__in=[])
    if handle:
        same |= Q(remote_id="", handle__iexact=handle)
    rows = Account.objects.filter(same, network=account.network, server_url=account.server_url)
    return rows.exclude(pk=account.pk)
