"""From an account in the database to its network, and back: the only place where a stored secret is unpacked."""

from __future__ import annotations

from dataclasses import fields

from django.db.models import F

from smeditor import conf
from smeditor.models import Account, RateLimit
from smeditor.networks import Network, get_network_class
from smeditor.networks.base import Credentials, Limits
from smeditor.networks.client import GuardedClient

LIMIT_FIELDS = {field.name for field in fields(Limits)}
NEEDED_LIMITS = {"max_length", "unit"}


def guarded_client() -> GuardedClient:
    """A client with the newsroom's own list of private hosts and its time-out. The caller closes it."""
    return GuardedClient(
        allowed_private_hosts=conf.get("ALLOWED_PRIVATE_HOSTS"), timeout=float(conf.get("REQUEST_TIMEOUT"))
    )


def open_network(account: Account) -> Network:
    """Return the network of ``account``, ready to be called; the caller closes it.

    Raises ConfigurationError when the network is not installed any more.
    """
    network_class = get_network_class(account.network, conf.get("NETWORKS"))
    credentials = Credentials(
        server_url=account.server_url,
        handle=account.handle,
        remote_id=account.remote_id,
        secret=dict(account.secret or {}),
    )
    return network_class(credentials, client=guarded_client(), limits=_known_limits(account))


def save_after(network: Network, account: Account) -> None:
    """Keep what a call changed: a refreshed session, and the rate limits that the network's headers told."""
    if network.credentials_changed:
        account.secret = dict(network.credentials.secret)
        # The row may have been refreshed by another worker meanwhile: only an unchanged version is written over.
        written = Account.objects.filter(pk=account.pk, secret_version=account.secret_version).update(
            secret=account.secret, secret_version=F("secret_version") + 1
        )
        account.secret_version += written
        network.credentials_changed = False
    for rate in network.rates.values():
        RateLimit.objects.update_or_create(
            account=account,
            bucket=rate.bucket[:60],
            defaults={
                "limit": max(rate.limit, 0),
                "remaining": rate.remaining,
                "resets_at": rate.resets_at,
            },
        )


def _known_limits(account: Account) -> Limits | None:
    known = {name: value for name, value in (account.limits or {}).items() if name in LIMIT_FIELDS}
    if not known.keys() >= NEEDED_LIMITS:
        return None
    if "image_types" in known:
        known["image_types"] = tuple(known["image_types"])
    return Limits(**known)
