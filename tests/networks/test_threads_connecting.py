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
from smeditor.networks.registry import choices, get_network_class
from smeditor.networks.threads import Threads
from smeditor.networks.threads.connecting import CONNECTING
from tests.networks import threads_steps
from tests.networks.doubles.threads.state import APP_SECRET, SCOPES, ThreadsError
from tests.networks.servers import free_port
from tests.networks.threads_steps import KEYS, Fault, now, prepared, publish

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network
RETURN = "https://desk.example/connect/threads"


def consented(world, decision="agree", granted=SCOPES):
    """Walk through the consent screen as a browser does; returns the query of the return."""
    consent = Threads.authorize(App(keys=KEYS), RETURN, "st4te", client=world.client(), server_url=world.server.url)
    page = httpx.get(consent.url)
    assert "threads_basic" in page.text
    form = {"decision": decision, "granted": list(granted)}
    answer = httpx.post(consent.url, data=form)
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == RETURN
    return {key: values[0] for key, values in parse_qs(location.query).items()} | {"#": location.fragment}


def exchange(world, callback, keys=KEYS):
    return Threads.exchange(App(keys=keys), RETURN, callback, {}, client=world.client(), server_url=world.server.url)


def test_the_consent_screen_of_the_real_threads_is_not_on_the_host_of_its_api(world):
    consent = Threads.authorize(App(keys=KEYS), RETURN, "s", client=world.client())
    parts = urlsplit(consent.url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "www.threads.net", "/oauth/authorize")
    query = parse_qs(parts.query)
    assert query["scope"] == [",".join(scope.name for scope in CONNECTING.scopes)]
    assert (query["response_type"], query["state"], query["redirect_uri"]) == (["code"], ["s"], [RETURN])
    assert APP_SECRET not in consent.url


def test_a_person_who_agrees_gives_a_token_of_sixty_days(world):
    callback = consented(world)
    assert callback["state"] == "st4te"
    credentials = exchange(world, callback)
    assert abs(credentials.expires_at - now() - timedelta(days=60)) < timedelta(minutes=1)
    assert world.server.tokens[credentials.secret["access_token"]].long
    assert credentials.remote_id == world.server.us.id


def test_the_odd_end_of_a_code_is_taken_off(world):
    callback = consented(world)
    assert exchange(world, {**callback, "code": callback["code"] + "#_"}).secret


def test_the_fresh_credentials_act_for_the_account(world):
    credentials = exchange(world, consented(world))
    network = Threads(credentials, client=world.client())
    profile = network.verify()
    assert (profile.handle, profile.remote_id) == ("gazette", credentials.remote_id)
    assert profile.url == "https://www.threads.com/@gazette"
    [identity] = network.identities()
    assert identity.profile == profile


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


@pytest.mark.parametrize("left_out", ["threads_content_publish", "threads_basic"])
def test_a_required_permission_that_was_left_out_is_named(world, left_out):
    credentials = exchange(world, consented(world, granted=[scope for scope in SCOPES if scope != left_out]))
    with pytest.raises(AuthExpired) as caught:
        Threads(credentials, client=world.client()).verify()
    assert left_out in caught.value.sentence


def test_an_optional_permission_may_be_left_out(world):
    credentials = exchange(world, consented(world, granted=["threads_basic", "threads_content_publish"]))
    network = Threads(credentials, client=world.client())
    network.verify()
    assert network.credentials.scopes == {"threads_basic", "threads_content_publish"}
    assert network.credentials_changed


def test_what_the_token_is_good_for_is_read_with_the_account(world):
    network = world.network(expires_at=None, scopes=None)
    network.verify()
    assert network.credentials.scopes == frozenset(SCOPES)
    assert timedelta(days=57) < network.credentials.expires_at - now() < timedelta(days=59)


def test_an_examination_that_fails_changes_nothing(world):
    world.server.fail(lambda _m, path: path == "/debug_token", ThreadsError(1, "unknown"))
    network = world.network(expires_at=None, scopes=None)
    network.verify()
    assert network.credentials.scopes is None


# renewal


def test_a_token_is_renewed_for_sixty_days(world, network):
    fresh = network.refresh()
    assert fresh.secret["access_token"] != network.credentials.secret["access_token"]
    assert abs(fresh.expires_at - now() - timedelta(days=60)) < timedelta(minutes=1)
    assert world.network(world.server.tokens[fresh.secret["access_token"]]).verify()


def test_a_token_of_less_than_a_day_is_left_as_it_is(world):
    network = world.network(world.server.token(age=timedelta(hours=3)))
    assert network.refresh() == network.credentials
    assert world.server.requests == []


def test_a_token_that_has_ended_is_not_even_asked_for(world):
    network = world.network(world.server.token(age=timedelta(days=61)))
    with pytest.raises(AuthExpired):
        network.refresh()
    assert world.server.requests == []


def test_a_token_whose_end_nobody_knows_is_renewed(world):
    assert world.network(expires_at=None).refresh().expires_at


