"""What every network promises when something goes wrong."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    FetchRefused,
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Temporary,
)
from tests.networks.contract_steps import (
    UNREADABLE,
    assert_says_no_secret,
    fully_prepared,
    now,
    token,
)
from tests.networks.harness import Fault
from tests.networks.servers import free_port


class FailingContract:
    """Part of :class:`tests.networks.contract.NetworkContract`."""

    # what goes wrong

    def test_too_many_requests_name_the_time_to_come_back(self, harness):
        prepared = fully_prepared(harness.network, harness.message(f"Trop {token()}"))
        harness.break_next(Fault.RATE_LIMITED, sending=True)
        with pytest.raises(RateLimited) as caught:
            harness.network.send(prepared, harness.network.mint_identity(now()), now())
        assert caught.value.until.utcoffset() == timedelta(0)
        assert now() < caught.value.until <= now() + timedelta(days=1)

    def test_a_bad_token_asks_for_a_person(self, harness):
        network = harness.with_secret(dict.fromkeys(harness.network.credentials.secret, "wrong"))
        with pytest.raises(AuthExpired) as caught:
            network.verify()
        assert caught.value.sentence

    @pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TIMEOUT, Fault.LOST_ANSWER, *UNREADABLE])
    def test_a_send_without_a_clear_answer_has_an_unknown_outcome(self, harness, fault):
        prepared = fully_prepared(harness.network, harness.message(f"Qui sait {token()}"))
        harness.break_next(fault, sending=True)
        with pytest.raises(OutcomeUnknown):
            harness.network.send(prepared, harness.network.mint_identity(now()), now())

    @pytest.mark.parametrize("fault", UNREADABLE)
    def test_a_lying_server_is_called_one(self, harness, fault):
        harness.break_next(fault, sending=False)
        with pytest.raises(BadAnswer):
            harness.network.verify()

    @pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TIMEOUT])
    def test_a_read_that_fails_is_tried_again(self, harness, fault):
        harness.break_next(fault, sending=False)
        with pytest.raises(Temporary):
            harness.network.verify()

    def test_a_server_that_is_down_is_a_passing_thing(self, harness):
        with pytest.raises(Temporary):
            harness.at(f"http://127.0.0.1:{free_port()}").verify()

    def test_a_private_address_is_not_asked(self, harness):
        with pytest.raises(FetchRefused):
            harness.at("http://10.0.0.1").verify()

    @pytest.mark.parametrize("fault", list(Fault))
    def test_no_error_and_no_log_holds_a_secret(self, harness, fault, caplog):
        caplog.set_level(logging.DEBUG)
        prepared = fully_prepared(harness.network, harness.message(f"Secret {token()}"))
        harness.break_next(fault, sending=True)
        with pytest.raises(NetworkError) as caught:
            harness.network.send(prepared, harness.network.mint_identity(now()), now())
        assert_says_no_secret(caught.value, harness)
        assert not [secret for secret in harness.secrets if secret in caplog.text]
        assert not [secret for secret in harness.secrets if secret in repr(harness.network.credentials)]
