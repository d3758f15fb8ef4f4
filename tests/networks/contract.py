"""The one suite that every network inherits: what the desk relies on, tested against a real server.

A network's test class inherits :class:`NetworkContract` and gives a fixture ``harness`` (see ``harness.py``). What the
network's capabilities do not promise is tested to be refused honestly.
"""

from __future__ import annotations

import pytest

from smeditor.exceptions import (
    Refused,
)
from tests.networks.contract_failing import FailingContract
from tests.networks.contract_listening import ListeningContract
from tests.networks.contract_sending import SendingContract
from tests.networks.contract_steps import (
    ref_of,
    token,
)


class NetworkContract(SendingContract, ListeningContract, FailingContract):
    """Inherit, and define ``harness`` as a fixture that returns a :class:`tests.networks.harness.Harness`."""

    # the account

    def test_the_server_tells_who_we_are(self, harness):
        profile = harness.network.verify()
        assert profile.remote_id
        assert profile.handle
        assert profile.url.startswith("http")

    def test_the_limits_are_sane(self, harness):
        limits = harness.network.limits()
        assert 100 <= limits.max_length <= 1_000_000
        assert limits.unit
        assert limits.max_images >= 1
        assert limits.max_image_bytes >= 100_000
        assert limits.max_alt_length >= 100
        assert "image/jpeg" in limits.image_types

    # the text

    def test_a_text_as_long_as_the_limit_is_accepted(self, harness):
        limit = harness.network.limits().max_length
        text = (token() + " é" * limit)[:limit]
        assert harness.network.count(text) == limit
        assert harness.published(ref_of(harness, text)).text == text

    def test_a_text_one_longer_is_refused_with_a_sentence(self, harness):
        limit = harness.network.limits().max_length
        text = (token() + " é" * limit)[: limit + 1]
        assert harness.network.count(text) == limit + 1
        with pytest.raises(Refused) as caught:
            ref_of(harness, text)
        assert caught.value.sentence
