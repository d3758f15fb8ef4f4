"""What every network promises about acting on readers' messages, and about what it tells of its own accord."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smeditor.exceptions import BadAnswer, Gone, NetworkError, Refused, UnsupportedFeature
from smeditor.networks.base import ReaderOperation, Webhooks
from tests.networks.contract_steps import has, ref_of, token

UNDONE_BY = {
    ReaderOperation.HIDE: ReaderOperation.UNHIDE,
    ReaderOperation.LIKE: ReaderOperation.UNLIKE,
}


class ActingContract:
    """Part of :class:`tests.networks.contract.NetworkContract`."""

    # what the desk does to a reader's message

    @pytest.mark.parametrize("operation", list(UNDONE_BY))
    def test_an_operation_is_done_repeated_and_undone(self, harness, operation):
        if operation not in harness.network.capabilities.reader_operations:
            with pytest.raises(UnsupportedFeature):
                harness.network.operate("1", operation)
            return
        ref = ref_of(harness, f"Article {token()}")
        written = harness.reader.reply(ref, f"Honte à vous {token()}")
        harness.gather({}, [ref], has(written))
        for _time in range(2):
            harness.network.operate(written, operation)
        assert harness.operated(written, operation)
        for _time in range(2):
            harness.network.operate(written, UNDONE_BY[operation])
        assert not harness.operated(written, operation)

    def test_what_is_gone_cannot_be_operated_on(self, harness):
        able = harness.network.capabilities.reader_operations
        if not able:
            pytest.skip("nothing is done to readers' messages there")
        ref = ref_of(harness, f"Article {token()}")
        written = harness.reader.reply(ref, f"Oups {token()}")
        harness.reader.delete(written)
        with pytest.raises((Gone, Refused)):
            harness.network.operate(written, min(able))

    # what it tells of its own accord

    def test_a_signed_request_is_believed_and_told_again_has_the_same_key(self, harness):
        if harness.network.capabilities.webhooks is Webhooks.NONE:
            pytest.skip("there are no webhooks there")
        request, keys = harness.webhook(f"Bonjour {token()}")
        first, second = (type(harness.network).receive(request, keys) for _time in range(2))
        assert first.events
        assert [event.key for event in first.events] == [event.key for event in second.events]

    def test_a_forged_request_is_refused(self, harness):
        if harness.network.capabilities.webhooks is Webhooks.NONE:
            pytest.skip("there are no webhooks there")
        request, keys = harness.webhook(f"Bonjour {token()}")
        without = replace(request, headers={"content-type": "application/json"})
        with pytest.raises((Refused, BadAnswer)):
            type(harness.network).receive(without, keys)
        with pytest.raises((Refused, BadAnswer)):
            type(harness.network).receive(request, dict.fromkeys(keys, "wrong"))

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b"{}", b'{"entry": 3}'])
    def test_a_body_that_is_none_raises_nothing_but_our_errors(self, harness, body):
        if harness.network.capabilities.webhooks is Webhooks.NONE:
            pytest.skip("there are no webhooks there")
        request, keys = harness.webhook(f"Bonjour {token()}")
        try:
            type(harness.network).receive(replace(request, body=body), keys)
        except NetworkError:
            return
