"""Connecting an account and asking from time to time who we are: what the network says of it is stored here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import apps, clients, grants, health, tokens
from smeditor.exceptions import AuthExpired, Refused, SmeditorError
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

    Raises the errors of :mod:`smeditor.exceptions`, each with a sentence for the person who typed them; ``Refused`` where
    the network did not grant what the desk cannot do without.
    """
    made = get_network_class(slug, conf.get("NETWORKS"))
    credentials = Credentials(server_url=server_url, handle=handle, secret=dict(secret))
    network = clients.open_with(made, credentials, apps.app_of(made, server_url))
    try:
        profile, limits = network.verify(), network.limits()
    finally:
        network.close()
    if problem := grants.objection(made, network.credentials.scopes):
        raise Refused(problem, code="scopes")
    return Connection(network.credentials, profile, limits)


def adopt(account: Account, connection: Connection, now: datetime) -> None:
    """Write a successful connection on an instance, which the caller saves."""
    account.secret = dict(connection.credentials.secret)
    account.secret_version += 1
    account.refresh_lease_until = None
    health.note_token(account, connection.credentials)
    health.revive(account, now)
    _write_profile(account, connection.profile, connection.limits, now)
    account.next_check_at = now + VERIFY_EVERY


def verify(account: Account, now: datetime | None = None) -> str:
    """Ask the network who we are and read its limits. Returns "" when all is well, else a sentence for a person.

    A passing fault changes nothing; only a refused token makes the account fail, after it was renewed where the network
    does that without a person.
    """
    now = now or timezone.now()
    try:
        profile, limits = _ask(account)
    except AuthExpired as error:
        if not tokens.renewed(account, error, now):
            return account.failing_reason or error.sentence
        return _verify_renewed(account, now)
    except SmeditorError as error:
        return _passing(account, error)
    return _well(account, profile, limits, now)


def _verify_renewed(account: Account, now: datetime) -> str:
    try:
        profile, limits = _ask(account)
    except AuthExpired as error:
        health.fail(account, error.sentence, now)
        return error.sentence
    except SmeditorError as error:
        return _passing(account, error)
    return _well(account, profile, limits, now)


def _ask(account: Account) -> tuple[Profile, Limits]:
    with clients.connected(account) as network:
        return network.verify(), network.limits()


def _passing(account: Account, error: SmeditorError) -> str:
    logger.warning("verify: account=%s %s", account.pk, error.cause)
    return error.sentence


def _well(account: Account, profile: Profile, limits: Limits, now: datetime) -> str:
    if account.remote_id and profile.remote_id != account.remote_id:
        sentence = other_identity(account, profile)
        health.fail(account, sentence, now)
        return sentence
    if clients.others_of(account, profile.remote_id).exists():
        return _("Another entry is already connected to this account of the network. Delete one of the two.")
    _write_profile(account, profile, limits, now)
    account.save(update_fields=PROFILE_FIELDS)
    if problem := grants.objection(clients.network_class(account), account.scopes):
        health.fail(account, problem, now)
        return problem
    health.accept(account, now)
    return ""


def other_identity(account: Account, profile: Profile) -> str:
    """That a secret belongs to somebody else than ``account``, in a sentence."""
    sentence = _("The network knows this access as %(other)s, but this is %(account)s. Connect the other one anew.")
    return sentence % {"other": profile.handle or profile.display_name, "account": account}


def check_accounts(now: datetime) -> int:
    """Renew what ends soon, announce what a person must connect again, and verify a few accounts that were not for a day.

    Returns how many were announced.
    """
    tokens.renew_due(now)
    warned = health.warn_of_expiry(now)
    due = Account.objects.exclude(state__in=[Account.State.FAILED, Account.State.DISCONNECTED]).filter(
        Q(next_check_at__isnull=True) | Q(next_check_at__lte=now), failing_reason=""
    )
    for account in due.order_by(F("next_check_at").asc(nulls_first=True), "pk")[:VERIFY_AT_ONCE]:
        problem = verify(account, now)
        after = VERIFY_AGAIN if problem else VERIFY_EVERY
        Account.objects.filter(pk=account.pk).update(next_check_at=now + after)
    return warned


def _write_profile(account: Account, profile: Profile, limits: Limits, now: datetime) -> None:
    account.remote_id = profile.remote_id[:255]
    account.handle = (profile.handle or account.handle)[:255]
    account.display_name = profile.display_name[:255]
    account.profile_url = profile.url[:500]
    account.followers = profile.followers
    account.verified_at = now
    account.limits, account.limits_read_at = limits.as_json(), now
