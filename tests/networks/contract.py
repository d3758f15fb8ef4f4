"""The one suite that every network inherits: what the desk relies on, tested against a real server.

A network's test class inherits :class:`NetworkContract` and gives a fixture ``harness`` (see ``harness.py``). What the
network's capabilities do not promise is tested to be refused honestly.
"""

from __future__ import annotations

import json

import pytest

from smeditor.exceptions import Refused, UnsupportedFeature
from smeditor.networks.base import Limits, MarkKind
from smeditor.networks.marks import Mark
from tests.networks.contract_acting import ActingContract
from tests.networks.contract_failing import FailingContract
from tests.networks.contract_listening import ListeningContract
from tests.networks.contract_sending import SendingContract
from tests.networks.contract_steps import (
    eventually,
    ref_of,
    token,
)


class NetworkContract(SendingContract, ListeningContract, FailingContract, ActingContract):
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
        for kind, media in limits.media.items():
            assert media.max_count >= 1, kind
            assert media.max_bytes >= 100_000, kind
            assert media.types, kind
        if harness.network.capabilities.alt_text:
            assert limits.image.max_alt_length >= 100
        if limits.image.max_count:
            assert "image/jpeg" in limits.image.types

    def test_the_limits_can_be_kept(self, harness):
        limits = harness.network.limits()
        assert Limits.from_json(json.loads(json.dumps(limits.as_json()))) == limits

    # the text

    @pytest.mark.parametrize("kind", [MarkKind.MENTION, MarkKind.TAG])
    def test_a_name_is_searched_for_only_where_that_is_promised(self, harness, kind):
        if kind not in harness.network.capabilities.mark_search:
            with pytest.raises(UnsupportedFeature):
                harness.network.search_marks(kind, "tram")
            return
        for mark in harness.network.search_marks(kind, "tram"):
            assert harness.network.marks(mark.text) == [Mark(kind, 0, len(mark.text))]

    def test_a_reader_is_found_by_the_name_that_a_message_would_mention(self, harness):
        if MarkKind.MENTION not in harness.network.capabilities.mark_search:
            pytest.skip("nobody is searched for there")
        handle = harness.reader.handle
        found = eventually(lambda: harness.network.search_marks(MarkKind.MENTION, handle[:-1]), bool)
        assert f"@{handle}" in [mark.text for mark in found]

    def test_a_text_as_long_as_the_limit_is_accepted(self, harness):
        limit = harness.network.limits().max_length
        text = (token() + "é" * limit)[:limit]
        assert harness.network.count(text) == limit
        assert harness.published(ref_of(harness, text)).text == text

    def test_a_text_one_longer_is_refused_with_a_sentence(self, harness):
        limit = harness.network.limits().max_length
        text = (token() + "é" * limit)[: limit + 1]
        assert harness.network.count(text) == limit + 1
        with pytest.raises(Refused) as caught:
            ref_of(harness, text)
        assert caught.value.sentence
