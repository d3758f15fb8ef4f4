"""When a network no longer accepts a token: one refresh at a time for everybody, or the account stops alone."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.db.models import Q

from smeditor import conf
from smeditor.accounts import clients, health
from smeditor.exceptions import AuthExpired, ConfigurationError, Refused, SmeditorError
from smeditor.models import Account
from smeditor.networks.base import Network

logger = logging.getLogger("smeditor.accounts")


def expired(
    account: Account, error: AuthExpired, now: datetime, *, network: Network | None = None, tries: int = 0
) -> None:
    """Refresh the account's session, unless another worker did or does; let it fail only on a clear refusal.

    Whoever met ``error`` comes again later and finds either the new session or a failed account. ``network``: the open
    one that met it, else one is opened where a refresh needs it. ``tries``: how often it was turned away already; a
    network that goes on refusing fresh tokens fails.
    """
    current = Account.objects.only("secret_version").get(pk=account.pk)
    if current.secret_version != account.secret_version:
        return
    try:
        refreshes = clients.network_class(account).capabilities.refresh
    except ConfigurationError:
        return
    if not refreshes or tries >= 3:
        health.fail(account, error.sentence, now)
    elif _acquire(account, now):
        try:
            _refresh(account, network, error, now)
        finally:
            Account.objects.filter(pk=account.pk).update(refresh_lease_until=None)


def _refresh(account: Account, network: Network | None, error: AuthExpired, now: datetime) -> None:
    try:
        with nullcontext(network) if network else clients.connected(account) as opened:
            fresh = opened.refresh()
            clients.save_credentials(account, fresh)
            opened.credentials_changed = False
        logger.info("refreshed: account=%s", account.pk)
    except (AuthExpired, Refused) as refusal:
        health.fail(account, refusal.sentence or error.sentence, now)
    except SmeditorError as passing:
        logger.warning("refresh failed for now: account=%s %s", account.pk, type(passing).__name__)


def _acquire(account: Account, now: datetime) -> bool:
    until = now + timedelta(seconds=2 * conf.get("REQUEST_TIMEOUT"))
    free = Q(refresh_lease_until__isnull=True) | Q(refresh_lease_until__lte=now)
    rows = Account.objects.filter(free, pk=account.pk, secret_version=account.secret_version)
    return bool(rows.update(refresh_lease_until=until))
