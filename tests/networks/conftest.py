"""Servers that the networks' tests share."""

from __future__ import annotations

import pytest

from tests.networks.servers import mastodon_server


@pytest.fixture(scope="session")
def mastodon_url(tmp_path_factory):
    """Address of a Mastodon-compatible server with the accounts of ``mastodon_mock --demo``."""
    with mastodon_server(tmp_path_factory.mktemp("mastodon")) as url:
        yield url
