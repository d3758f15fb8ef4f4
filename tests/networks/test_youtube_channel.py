"""Connecting a channel: Google's consent, its tokens, whose channel it is, what the day's quota allows."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from smeditor.exceptions import AuthExpired, RateLimited, Refused, SmeditorError
from smeditor.networks.base import App, Credentials, Message, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.rates import Rate
from smeditor.networks.youtube import YouTube
from smeditor.networks.youtube.connecting import FORCE_SSL, HOME
from smeditor.networks.youtube.quota import SEARCH, UNITS, resets_at
from tests.networks.doubles.base import served
from tests.networks.doubles.youtube import Server
from tests.networks.doubles.youtube.state import OURS

BACK = "https://desk.example/back"


@pytest.fixture
def server():
    with served(Server()) as double:
        yield double
    assert double.breaches == []


@pytest.fixture
def client():
    with GuardedClient(allowed_private_hosts=["127.0.0.1"]) as client:
        yield client


def channel(server, client, secret=None, remote_id=OURS):
    secret = secret or {"access_token": "token-1", "refresh_token": "refresh-1"}
    credentials = Credentials(server.url, remote_id=remote_id, secret=secret)
    return YouTube(credentials, client=client, app=app_of(server))


def app_of(server):
    return App(server.url, {"client_id": "client-1", "client_secret": "app-secret-1"})


def agree(server, **form):
    """Go through the consent screen as a person does; return what comes back, and what was kept."""
    client = GuardedClient(allowed_private_hosts=["127.0.0.1"])
    consent = YouTube.authorize(app_of(server), BACK, "state-1", client=client, server_url=server.url)
    assert "Continue" in httpx.get(consent.url).text
    answer = httpx.post(consent.url, data={"decision": "agree", "scope": FORCE_SSL, **form})
    back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return back, consent.kept


def exchange(server, client, back, kept, app=None):
    return YouTube.exchange(app or app_of(server), BACK, back, kept, client=client, server_url=server.url)


def test_the_consent_screen_is_asked_for_a_lasting_permission():
    client = GuardedClient()
    consent = YouTube.authorize(App(keys={"client_id": "c"}), BACK, "s", client=client)
    assert consent.url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(consent.url).query).items()}
    assert (query["access_type"], query["prompt"], query["scope"]) == ("offline", "consent", FORCE_SSL)
    assert query["code_challenge_method"] == "S256"
    assert consent.kept["code_verifier"] not in consent.url


def test_who_agrees_is_connected(server, client):
    back, kept = agree(server)
    credentials = exchange(server, client, back, kept)
    assert credentials.scopes == {FORCE_SSL}
    assert timedelta(minutes=55) < credentials.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    (identity,) = YouTube(credentials, client=client).identities()
    assert (identity.profile.remote_id, identity.profile.handle) == (OURS, "thepaper")
    assert identity.profile.followers == 1200
    assert identity.credentials.secret == credentials.secret


def test_who_cancels_is_told_so(server, client):
    back, kept = agree(server, decision="refuse")
    with pytest.raises(Refused, match="not given"):
        exchange(server, client, back, kept)


def test_who_unticks_the_permission_is_told_so(server, client):
    back, kept = agree(server, scope="openid")
    with pytest.raises(Refused, match="unticked"):
        exchange(server, client, back, kept)


@pytest.mark.parametrize("change", [{"code": "another"}, {"code": ""}])
def test_a_code_that_is_no_good_is_a_sentence(server, client, change):
    back, kept = agree(server)
    with pytest.raises(Refused):
        exchange(server, client, {**back, **change}, kept)


def test_a_code_without_its_verifier_is_no_good(server, client):
    back, _kept = agree(server)
    with pytest.raises(Refused):
        exchange(server, client, back, {"code_verifier": "guessed"})


def test_a_code_is_good_once(server, client):
    back, kept = agree(server)
    exchange(server, client, back, kept)
    with pytest.raises(Refused):
        exchange(server, client, back, kept)


def test_wrong_keys_of_the_app_are_the_apps_fault(server, client):
    back, kept = agree(server)
    app = App(server.url, {"client_id": "client-1", "client_secret": "another"})
    with pytest.raises(Refused, match="keys of the newsroom's app"):
        exchange(server, client, back, kept, app)


def test_a_token_is_renewed_and_keeps_what_renews_it(server, client):
    network = channel(server, client)
    fresh = network.refresh()
    assert network.credentials_changed
    assert fresh.secret["access_token"] != "token-1"
    assert fresh.secret["refresh_token"] == "refresh-1"
    assert channel(server, client, fresh.secret).verify().remote_id == OURS


def test_what_google_does_not_renew_must_be_connected_again(server, client):
    server.refresh_tokens.clear()
    with pytest.raises(AuthExpired):
        channel(server, client).refresh()
    with pytest.raises(AuthExpired):
        channel(server, client, {"access_token": "token-1"}).refresh()


def test_the_permission_is_given_back(server, client):
    assert channel(server, client).revoke() is True
    assert server.refresh_tokens == {}
    assert channel(server, client).revoke() is True


def test_a_token_that_was_revoked_is_said_so(server, client):
    server.tokens.clear()
    with pytest.raises(AuthExpired):
        channel(server, client).verify()


def test_a_token_without_the_permission_is_one_to_be_given_anew(server, client):
    server.tokens["token-1"] = "https://www.googleapis.com/auth/youtube.readonly"
    with pytest.raises(AuthExpired, match="permission was not given"):
        channel(server, client).verify()


def test_an_account_without_a_channel_is_a_sentence(server, client):
    server.channels = []
    with pytest.raises(Refused, match="no YouTube channel"):
        channel(server, client).verify()


def test_a_token_for_another_channel_is_not_taken_for_ours(server, client):
    server.channels = ["UCanother00000000000001"]
    with pytest.raises(AuthExpired, match="another channel"):
        channel(server, client).verify()


@pytest.mark.parametrize("token", ["", "  ", "with space", "é", "line\nend"])
def test_a_token_that_is_none_is_never_sent(server, client, token):
    with pytest.raises(AuthExpired):
        channel(server, client, {"access_token": token}).verify()
    assert server.requests == []


# the day's quota


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-30T09:00:00+00:00", "2026-12-01T08:00:00+00:00"),
        ("2026-11-30T07:59:59+00:00", "2026-11-30T08:00:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-02T07:00:00+00:00"),
        ("2026-10-31T20:00:00+00:00", "2026-11-01T07:00:00+00:00"),  # the clocks go back on the morning after
        ("2026-11-01T12:00:00+00:00", "2026-11-02T08:00:00+00:00"),
    ],
)
def test_the_day_ends_at_midnight_on_the_pacific_coast(now, until):
    assert resets_at(datetime.fromisoformat(now)) == datetime.fromisoformat(until)


def test_units_are_counted_from_where_others_left_them(server, client):
    network = channel(server, client)
    network.rates.earlier = {UNITS: Rate(UNITS, 10_000, 400, resets_at(datetime.now(UTC)))}
    network.verify()
    assert network.rates[UNITS].remaining == 399
    network.operate(
        server.state.comment(server.state.upload(), "x"), next(iter(network.capabilities.reader_operations))
    )
    assert network.rates[UNITS].remaining == 349


def test_reading_stops_before_what_is_kept_for_answers(server, client):
    network = channel(server, client)
    network.rates.reserve = 0.5
    network.rates.earlier = {UNITS: Rate(UNITS, 10_000, 5000, resets_at(datetime.now(UTC)))}
    with pytest.raises(RateLimited):
        network.collect({})
    assert server.requests == []


def test_a_day_that_was_used_up_is_waited_for_until_it_ends(server, client):
    server.units = 0
    network = channel(server, client)
    with pytest.raises(RateLimited) as caught:
        network.verify()
    assert caught.value.until == resets_at(datetime.now(UTC))
    assert network.rates[UNITS].remaining == 0


def test_who_only_answers_writes_no_count_of_a_day_that_it_does_not_know(server, client):
    network = channel(server, client)
    network.verify()
    assert network.rates == {}


def test_searches_have_a_count_of_their_own(server, client):
    network = channel(server, client)
    network.rates.reserve, network.own_sites = 0.5, ("paper.example",)
    network.collect({})
    assert network.rates[SEARCH].remaining == 99
    assert server.searches == 99


# what is never shown


SECRETS = ("token-1", "refresh-1", "app-secret-1", "fresh-token")


def test_no_secret_shows_in_errors_and_logs(server, client, caplog):
    caplog.set_level(logging.DEBUG)
    network = channel(server, client)
    server.tokens.clear()
    server.refresh_tokens.clear()
    shown = repr(network.credentials) + repr(network.app)
    asked = (network.verify, network.refresh, lambda: network.collect({}), lambda: network.check(["Ugw1"]))
    for ask in asked:
        try:
            ask()
        except SmeditorError as error:
            shown += f"{error!r} {error} {error.cause}"
    shown += caplog.text
    assert [secret for secret in SECRETS if secret in shown] == []


def test_nothing_is_posted_on_youtube(server, client):
    with pytest.raises(Refused):
        channel(server, client).prepare(Message("A post"), {})
    assert not YouTube.capabilities.sends
    assert YouTube.capabilities.reply
    assert YouTube.connecting.home_server == HOME
    assert (
        channel(server, client).prepare(Message("x", reply_to=Ref("Ugw1.2")), {}).body["snippet"]["parentId"] == "Ugw1"
    )
