"""Connecting an account and asking from time to time who we are: what the network says of it is stored here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from smeditor import conf
from smeditor.accounts import clients, health
from smeditor.exceptions import AuthExpired, SmeditorError
from smeditor.models import Account
from smeditor.networks.base import Credentials, Limits, Profile
from smeditor.networks.registry import get_network_class

logger = logging.getLogger("smeditor.accounts")

VERIFY_EVERY = timedelta(days=1)
VERIFY_AGAIN = timedelta(hours=1)
VERIFY_AT_ONCE = 3
PROFILE_FIELDS = [
    *("remote_id", "handle", "display_name", "profile_url", "followers", "verified_at", "limits", "limits_read_at")
]


@dataclass(frozen=True)
class Connection:
    """What a network answered to new credentials: they may have changed (a session was opened)."""

    credentials: Credentials
    profile: Profile
    limits: Limits


def connect(slug: str, server_url: str, handle: str, secret: Mapping[str, str]) -> Connection:
    """Try new credentials on the network ``slug``; nothing is stored.

    Raises the errors of :mod:`smeditor.exceptions`, each with a sentence for the person who typed them.
    """
    made = get_network_class(slug, conf.get("NETWORKS"))
    credentials = Credentials(server_url=server_url, handle=handle, secret=dict(secret))
    network = made(credentials, client=clients.guarded_client())
    try:
        profile, limits = network.verify(), network.limits()
    finally:
        network.close()
    return Connection(network.credentials, profile, limits)


def adopt(account: Account, connection: Connection, now: datetime) -> None:
    """Write a successful connection on an instance, which the caller saves."""
    account.secret = dict(connection.credentials.secret)
    account.secret_version += 1
    health.note_expiry(account, connection.credentials.expires_at)
    health.revive(account, now)
    _write_profile(account, connection.profile, connection.limits, now)
    account.next_check_at = now + VERIFY_EVERY


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
        health.fail(account, error.sentence, now)
        return error.sentence
    except SmeditorError as error:
        logger.warning("verify: account=%s %s", account.pk, error.cause)
        return error.sentence
    _write_profile(account, profile, limits, now)
    account.save(update_fields=PROFILE_FIELDS)
    health.accept(account, now)
    return ""


def check_accounts(now: datetime) -> int:
    """Announce expiries, and ask the networks of a few accounts that were not verified for a day. Returns how many."""
    warned = health.warn_of_expiry(now)
    due = Account.objects.exclude(state=Account.State.FAILED).filter(
        Q(next_check_at__isnull=True) | Q(next_check_at__lte=now), failing_reason=""
    )
    for account in due.order_by(F("next_check_at").asc(nulls_first=True), "pk")[:VERIFY_AT_ONCE]:
        problem = verify(account, now)
        after = VERIFY_AGAIN if problem else VERIFY_EVERY
        Account.objects.filter(pk=account.pk).update(next_check_at=now + after)
    return warned


def _write_profile(account: Account, profile: Profile, limits: Limits, now: datetime) -> None:
    account.remote_id = profile.remote_id
    account.handle = profile.handle or account.handle
    account.display_name = profile.display_name[:255]
    account.profile_url = profile.url[:500]
    account.followers = profile.followers
    account.verified_at = now
    account.limits, account.limits_read_at = asdict(limits), now
