"""The one owner of an account's state: accepted or refused by its network, paused or disconnected by a person, near its end.

Whoever meets a dead token, a new expiry or a pause says so here; nobody else writes these fields. A pause and a refusal
are two facts: a paused account that is refused stays paused, and a network that accepts it again lifts no pause.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts.mail import mail
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account
from smeditor.networks.base import Credentials
from smeditor.networks.registry import capabilities

logger = logging.getLogger("smeditor.accounts")

WARN_DAYS = (14, 7, 2)
STATE_FIELDS = ["state", "state_reason", "state_since", "failing_reason"]
TOKEN_FIELDS = ["expires_at", "refresh_expires_at", "reconnect_by", "scopes", "warned_days"]


def failing() -> QuerySet[Account]:
    """The accounts that their network refuses, the paused ones among them."""
    return Account.objects.filter(Q(state=Account.State.FAILED) | ~Q(failing_reason=""))


def unusable() -> QuerySet[Account]:
    """The accounts for which nobody can be called: refused by their network, or disconnected."""
    return Account.objects.filter(
        Q(state__in=[Account.State.FAILED, Account.State.DISCONNECTED]) | ~Q(failing_reason="")
    )


def fail(account: Account, sentence: str, now: datetime) -> bool:
    """Note that the network no longer accepts ``account`` and tell its desk, once. True when it was not known before.

    An active account stops; a paused one stays paused, and is refused all the same when it is resumed.
    """
    reason = (sentence or _("The network no longer accepts this account."))[:500]
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        known = bool(fresh.failing_reason) or fresh.state in (Account.State.FAILED, Account.State.DISCONNECTED)
        if not known:
            fresh.failing_reason = reason
            if fresh.state == Account.State.ACTIVE:
                _turn(fresh, Account.State.FAILED, reason, now)
            fresh.save(update_fields=STATE_FIELDS)
            transaction.on_commit(lambda: _tell(account, reason), robust=True)
    _mirror(account, fresh, STATE_FIELDS)
    if not known:
        logger.error("account failed: account=%s", account.pk)
    return not known


def accept(account: Account, now: datetime) -> None:
    """Note that the network accepts ``account``: what it refused goes on; a pause stays until a person lifts it."""
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        refused = fresh.failing_reason or fresh.state == Account.State.FAILED
        if refused and fresh.state != Account.State.DISCONNECTED:
            revive(fresh, now)
            fresh.save(update_fields=STATE_FIELDS)
    _mirror(account, fresh, STATE_FIELDS)


def revive(account: Account, now: datetime) -> None:
    """Let an instance, which the caller saves, be accepted by its network again."""
    account.failing_reason = ""
    if account.state in (Account.State.FAILED, Account.State.DISCONNECTED):
        _turn(account, Account.State.ACTIVE, "", now)


def pause(account: Account, reason: str, now: datetime) -> None:
    """Let a person stop the account, whatever its network says of it. One that is disconnected stays so."""
    connected = Account.objects.filter(pk=account.pk).exclude(state=Account.State.DISCONNECTED)
    connected.update(state=Account.State.PAUSED, state_reason=reason[:500], state_since=now)
    account.refresh_from_db(fields=STATE_FIELDS)


def resume(account: Account, now: datetime) -> bool:
    """Lift a pause. The account goes on, or shows that its network refuses it. False when it was not paused."""
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        paused = fresh.state == Account.State.PAUSED
        if paused:
            refused = bool(fresh.failing_reason)
            _turn(fresh, Account.State.FAILED if refused else Account.State.ACTIVE, fresh.failing_reason, now)
            fresh.save(update_fields=STATE_FIELDS)
    _mirror(account, fresh, STATE_FIELDS)
    return paused


def disconnect(account: Account, reason: str, now: datetime) -> None:
    """Let a person end what the desk may do for the account: its secret is erased, it stays on record.

    Whoever still works with the old secret changes nothing any more: it has another version.
    """
    with transaction.atomic():
        fresh = Account.objects.select_for_update().get(pk=account.pk)
        fresh.secret, fresh.secret_version, fresh.failing_reason = {}, fresh.secret_version + 1, ""
        fresh.webhook_key = None
        note_token(fresh, Credentials(fresh.server_url))
        _turn(fresh, Account.State.DISCONNECTED, reason, now)
        written = ["secret", "secret_version", "webhook_key", *STATE_FIELDS, *TOKEN_FIELDS]
        fresh.save(update_fields=written)
    _mirror(account, fresh, written)


def note_token(account: Account, credentials: Credentials) -> None:
    """Write on an instance, which the caller saves, what its network said of the token; a later end is announced anew."""
    account.expires_at, account.refresh_expires_at = credentials.expires_at, credentials.refresh_expires_at
    account.scopes = None if credentials.scopes is None else sorted(credentials.scopes)
    by = account.refresh_expires_at if refreshes(account) else account.expires_at
    if by is None or account.reconnect_by is None or by > account.reconnect_by:
        account.warned_days = None
    account.reconnect_by = by


def tells_more(account: Account, credentials: Credentials) -> bool:
    """Whether a network said of the token what is not stored yet."""
    scopes = None if credentials.scopes is None else sorted(credentials.scopes)
    stored = account.expires_at, account.refresh_expires_at, account.scopes
    return (credentials.expires_at, credentials.refresh_expires_at, scopes) != stored


def refreshes(account: Account) -> bool:
    """Whether the account's network renews its secret without a person."""
    try:
        return capabilities(account.network, conf.get("NETWORKS")).refresh
    except ConfigurationError:
        return False


def expiring(now: datetime) -> list[Account]:
    """The accounts that a person must connect again within the announced 14 days, the first to end first."""
    soon = Account.objects.filter(reconnect_by__lte=now + timedelta(days=WARN_DAYS[0]))
    return list(soon.order_by("reconnect_by"))


def warn_of_expiry(now: datetime) -> int:
    """Announce by mail, 14, 7 and 2 days ahead, that a person must connect an account again. Returns how many were due.

    What the desk renews by itself is not announced. Of an account that its network refuses already its desk knows more
    than that.
    """
    warned = 0
    soon = Account.objects.filter(reconnect_by__gt=now, reconnect_by__lte=now + timedelta(days=WARN_DAYS[0]))
    for account in soon.filter(failing_reason="").exclude(state=Account.State.FAILED).select_related("desk"):
        ends_at = account.reconnect_by or now
        days = min(step for step in WARN_DAYS if ends_at - now <= timedelta(days=step))
        fresh = Account.objects.filter(pk=account.pk).exclude(warned_days__lte=days)
        if not fresh.update(warned_days=days):
            continue
        until = timezone.localtime(ends_at, conf.zone())
        subject = _("%(account)s must be connected again within %(days)d days") % {"account": account, "days": days}
        body = _(
            "Its access ends on %(until)s. Connect it again under Accounts in the social desk, or its posts will wait."
        )
        mail(account, subject, body % {"until": f"{until:%Y-%m-%d %H:%M}"})
        warned += 1
    return warned


def _turn(account: Account, state: Account.State, reason: str, now: datetime) -> None:
    account.state, account.state_reason, account.state_since = state, reason[:500], now


def _mirror(account: Account, fresh: Account, names: list[str]) -> None:
    for name in names:
        setattr(account, name, getattr(fresh, name))


def _tell(account: Account, reason: str) -> None:
    subject = _("%(account)s must be reconnected") % {"account": account}
    body = _(
        "%(sentence)s\n\nIts posts wait and nothing is lost; the other accounts go on. "
        "Reconnect it under Accounts in the social desk."
    )
    mail(account, subject, body % {"sentence": reason})
