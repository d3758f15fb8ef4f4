"""Sessions, limits and exactly-once against a real PDS, without an AppView."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from smeditor.exceptions import AuthExpired, OutcomeUnknown, RateLimited, Refused, UnsupportedFeature
from smeditor.networks.base import Message
from smeditor.text.graphemes import grapheme_count
from smeditor.text.offsets import utf8_length
from tests.networks.bluesky_servers import Account, adapter
from tests.networks.contract_steps import fully_prepared

pytestmark = pytest.mark.server


class Listening(httpx.BaseTransport):
    """A real connection that notes which procedures were called."""

    def __init__(self) -> None:
        self.inner, self.called = httpx.HTTPTransport(trust_env=False), []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.called.append(request.url.path.rpartition(".")[2])
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def account(bluesky_pds):
    return Account.create(bluesky_pds.pds_url, "redaction.test")


@pytest.fixture
def wire():
    return Listening()


@pytest.fixture
def network(account, wire):
    network = account.network(wire)
    yield network
    network.close()


def test_a_session_is_opened_once_and_reported_to_be_saved(network, wire, account):
    network.limits()
    assert not network.credentials_changed
    prepared = fully_prepared(network, Message("Un"))
    network.send(prepared, network.mint_identity(now()), now())
    assert wire.called.count("createSession") == 1
    assert network.credentials_changed
    assert network.credentials.remote_id == account.did


def test_a_stored_session_is_gone_on_with(network, wire):
    fully_prepared(network, Message("Un"))
    stored, again = network.credentials, Listening()
    other = adapter(stored, again)
    other.verify()
    other.close()
    assert "createSession" not in again.called
    assert "refreshSession" not in again.called
    assert not other.credentials_changed


def test_a_dead_access_token_is_refreshed_once_and_the_tokens_rotate(network):
    fully_prepared(network, Message("Un"))
    old = network.credentials
    wire = Listening()
    other = adapter(replace(old, secret={**old.secret, "access_jwt": "dead"}), wire)
    assert other.verify().remote_id == old.remote_id
    assert (wire.called.count("refreshSession"), wire.called.count("createSession")) == (1, 0)
    assert other.credentials.secret["refresh_jwt"] != old.secret["refresh_jwt"]
    assert other.credentials_changed
    other.close()


def test_a_refresh_whose_answer_was_lost_can_be_repeated(network):
    fully_prepared(network, Message("Un"))
    old = network.credentials
    for _ in range(2):
        wire = Listening()
        other = adapter(old, wire)
        other.refresh()
        other.close()
        assert wire.called == ["refreshSession"]


def test_dead_tokens_lead_back_to_the_app_password(account):
    wire = Listening()
    network = adapter(account.credentials(access_jwt="dead", refresh_jwt="dead"), wire)
    assert network.verify().handle == account.handle
    assert wire.called.count("createSession") == 1
    network.close()


def test_dead_tokens_without_an_app_password_need_a_person(account):
    credentials = replace(account.credentials(), secret={"access_jwt": "dead", "refresh_jwt": "dead"})
    network = adapter(credentials)
    with pytest.raises(AuthExpired) as caught:
        network.verify()
    assert caught.value.sentence
    network.close()


def test_the_password_of_another_account_is_not_taken(bluesky_pds, account, settings):
    settings.LANGUAGE_CODE = "en"
    other = Account.create(bluesky_pds.pds_url, "sports.test")
    network = adapter(replace(other.credentials(), remote_id=account.did))
    with pytest.raises(Refused, match="another account"):
        network.verify()
    network.close()


def test_the_same_bytes_are_one_post_with_one_cid(network):
    prepared, identity, moment = fully_prepared(network, Message("Une fois")), network.mint_identity(now()), now()
    receipts = [network.send(prepared, identity, moment) for _ in range(3)]
    assert len({receipt.ref for receipt in receipts}) == 1
    assert receipts[0].answer["validationStatus"] == "valid"


def test_other_bytes_under_the_same_key_never_replace_a_post(network):
    identity, moment = network.mint_identity(now()), now()
    first = network.send(fully_prepared(network, Message("Le premier")), identity, moment)
    with pytest.raises(OutcomeUnknown):
        network.send(fully_prepared(network, Message("Le second")), identity, moment)
    with pytest.raises(OutcomeUnknown):
        network.send(fully_prepared(network, Message("Le premier")), identity, moment + timedelta(seconds=1))
    assert network.read_back(fully_prepared(network, Message("Le second")), identity, moment).found == first.ref


def test_a_deleted_post_is_proved_absent(network):
    prepared, identity, moment = fully_prepared(network, Message("Bientôt parti")), network.mint_identity(now()), now()
    network.delete(network.send(prepared, identity, moment).ref)
    assert network.read_back(prepared, identity, moment).absent


def test_what_is_not_public_is_refused_before_it_leaves(network, wire):
    with pytest.raises(UnsupportedFeature):
        fully_prepared(network, Message("Entre nous", visibility="unlisted"))
    assert wire.called == []


def test_a_key_that_is_no_tid_is_refused_before_it_leaves(network, wire):
    prepared = fully_prepared(network, Message("Un"))
    with pytest.raises(Refused):
        network.send(prepared, "my-post", now())
    assert "putRecord" not in wire.called


PIECES = [
    "a",
    "é",
    "e\u0301",
    "👩🏽‍🚒",
    "👨‍👩‍👧‍👦",
    "🇫🇷",
    "🇫",
    "क्षि",
    "नि",
    "각",
    "ก็",
    "\r\n",
    "\u200d",
    "\ufe0f",
    "1️⃣",
    "ﷺ",
    "𝒜",
    "\u0600",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(
    st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=25),
    st.booleans(),
)
def test_our_count_is_the_servers(network, pieces, over):
    """At 300 by our count the server accepts, at 301 it refuses; and so at 3000 bytes."""
    text = ""
    for piece in pieces * 300:
        if grapheme_count(text + piece) > 300 + over or utf8_length(text + piece) > 3000:
            break
        text += piece
    text += "x" * min(300 + over - grapheme_count(text), 3000 - utf8_length(text))
    assume(grapheme_count(text) <= 300 + over)
    prepared = fully_prepared(network, Message(text))
    if grapheme_count(text) > 300:
        with pytest.raises(Refused, match="grapheme"):
            network.send(prepared, network.mint_identity(now()), now())
    else:
        network.send(prepared, network.mint_identity(now()), now())


@pytest.mark.parametrize(("bytes_wanted", "accepted"), [(3000, True), (3001, False)])
def test_the_limit_in_bytes_is_the_servers(network, bytes_wanted, accepted):
    text = "👨‍👩‍👧‍👦" * 119 + "x" * (bytes_wanted - 119 * 25)
    assert utf8_length(text) == bytes_wanted
    assert grapheme_count(text) <= 300
    prepared = fully_prepared(network, Message(text))
    if accepted:
        network.send(prepared, network.mint_identity(now()), now())
        return
    with pytest.raises(Refused):
        network.send(prepared, network.mint_identity(now()), now())


@pytest.fixture(scope="module")
def limited(bluesky_limited):
    return Account.create(bluesky_limited.pds_url, "limited.test")


def test_rate_headers_are_kept_by_what_they_limit(limited):
    network = limited.network()
    network.send(fully_prepared(network, Message("Un")), network.mint_identity(now()), now())
    network.verify()
    rates = network.rates
    assert {"session", "repo-write", "api"} <= rates.keys()
    assert all(0 <= rate.remaining < rate.limit for rate in rates.values())
    assert all(now() < rate.resets_at <= now() + timedelta(days=1) for rate in rates.values())
    network.close()


def test_too_many_sign_ins_name_the_time_to_come_back(limited):
    network = adapter(replace(limited.credentials(), secret={"identifier": limited.handle, "app_password": "wrong"}))
    refusals = []
    while len(refusals) < 40 and not isinstance(refusals[-1] if refusals else None, RateLimited):
        with pytest.raises((AuthExpired, RateLimited)) as caught:
            network.verify()
        refusals.append(caught.value)
    assert isinstance(refusals[-1], RateLimited)
    assert refusals[-1].code == "RateLimitExceeded"
    assert now() < refusals[-1].until <= now() + timedelta(minutes=6)
    network.close()
