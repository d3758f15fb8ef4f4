"""Accounts: verify, fail, warn before a token expires. Who must know gets a mail in plain words."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import clients
from smeditor.accounts.mail import mail
from smeditor.exceptions import AuthExpired, SmeditorError
from smeditor.models import Account

logger = logging.getLogger("smeditor.accounts")

WARN_DAYS = (14, 7, 2)
VERIFY_EVERY = timedelta(days=1)
VERIFY_AGAIN = timedelta(hours=1)
VERIFY_AT_ONCE = 3


def verify(account: Account, now: datetime | None = None) -> str:
    """Ask the network who we are and read its limits. Returns "" when all is well, else a sentence for a person.

    A passing fault changes nothing; only a refused token makes the account fail.
    """
    now = now or timezone.now()
    try:
        with clients.connected(account) as network:
            profile = network.verify()
            limits = network.limits()
    except AuthExpired as error:
        fail(account, error.sentence, now)
        return error.sentence
    except SmeditorError as error:
        logger.warning("verify: account=%s %s", account.pk, error.cause)
        return error.sentence
    clients.save_profile(account, profile, limits, now)
    revived = Account.objects.filter(pk=account.pk, state=Account.State.FAILED)
    revived.update(state=Account.State.ACTIVE, state_reason="", state_since=now)
    account.refresh_from_db(fields=["state", "state_reason", "state_since"])
    return ""


def fail(account: Account, sentence: str, now: datetime) -> bool:
    """Stop one account because its network no longer accepts it, and tell its desk, once. True when it was active."""
    reason = sentence[:500]
    with transaction.atomic():
        failed = Account.objects.filter(pk=account.pk, state=Account.State.ACTIVE).update(
            state=Account.State.FAILED, state_reason=reason, state_since=now
        )
        if failed:
            subject = _("%(account)s must be reconnected") % {"account": account}
            body = _(
                "%(sentence)s\n\nIts posts wait and nothing is lost; the other accounts go on. "
                "Reconnect it under Accounts in the social desk."
            )
            transaction.on_commit(lambda: mail(account, subject, body % {"sentence": reason}), robust=True)
    if failed:
        logger.error("account failed: account=%s", account.pk)
        account.refresh_from_db(fields=["state", "state_reason", "state_since"])
    return bool(failed)


def look_after(now: datetime) -> int:
    """Announce expiries, and ask the networks of a few accounts that were not verified for a day. Returns how many."""
    warned = warn_of_expiry(now)
    due = Account.objects.exclude(state=Account.State.FAILED).filter(
        Q(next_check_at__isnull=True) | Q(next_check_at__lte=now)
    )
    for account in due.order_by(F("next_check_at").asc(nulls_first=True), "pk")[:VERIFY_AT_ONCE]:
        problem = verify(account, now)
        after = VERIFY_AGAIN if problem else VERIFY_EVERY
        Account.objects.filter(pk=account.pk).update(next_check_at=now + after)
    return warned


def expiring(now: datetime) -> list[Account]:
    """The accounts whose token ends within the announced 14 days, or has ended, the first to end first."""
    soon = Account.objects.filter(expires_at__lte=now + timedelta(days=WARN_DAYS[0]))
    return list(soon.order_by("expires_at"))


def warn_of_expiry(now: datetime) -> int:
    """Announce by mail, 14, 7 and 2 days ahead, that a token expires. Returns how many mails were due."""
    warned = 0
    soon = Account.objects.filter(expires_at__gt=now, expires_at__lte=now + timedelta(days=WARN_DAYS[0]))
    for account in soon.select_related("desk"):
        days = min(step for step in WARN_DAYS if account.expires_at - now <= timedelta(days=step))
        fresh = Account.objects.filter(pk=account.pk).exclude(warned_days__lte=days)
        if not fresh.update(warned_days=days):
            continue
        until = timezone.localtime(account.expires_at, conf.zone())
        subject = _("%(account)s must be renewed within %(days)d days") % {"account": account, "days": days}
        body = _("Its token expires on %(until)s. Renew it under Accounts in the social desk, or its posts will wait.")
        mail(account, subject, body % {"until": f"{until:%Y-%m-%d %H:%M}"})
        warned += 1
    Account.objects.filter(warned_days__isnull=False, expires_at__gt=now + timedelta(days=WARN_DAYS[0])).update(
        warned_days=None
    )
    return warned
