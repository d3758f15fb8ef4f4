"""From an account in the database to a network that can be called, and back: what a call changed is saved here.

Shared by the packages that send and that listen, which never import each other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction

from smeditor import conf
from smeditor.accounts import health
from smeditor.models import Account, RateLimit
from smeditor.networks.base import Credentials, Limits, Network
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


@cache
def _certificates() -> ssl.SSLContext:
    """The trusted certificates. To load them takes longer than many a request, so a process does it once."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def open_network(account: Account) -> Network:
    """Return the account's network, ready to be called; the caller closes it.

    Raises ConfigurationError when the network is not installed any more.
    """
    credentials = Credentials(
        server_url=account.server_url,
        handle=account.handle,
        remote_id=account.remote_id,
        secret=account.secret,
        expires_at=account.expires_at,
    )
    return network_class(account)(credentials, client=guarded_client(), limits=known_limits(account))


def open_for_listening(account: Account) -> Network:
    """The same for who reads: half of what the network allows is left to sending, from the first request on."""
    network = open_network(account)
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
        save_after(network, account)
        network.close()


def known_limits(account: Account) -> Limits | None:
    """The limits read last from the account's server, or None when none were ever read."""
    names = {field.name for field in fields(Limits)}
    known: dict[str, Any] = {name: value for name, value in (account.limits or {}).items() if name in names}
    if "max_length" not in known or "unit" not in known:
        return None
    if "image_types" in known:
        known["image_types"] = tuple(known["image_types"])
    return Limits(**known)


def save_after(network: Network, account: Account) -> None:
    """Save what the calls brought: a refreshed session (only if nobody saved a newer one meanwhile) and the rate limits."""
    if network.credentials_changed:
        save_credentials(account, network.credentials)
        network.credentials_changed = False
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
    """Store rotated credentials unless another worker stored newer ones since ``account`` was read. True when stored."""
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        if fresh.secret_version != account.secret_version:
            account.secret, account.secret_version = fresh.secret, fresh.secret_version
            return False
        fresh.secret = dict(credentials.secret)
        fresh.remote_id = credentials.remote_id or fresh.remote_id
        fresh.secret_version += 1
        health.note_expiry(fresh, credentials.expires_at)
        written = ["secret", "remote_id", "secret_version", *health.EXPIRY_FIELDS]
        fresh.save(update_fields=written)
    for name in written:
        setattr(account, name, getattr(fresh, name))
    return True