def test_a_renewal_that_threads_refuses_asks_for_a_person(world):
    network = world.network(world.server.token(age=timedelta(hours=3)), expires_at=None)
    with pytest.raises(AuthExpired):
        network.refresh()


def test_a_renewal_that_fails_on_the_way_is_tried_again(world, network):
    """gitroomhq/postiz-app#1822: a passing failure is no dead token."""
    world.server.fail(lambda _m, path: path == "/refresh_access_token", ThreadsError(2, "Service unavailable"))
    with pytest.raises(Temporary):
        network.refresh()


def test_it_is_renewed_in_time(world):
    assert Threads.capabilities.refresh
    assert timedelta(days=1) < Threads.capabilities.refresh_ahead < timedelta(days=59)


@pytest.mark.parametrize("subcode", [460, 463, 467])
def test_a_dead_token_asks_for_a_person(world, network, subcode):
    for token in world.server.tokens.values():
        token.valid = False
    with pytest.raises(AuthExpired) as caught:
        network.verify()
    assert caught.value.sentence


@pytest.mark.parametrize("token", ["", "  ", "with space", "é" * 20, "line\nend", "nul\0"])
def test_a_token_that_is_not_whole_never_leaves(world, token):
    network = Threads(Credentials(world.server.url, secret={"access_token": token}), client=world.client())
    with pytest.raises(AuthExpired):
        network.verify()
    assert world.server.requests == []


def test_what_is_needed_is_written_for_an_editor():
    assert CONNECTING.consent
    assert not CONNECTING.secrets
    assert all(str(sentence).endswith((".", "”.")) for sentence in (*CONNECTING.steps, *CONNECTING.notes))
    assert {scope.name for scope in CONNECTING.scopes if scope.required} == {
        "threads_basic",
        "threads_content_publish",
    }


def test_the_page_of_the_network_has_the_very_steps_and_every_scope():
    page = Path(__file__).resolve().parents[2] / "docs/networks/threads.md"
    written = " ".join(page.read_text("utf-8").split())
    assert [str(step) for step in CONNECTING.steps if str(step) not in written] == []
    assert [scope.name for scope in CONNECTING.scopes if f"`{scope.name}` | {scope.reason}" not in written] == []
    assert str(CONNECTING.needs)[1:] in written


def test_it_is_among_the_networks():
    assert get_network_class("threads") is Threads
    assert ("threads", "Threads") in choices()


# secrets


def secrets_of(world, network):
    return [network.credentials.secret["access_token"], APP_SECRET, *world.server.tokens]


@pytest.mark.parametrize("fault", list(Fault))
def test_no_error_and_no_log_holds_a_secret(world, network, fault, caplog):
    caplog.set_level(logging.DEBUG)
    ready = prepared(network, Message("Secret"))
    world.faults.waiting.append((fault, True))
    with pytest.raises(NetworkError) as caught:
        network.send(ready, "x", now())
    written = "".join(traceback.format_exception(caught.value)) + str(vars(caught.value)) + caplog.text
    assert not [secret for secret in secrets_of(world, network) if secret in written]


def test_an_error_that_repeats_the_token_is_blackened(world, network):
    token = network.credentials.secret["access_token"]
    world.server.fail(lambda _m, path: path == "/me", ThreadsError(100, f"bad {token}", error_user_msg=token))
    with pytest.raises(NetworkError) as caught:
        network.verify()
    assert token not in str(vars(caught.value)) + str(caught.value)


def test_no_token_stands_in_an_address_but_the_one_that_is_examined(world, network):
    publish(network, Message("Un"))
    network.verify()
    network.refresh()
    token = network.credentials.secret["access_token"]
    leaks = [str(request.url) for request in world.faults.requests if token in str(request.url)]
    assert [urlsplit(leak).path for leak in leaks] == ["/debug_token"]


def test_a_receipt_and_a_memory_hold_no_secret(world, network):
    step = network.prepare(Message("Un"), {})
    receipt = publish(network, Message("Deux"))
    written = repr(step) + repr(receipt)
    assert not [secret for secret in secrets_of(world, network) if secret in written]


# the server


def test_a_server_that_is_down_is_a_passing_thing(world):
    credentials = Credentials(f"http://127.0.0.1:{free_port()}", secret={"access_token": "t" * 30})
    with pytest.raises(Temporary):
        Threads(credentials, client=world.client()).verify()


def test_a_private_address_is_not_asked(world):
    credentials = Credentials("http://10.0.0.1", secret={"access_token": "t" * 30})
    with pytest.raises(FetchRefused):
        Threads(credentials, client=world.client()).verify()


@pytest.mark.parametrize("fault", [Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE])
def test_a_lying_server_is_called_one(world, network, fault):
    world.faults.waiting.append((fault, False))
    with pytest.raises(BadAnswer):
        network.verify()


def test_a_version_that_is_over_is_said_to_an_administrator(world, network):
    world.server.fail(lambda _m, path: path == "/me", ThreadsError(2500, "Unknown path components: /me"))
    with pytest.raises(Refused) as caught:
        network.verify()
    assert "version" in caught.value.sentence
