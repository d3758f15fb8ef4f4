"""Consent, tokens of sixty days, permissions that were granted by half; and no secret anywhere."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from smeditor.exceptions import AuthExpired, BadAnswer, FetchRefused, NetworkError, Refused, Temporary
from smeditor.networks.base import App, Credentials, Message
from smeditor.networks.graph.sixty_days import read_scopes
from smeditor.networks.instagram import Instagram
from smeditor.networks.instagram.connecting import CODE_HOME, CONNECTING
from smeditor.networks.registry import choices, get_network_class
from tests.networks import instagram_steps
from tests.networks.doubles.graph import GraphError
from tests.networks.doubles.graph.server import APP_SECRET
from tests.networks.doubles.instagram.server import SCOPES
from tests.networks.instagram_steps import KEYS, Fault, image, now, prepared, publish
from tests.networks.servers import free_port

double, world, network = instagram_steps.double, instagram_steps.world, instagram_steps.network
RETURN = "https://desk.example/connect/instagram"


def consented(world, decision="agree", granted=SCOPES):
    """Walk through the consent screen as a browser does; returns the query of the return."""
    consent = Instagram.authorize(App(keys=KEYS), RETURN, "st4te", client=world.client(), server_url=world.server.url)
    assert "instagram_business_basic" in httpx.get(consent.url).text
    answer = httpx.post(consent.url, data={"decision": decision, "granted": list(granted)})
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == RETURN
    return {key: values[0] for key, values in parse_qs(location.query).items()}


def exchange(world, callback, keys=KEYS):
    return Instagram.exchange(App(keys=keys), RETURN, callback, {}, client=world.client(), server_url=world.server.url)


def test_the_consent_screen_and_the_exchange_of_the_real_instagram_are_on_other_hosts(world):
    consent = Instagram.authorize(App(keys=KEYS), RETURN, "s", client=world.client())
    parts = urlsplit(consent.url)
    assert (parts.netloc, parts.path) == ("www.instagram.com", "/oauth/authorize")
    assert parse_qs(parts.query)["scope"] == [",".join(SCOPES)]
    assert APP_SECRET not in consent.url
    assert CODE_HOME == "https://api.instagram.com"


def test_a_person_who_agrees_gives_a_token_of_sixty_days(world):
    credentials = exchange(world, consented(world))
    assert abs(credentials.expires_at - now() - timedelta(days=60)) < timedelta(minutes=1)
    assert credentials.scopes == frozenset(SCOPES)
    profile = Instagram(credentials, client=world.client()).verify()
    assert (profile.handle, profile.remote_id, profile.followers) == ("gazette", credentials.remote_id, 1234)


def test_a_person_who_refuses_is_told_so(world):
    with pytest.raises(Refused) as caught:
        exchange(world, consented(world, decision="refuse"))
    assert "not granted" in caught.value.sentence


def test_a_code_is_good_once(world):
    callback = consented(world)
    exchange(world, callback)
    with pytest.raises(Refused):
        exchange(world, callback)


@pytest.mark.parametrize("keys", [{}, {"client_id": KEYS["client_id"]}, {**KEYS, "client_secret": "w" * 32}])
def test_wrong_keys_of_the_app_are_a_refusal_and_no_dead_account(world, keys):
    with pytest.raises(Refused):
        exchange(world, consented(world), keys)


def test_a_required_permission_that_was_left_out_is_named(world):
    credentials = exchange(world, consented(world, granted=[SCOPES[0], SCOPES[2]]))
    with pytest.raises(AuthExpired) as caught:
        Instagram(credentials, client=world.client()).verify()
    assert "instagram_business_content_publish" in caught.value.sentence


def test_the_permission_for_comments_may_be_left_out(world):
    credentials = exchange(world, consented(world, granted=SCOPES[:2]))
    assert Instagram(credentials, client=world.client()).verify()


def test_a_personal_account_is_shown_with_a_note(world, network):
    world.server.account.data["account_type"] = "PERSONAL"
    [identity] = network.identities()
    assert "professional" in identity.note
    world.server.account.data["account_type"] = "MEDIA_CREATOR"
    assert world.network().identities()[0].note == ""


@pytest.mark.parametrize("value", ["a,b", ["a", "b"], "a, b,"])
def test_permissions_are_read_in_both_forms(value):
    assert read_scopes(value) == {"a", "b"}


@pytest.mark.parametrize("value", [None, 3, {}, "", [], [None]])
def test_permissions_that_are_not_told_are_unknown(value):
    assert read_scopes(value) is None


# renewal


def test_a_token_is_renewed_for_sixty_days(world, network):
    fresh = network.refresh()
    assert fresh.secret["access_token"] != network.credentials.secret["access_token"]
    assert abs(fresh.expires_at - now() - timedelta(days=60)) < timedelta(minutes=1)
    assert fresh.scopes == frozenset(SCOPES)


def test_a_token_of_less_than_a_day_is_left_as_it_is(world):
    network = world.network(world.server.token_of_account(SCOPES, age=timedelta(hours=3)))
    assert network.refresh() == network.credentials
    assert world.server.requests == []


def test_a_token_that_has_ended_is_not_even_asked_for(world):
    network = world.network(world.server.token_of_account(SCOPES, age=timedelta(days=61)))
    with pytest.raises(AuthExpired):
        network.refresh()
    assert world.server.requests == []


def test_a_renewal_that_instagram_refuses_asks_for_a_person(world):
    network = world.network(world.server.token_of_account(SCOPES, age=timedelta(hours=3)), expires_at=None)
    with pytest.raises(AuthExpired):
        network.refresh()


def test_a_renewal_that_fails_on_the_way_is_tried_again(world, network):
    world.server.fail(lambda _m, path: path == "/refresh_access_token", GraphError(2, "Service unavailable"))
    with pytest.raises(Temporary):
        network.refresh()


def test_it_is_renewed_in_time():
    assert Instagram.capabilities.refresh
    assert timedelta(days=1) < Instagram.capabilities.refresh_ahead < timedelta(days=59)


@pytest.mark.parametrize("subcode", [458, 460, 463])
def test_a_dead_token_asks_for_a_person(world, network, subcode):
    world.server.revoke(network.credentials.secret["access_token"], subcode)
    with pytest.raises(AuthExpired) as caught:
        network.verify()
    assert caught.value.sentence


@pytest.mark.parametrize("token", ["", "  ", "with space", "é" * 20, "line\nend", "nul\0"])
def test_a_token_that_is_not_whole_never_leaves(world, token):
    network = Instagram(Credentials(world.server.url, secret={"access_token": token}), client=world.client())
    for method in (network.verify, lambda: network.collect({}, ())):
        with pytest.raises(AuthExpired):
            method()
    assert world.server.requests == []


def test_what_is_needed_is_written_for_an_editor():
    assert CONNECTING.consent
    assert not CONNECTING.secrets
    assert all(str(sentence).endswith((".", "”.")) for sentence in (*CONNECTING.steps, *CONNECTING.notes))


def test_the_page_of_the_network_has_the_very_steps_and_every_scope():
    page = Path(__file__).resolve().parents[2] / "docs/networks/instagram.md"
    written = " ".join(page.read_text("utf-8").split())
    assert [str(step) for step in CONNECTING.steps if str(step) not in written] == []
    assert [scope.name for scope in CONNECTING.scopes if f"`{scope.name}` | {scope.reason}" not in written] == []
    assert str(CONNECTING.needs)[1:] in written


def test_it_is_among_the_networks():
    assert get_network_class("instagram") is Instagram
    assert ("instagram", "Instagram") in choices()


def test_a_version_that_an_administrator_chose_is_asked_for(world, network):
    chosen = Instagram(
        network.credentials, client=world.client(), app=App(world.server.url, {**KEYS, "api_version": "v24.0"})
    )
    chosen.verify()
    assert world.server.requests[-1] == ("GET", "/v24.0/me")


def test_a_version_that_does_not_exist_is_said_to_an_administrator(world, network):
    app = App(world.server.url, {**KEYS, "api_version": "v99.0"})
    with pytest.raises(Refused) as caught:
        Instagram(network.credentials, client=world.client(), app=app).verify()
    assert "version" in caught.value.sentence


# secrets


@pytest.mark.parametrize("fault", list(Fault))
def test_no_error_and_no_log_holds_a_secret(world, network, fault, caplog):
    caplog.set_level(logging.DEBUG)
    ready = prepared(network, Message("Secret", media=(image(),)))
    world.faults.waiting.append((fault, True))
    with pytest.raises(NetworkError) as caught:
        network.send(ready, "x", now())
    written = "".join(traceback.format_exception(caught.value)) + str(vars(caught.value)) + caplog.text
    assert not [secret for secret in (APP_SECRET, *world.server.tokens) if secret in written]


def test_no_token_stands_in_an_address(world, network):
    publish(network, Message("Un", media=(image(),)))
    network.verify()
    network.refresh()
    exchange(world, consented(world))
    assert not [request for request in world.faults.requests if any(t in str(request.url) for t in world.server.tokens)]


@pytest.mark.parametrize("fault", [Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE])
def test_a_lying_server_is_called_one(world, network, fault):
    world.faults.waiting.append((fault, False))
    with pytest.raises(BadAnswer):
        network.verify()


def test_a_server_that_is_down_is_a_passing_thing(world):
    credentials = Credentials(f"http://127.0.0.1:{free_port()}", secret={"access_token": "t" * 30})
    with pytest.raises(Temporary):
        Instagram(credentials, client=world.client()).verify()


def test_a_private_address_is_not_asked(world):
    credentials = Credentials("http://10.0.0.1", secret={"access_token": "t" * 30})
    with pytest.raises(FetchRefused):
        Instagram(credentials, client=world.client()).verify()
