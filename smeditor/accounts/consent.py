"""Connecting an account through its network's own consent screen: begun, come back from, chosen, adopted.

No return is believed that was not begun here: by this person, in this browser, a short time ago, and not yet used. What is
known of a return without that is a sentence. The secrets of a connection under way lie encrypted and go when it is over.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import apps, clients, grants
from smeditor.accounts.connect import Connection, adopt
from smeditor.accounts.stored_identities import read_identity, write_identity
from smeditor.exceptions import BadAnswer, Refused, SmeditorError
from smeditor.models import Account, Desk, PendingConnection
from smeditor.networks.base import Credentials, Identity, Network
from smeditor.networks.registry import get_network_class
from smeditor.redaction import remember

logger = logging.getLogger("smeditor.accounts")

LIFETIME = timedelta(minutes=15)
"""For a person to come back from the consent screen, and then again to choose."""
MOST_IDENTITIES = 500
LONGEST_VALUE = 4000
MOST_VALUES = 50


@dataclass(frozen=True)
class Offer:
    """An identity that can be chosen by its ``key``, or not: then ``objection`` says why. ``account``: has it already."""

    key: str
    identity: Identity
    objection: str = ""
    account: Account | None = None


def network_of(slug: str) -> type[Network]:
    """The class of the network ``slug``. Raises ConfigurationError when there is none."""
    return get_network_class(slug, conf.get("NETWORKS"))


def begin(
    user: Any,
    slug: str,
    *,
    redirect_uri: str,
    browser: str,
    now: datetime,
    server_url: str = "",
    account: Account | None = None,
) -> PendingConnection:
    """Prepare a consent for ``user`` and return it; :func:`consent_url` says where they go.

    ``browser``: what marks the person's session. ``account``: the one to connect again, else a new one. Raises the errors
    of :mod:`smeditor.exceptions`, with a sentence.
    """
    network, state = network_of(slug), secrets.token_urlsafe(32)
    server_url = apps.normal(account.server_url if account else server_url)
    known = apps.find(network, server_url)
    if network.connecting.app_fields and not known.is_there:
        raise Refused(_("First enter the keys of the newsroom's app at %(network)s.") % {"network": network.label})
    client = clients.guarded_client()
    try:
        consent = network.authorize(known.app, redirect_uri, state, client=client, server_url=known.app.server_url)
    finally:
        client.close()
    if urlsplit(consent.url).scheme not in {"https", "http"}:
        raise BadAnswer(cause="a consent screen without an address")
    forget_old(now)
    return PendingConnection.objects.create(
        user=user,
        network=slug,
        server_url=known.app.server_url,
        redirect_uri=redirect_uri,
        account=account,
        state_hash=_hash(state),
        browser_hash=_hash(browser),
        kept={"url": consent.url, "kept": dict(consent.kept)},
        created_at=now,
        expires_at=now + LIFETIME,
    )


def consent_url(pending: PendingConnection) -> str:
    """The address of the consent screen; empty once somebody came back from it."""
    return str(pending.kept.get("url", "")) if pending.used_at is None else ""


def under_way(user: Any, key: int, *, browser: str, now: datetime) -> PendingConnection | None:
    """The connection of that key if this person began it in this browser and it is not over."""
    rows = PendingConnection.objects.filter(pk=key, user=user, browser_hash=_hash(browser), expires_at__gt=now)
    return rows.select_related("account__desk").first()


def come_back(user: Any, slug: str, callback: Mapping[str, str], *, browser: str, now: datetime) -> PendingConnection:
    """Take the return of a browser from the consent screen, once, and ask the network for what was granted.

    Raises Refused, with a sentence, for a return that this person did not begin here, and whatever the network raises;
    then the connection is over.
    """
    callback = {name: value[:LONGEST_VALUE] for name, value in list(callback.items())[:MOST_VALUES]}
    remember([callback.get("code", ""), callback.get("state", "")])
    pending = _take(user, slug, callback.get("state", ""), browser, now)
    try:
        pending.granted = _exchange(pending, callback)
    except SmeditorError as error:
        logger.info("no consent: network=%s %s", slug, type(error).__name__)
        pending.delete()
        raise
    pending.kept, pending.expires_at = {}, now + LIFETIME
    pending.save(update_fields=["kept", "granted", "expires_at"])
    return pending


def _take(user: Any, slug: str, state: str, browser: str, now: datetime) -> PendingConnection:
    rows = PendingConnection.objects.filter(state_hash=_hash(state), network=slug)
    mine = rows.filter(user=user, browser_hash=_hash(browser), used_at=None, expires_at__gt=now)
    if state and mine.update(used_at=now):
        return rows.select_related("account").get()
    pending = rows.first() if state else None
    if pending is None:
        raise Refused(_("This return belongs to no connection that was begun here. Nothing was connected."))
    if pending.user_id != user.pk or pending.browser_hash != _hash(browser):
        raise Refused(_("This connection was begun by somebody else, or in another browser. Nothing was connected."))
    if pending.used_at is not None:
        raise Refused(_("This return was used already. Begin again if the account is not connected."))
    raise Refused(_("It took longer than a quarter of an hour. Nothing was connected; begin again."))


def _exchange(pending: PendingConnection, callback: Mapping[str, str]) -> dict[str, Any]:
    network = network_of(pending.network)
    app = apps.app_of(network, pending.server_url)
    client = clients.guarded_client()
    try:
        credentials = network.exchange(
            app,
            pending.redirect_uri,
            callback,
            pending.kept.get("kept", {}),
            client=client,
            server_url=pending.server_url,
        )
    finally:
        client.close()
    identities = [] if grants.objection(network, credentials.scopes) else _identities(network, credentials, pending)
    return {
        "scopes": None if credentials.scopes is None else sorted(credentials.scopes),
        "identities": [write_identity(identity) for identity in identities],
    }


def _identities(network: type[Network], credentials: Credentials, pending: PendingConnection) -> list[Identity]:
    opened = clients.open_with(network, credentials, apps.app_of(network, pending.server_url))
    try:
        return opened.identities()[:MOST_IDENTITIES]
    finally:
        opened.close()


def scopes_of(pending: PendingConnection) -> list[str] | None:
    """What was granted, in the network's words; None where it does not tell."""
    scopes: list[str] | None = pending.granted.get("scopes")
    return scopes


