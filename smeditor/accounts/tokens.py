"""When a network no longer accepts a token: one refresh at a time for everybody, or the account stops alone."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Q

from smeditor import conf
from smeditor.accounts import clients, health
from smeditor.exceptions import AuthExpired, Refused, SmeditorError
from smeditor.models import Account
from smeditor.networks.base import Network

logger = logging.getLogger("smeditor.accounts")


def expired(account: Account, network: Network, now: datetime, error: AuthExpired, *, tries: int = 0) -> None:
    """Refresh the account's session, unless another worker did or does; disconnect it only on a clear refusal.

    The delivery that met the error is scheduled again by the caller and finds either the new session or a failed
    account. ``tries``: how often it was turned away already; a network that goes on refusing fresh tokens fails.
    """
    current = Account.objects.only("secret_version", "state").get(pk=account.pk)
    if current.secret_version != account.secret_version:
        return
    if not network.capabilities.refresh or tries >= 3:
        health.fail(account, error.sentence, now)
        return
    if not _take_turn(account, now):
        return
    try:
        fresh = network.refresh()
        clients.save_credentials(account, fresh)
        network.credentials_changed = False
        logger.info("refreshed: account=%s", account.pk)
    except (AuthExpired, Refused) as refusal:
        health.fail(account, refusal.sentence or error.sentence, now)
    except SmeditorError as passing:
        logger.warning("refresh failed for now: account=%s %s", account.pk, type(passing).__name__)
    finally:
        Account.objects.filter(pk=account.pk).update(refresh_lease_until=None)


def _take_turn(account: Account, now: datetime) -> bool:
    until = now + timedelta(seconds=2 * conf.get("REQUEST_TIMEOUT"))
    free = Q(refresh_lease_until__isnull=True) | Q(refresh_lease_until__lte=now)
    rows = Account.objects.filter(free, pk=account.pk, secret_version=account.secret_version)
    return bool(rows.update(refresh_lease_until=until))
