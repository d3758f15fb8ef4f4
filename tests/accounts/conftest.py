"""The accounts of a newsroom, on the laboratory's networks."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from smeditor.accounts import consent
from smeditor.models import Account, NetworkApp
from tests.desk import world
from tests.networks.doubles.base import served
from tests.networks.doubles.consent_lab import CLIENT, KEY, Server
from tests.networks.doubles.consent_lab.network import NETWORKS
from tests.publishing.conftest import (  # noqa: F401
    NOON,
    article,
    editor,
    harness,
    make_account,
    make_post,
    now,
    section,
    site,
)

RETURN = "https://desk.example/admin/return/"
KEYS = {"client_id": CLIENT, "client_secret": KEY}


@pytest.fixture
def lab(harness, settings):  # noqa: F811
    """The network with a consent screen, on loopback."""
    with served(Server()) as server:
        installed = {**settings.SMEDITOR["NETWORKS"], **NETWORKS}
        settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": installed, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
        yield server


@pytest.fixture
def app(lab, db) -> NetworkApp:
    """The newsroom's app there."""
    return NetworkApp.objects.create(network="consent_lab", server_url=lab.url, keys=KEYS, entered_at=NOON)


def connected_account(lab: Server, **fields) -> Account:
    """An account that was connected at some time."""
    secret = {"access_token": "old-access-token", "refresh_token": "old-refresh-token"}
    fields = {"network": "consent_lab", "server_url": lab.url, "handle": "paper", "secret": secret, **fields}
    return Account.objects.create(**fields)


@pytest.fixture
def user(db):
    return world.make_user("edith")


@pytest.fixture
def begin(lab, app, user, now):  # noqa: F811
    """Begin a connection; what differs is given."""

    def begin_it(**fields):
        fields = {"redirect_uri": RETURN, "browser": "firefox", "now": now, **fields}
        return consent.begin(fields.pop("user", user), fields.pop("network", "consent_lab"), **fields)

    return begin_it


def returned(lab, pending, **how) -> dict[str, str]:
    url = lab.consent(consent.consent_url(pending), **how)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def again(begin, lab, user, now, account, **how) -> Account:  # noqa: F811
    pending = begin(account=account)
    pending = consent.come_back(user, account.network, returned(lab, pending, **how), browser="firefox", now=now)
    return consent.connect_again(pending, now)