def objection(pending: PendingConnection) -> str:
    """Why nothing can be connected with what was granted, in a sentence; empty where something can."""
    network = network_of(pending.network)
    if problem := grants.objection(network, scopes_of(pending)):
        return problem
    if not pending.granted.get("identities"):
        return _("%(network)s named no account that this consent can act for.") % {"network": network.label}
    return ""


def offers(pending: PendingConnection) -> list[Offer]:
    """The identities that the consent can act for, each with what speaks against connecting it."""
    network = network_of(pending.network)
    identities = [read_identity(stored) for stored in pending.granted.get("identities", [])]
    entries = list(Account.objects.filter(network=pending.network).select_related("desk"))
    found = []
    for number, identity in enumerate(identities):
        place = _instance(pending, identity)
        entry = next((entry for entry in entries if _is_same(entry, place)), None)
        problem = identity.note or grants.objection(network, identity.credentials.scopes)
        if not problem and entry is not None:
            problem = _("This account is already connected.")
        found.append(Offer(str(number), identity, problem, entry))
    return found


def connect_new(pending: PendingConnection, keys: Sequence[str], desk: Desk | None, now: datetime) -> list[Account]:
    """Connect the offers of these ``keys`` as new accounts of ``desk``. Raises Refused, with a sentence, and stores nothing."""
    if problem := objection(pending):
        raise Refused(problem)
    wanted = [offer for offer in offers(pending) if offer.key in keys]
    if not wanted:
        raise Refused(_("Choose at least one account."))
    for offer in wanted:
        if offer.objection:
            raise Refused(f"{_name(offer.identity)}: {offer.objection}")
    found = [_connection(pending, offer.identity) for offer in wanted]
    accounts = [_instance(pending, offer.identity) for offer in wanted]
    try:
        with transaction.atomic():
            for account, connection in zip(accounts, found, strict=True):
                account.desk = desk
                adopt(account, connection, now)
                account.save()
            pending.delete()
    except IntegrityError as error:
        raise Refused(_("This account is already connected.")) from error
    return accounts


def connect_again(pending: PendingConnection, now: datetime) -> Account:
    """Give the pending account the fresh credentials of the same identity; it keeps everything else.

    Raises Refused, with a sentence, where the person consented as somebody else.
    """
    account = pending.account
    if account is None:
        raise Refused(_("This is no account that was connected before."))
    if problem := objection(pending):
        raise Refused(problem)
    identity = _same(account, [read_identity(stored) for stored in pending.granted.get("identities", [])])
    if identity.note:
        raise Refused(identity.note)
    if problem := grants.objection(network_of(pending.network), identity.credentials.scopes):
        raise Refused(problem)
    connection = _connection(pending, identity)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        adopt(account, connection, now)
        account.save()
        pending.delete()
    return account


def forget_old(now: datetime) -> int:
    """Erase what was begun and not finished in time. Returns how many."""
    return PendingConnection.objects.filter(expires_at__lte=now).delete()[0]


def _same(account: Account, identities: Sequence[Identity]) -> Identity:
    for identity in identities:
        profile = identity.profile
        if profile.remote_id == account.remote_id if account.remote_id else profile.handle == account.handle:
            return identity
    names = ", ".join(_name(identity) for identity in identities[:5])
    sentence = _(
        "You consented as %(names)s, but this is %(account)s. Sign in there with the right account and begin again."
    )
    raise Refused(sentence % {"names": names, "account": account}, code="other_identity")


def _connection(pending: PendingConnection, identity: Identity) -> Connection:
    """The identity with its limits; where the server does not tell them now, the documented ones until the next check."""
    network = network_of(pending.network)
    opened = clients.open_with(network, identity.credentials, apps.app_of(network, pending.server_url))
    try:
        limits = opened.limits()
    except SmeditorError as error:
        logger.info("limits unread: network=%s %s", pending.network, type(error).__name__)
        limits = opened.limits_in_force
    finally:
        opened.close()
    return Connection(opened.credentials, identity.profile, limits)


def _instance(pending: PendingConnection, identity: Identity) -> Account:
    return Account(
        network=pending.network,
        server_url=identity.credentials.server_url or pending.server_url,
        handle=identity.profile.handle[:255],
        remote_id=identity.profile.remote_id[:255],
    )


def _is_same(entry: Account, place: Account) -> bool:
    if entry.server_url != place.server_url:
        return False
    if entry.remote_id:
        return entry.remote_id == place.remote_id
    return bool(place.handle) and entry.handle.lower() == place.handle.lower()


def _name(identity: Identity) -> str:
    profile = identity.profile
    return profile.display_name or profile.handle or profile.remote_id


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
