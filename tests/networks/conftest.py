"""Servers that the networks' tests share."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.networks.bluesky_servers import bluesky_network
from tests.networks.fake_mastodon import FakeMastodon
from tests.networks.openapi_contract import OpenApiContract
from tests.networks.servers import mastodon_server
from tests.shared import shared


@pytest.fixture(autouse=True)
def english():
    """Sentences are compared in English, whatever language a request of an earlier test left behind."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def mastodon_url(tmp_path_factory):
    """Address of a Mastodon-compatible server with the accounts of ``mastodon_mock --demo``."""
    with mastodon_server(tmp_path_factory.mktemp("mastodon")) as url:
        yield url


@pytest.fixture(scope="session")
def bluesky(tmp_path_factory):
    """A whole Bluesky network: PLC directory, PDS and AppView."""
    with bluesky_network(tmp_path_factory.mktemp("bluesky")) as network:
        yield network


@pytest.fixture(scope="session")
def bluesky_pds(tmp_path_factory):
    """PLC directory and PDS only, which is ready in a moment: enough for whatever is written, deleted and read back."""
    with bluesky_network(tmp_path_factory.mktemp("pds"), appview=False) as network:
        yield network


@pytest.fixture(scope="session")
def mastodon_document():
    """The official OpenAPI document of the Mastodon API."""
    return OpenApiContract(shared("specs/mastodon-openapi.json"))


@pytest.fixture
def mastodon(mastodon_document):
    """A Mastodon server whose answers the test writes."""
    return FakeMastodon(mastodon_document)


@pytest.fixture(scope="session")
def bluesky_limited(tmp_path_factory):
    """A PDS with the rate limits of a public one."""
    with bluesky_network(tmp_path_factory.mktemp("limited"), appview=False, rate_limits=True) as network:
        yield network
