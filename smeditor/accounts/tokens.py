"""Tokens renewed ahead of their end, or when a network refuses them: one refresh at a time, or the account stops alone."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import clients, health
from smeditor.exceptions import AuthExpired, ConfigurationError, Refused, SmeditorError
from smeditor.models import Account
from smeditor.networks.base import Network
from smeditor.networks.registry import capabilities

logger = logging.getLogger("smeditor.accounts")

LONG = timedelta(days=2)
"""A shorter time for renewal is over before anybody has read a mail."""
AT_ONCE = 20
"""Accounts of one network that one wake-up renews: it comes every minute."""


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
    else:
        _refresh_in_turn(account, network, error, now, refused=True)


def renewed(account: Account, error: AuthExpired, now: datetime) -> bool:
    """The same for who can go on at once: whether the account, read anew, has another secret than the refused one."""
    refused = account.secret_version
    expired(account, error, now)
    account.refresh_from_db()
    return account.secret_version != refused


def renew_due(now: datetime) -> int:
    """Renew ahead of time the secrets that end soon, as their networks ask for it. Returns how many were tried.

    Each that could not be asked is tried again at the next wake-up, and keeps no other from its turn. Where days were not
    enough a person is told, as of any end.
    """
    tried = 0
    for slug in Account.objects.exclude(expires_at=None).order_by().values_list("network", flat=True).distinct():
        for account in _due(slug, now):
            error = AuthExpired(_("The network does not renew this account's access. Connect it again."))
            tried += _refresh_in_turn(account, None, error, now)
            _note_unrenewed(account, now)
    return tried


def _note_unrenewed(account: Account, now: datetime) -> None:
    """Half of the time for it has passed in vain: then its end is one that a person must meet."""
    ahead = clients.network_class(account).capabilities.refresh_ahead
    if ahead is not None and ahead >= LONG:
        ends_soon = Account.objects.filter(pk=account.pk, secret_version=account.secret_version)
        ends_soon.filter(reconnect_by=None, expires_at__lte=now + ahead / 2).update(reconnect_by=F("expires_at"))


def _due(slug: str, now: datetime) -> QuerySet[Account]:
    try:
        able = capabilities(slug, conf.get("NETWORKS"))
    except ConfigurationError:
        return Account.objects.none()
    if not able.refresh or able.refresh_ahead is None:
        return Account.objects.none()
    gone = [Account.State.FAILED, Account.State.DISCONNECTED]
    ends_soon = Account.objects.filter(network=slug, failing_reason="", expires_at__lte=now + able.refresh_ahead)
    return ends_soon.exclude(state__in=gone).order_by("expires_at")[:AT_ONCE]


def _refresh_in_turn(
    account: Account, network: Network | None, error: AuthExpired, now: datetime, *, refused: bool = False
) -> bool:
    """Refresh it unless somebody else does. True when it was tried. ``refused``: the network accepts its token no longer."""
    if not _acquire(account, now):
        return False
    try:
        _refresh(account, network, error, now, refused=refused)
    finally:
        Account.objects.filter(pk=account.pk).update(refresh_lease_until=None)
    return True


def _refresh(account: Account, network: Network | None, error: AuthExpired, now: datetime, *, refused: bool) -> None:
    try:
        with nullcontext(network) if network else clients.connected(account) as opened:
            fresh = opened.refresh()
            if refused and dict(fresh.secret) == account.secret:
                raise error  # A network that renews no young token gives back the one that was just refused.
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
