"""Connecting a Telegram channel: the token, the rights, what a person types; and that the token never shows itself."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path

import httpx
import pytest

from smeditor.exceptions import AuthExpired, BadAnswer, Refused, SmeditorError, Temporary
from smeditor.networks.base import Message, Ref
from smeditor.networks.registry import get_network_class
from smeditor.networks.telegram import Telegram, ids
from smeditor.networks.telegram.connecting import CONNECTING
from tests.networks.doubles.telegram.world import CHANNEL, GROUP
from tests.networks.telegram_steps import NOW, Wire, opened, photo, publish, telegram_server


@pytest.fixture(scope="module")
def server():
    with telegram_server() as double:
        yield double


@pytest.fixture
def double(server):
    server.reset()
    server.breaches.clear()
    server.requests.clear()
    yield server
    assert server.breaches == []


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def network(double, wire):
    opened_network = opened(double, wire)
    yield opened_network
    opened_network.close()


def test_it_is_registered():
    assert get_network_class("telegram") is Telegram


def test_the_channel_is_the_account(network):
    profile = network.verify()
    assert (profile.remote_id, profile.handle, profile.display_name) == (str(CHANNEL), "leclair", "L’Éclair")
    assert (profile.url, profile.followers) == ("https://t.me/leclair", 1234)
    assert network.credentials.scopes == {"can_post_messages", "can_edit_messages", "can_delete_messages", "comments"}


@pytest.mark.parametrize("typed", ["leclair", "@leclair", "https://t.me/leclair", "https://t.me/s/leclair"])
def test_a_channel_is_found_by_whatever_a_person_types(double, typed):
    assert opened(double, handle=typed, remote_id="").verify().remote_id == str(CHANNEL)


def test_a_private_channel_is_found_by_its_number(double):
    del double.world.chats[CHANNEL]["username"]
    profile = opened(double, handle=str(CHANNEL), remote_id="").verify()
    assert (profile.handle, profile.url) == (str(CHANNEL), "")


def test_a_renamed_channel_stays_the_same_account(double):
    double.world.chats[CHANNEL]["username"] = "leclair_fr"
    assert opened(double).verify().handle == "leclair_fr"


@pytest.mark.parametrize("typed", ["", "@", "a b", "https://example.org/leclair", "@leclair/5"])
def test_what_names_no_channel_is_refused_with_a_sentence(double, typed):
    with pytest.raises(Refused, match="handle"):
        opened(double, handle=typed, remote_id="").verify()


def test_a_group_is_no_channel(double):
    with pytest.raises(Refused, match="no channel"):
        opened(double, remote_id=str(GROUP)).verify()


# rights


def test_without_the_right_to_post_a_sentence_says_what_is_missing(double, network):
    double.world.desk.rights[CHANNEL] = {"can_delete_messages": True}
    with pytest.raises(AuthExpired, match="post messages, edit messages of others"):
        network.verify()


def test_without_lesser_rights_the_account_is_connected_and_a_note_says_so(double, network):
    double.world.desk.rights[CHANNEL] = {"can_post_messages": True}
    [identity] = network.identities()
    assert "delete messages of others" in identity.note
    assert identity.credentials.scopes == {"can_post_messages", "comments"}
    assert network.credentials_changed


def test_with_all_rights_there_is_no_note(network):
    assert network.identities()[0].note == ""


def test_a_bot_that_is_not_in_the_channel_is_refused(double, network):
    double.world.desk.rights[CHANNEL] = None
    with pytest.raises(AuthExpired, match="administrator"):
        network.verify()


@pytest.mark.parametrize(
    ("rights", "reads_all", "granted"),
    [({}, False, False), ({}, True, True), ({"can_delete_messages": True}, False, True), (None, True, False)],
)
def test_comments_need_the_bot_in_the_group_with_open_ears(double, network, rights, reads_all, granted):
    double.world.desk.rights[GROUP], double.world.desk.reads_all = rights, reads_all
    network.verify()
    assert ("comments" in network.credentials.scopes) is granted


def test_a_channel_without_a_group_has_no_comments(double, network):
    double.world.linked.clear()
    network.verify()
    assert "comments" not in network.credentials.scopes


def test_scopes_that_stay_the_same_are_not_saved_again(network):
    network.verify()
    network.credentials_changed = False
    network.verify()
    assert not network.credentials_changed


@pytest.mark.parametrize("token", ["", "nonsense", "1000", "1000:short", "1000:AA desk token_0123456789", "9:é" * 9])
def test_a_token_that_is_not_whole_asks_for_a_person_and_nothing_is_sent(double, token):
    with pytest.raises(AuthExpired):
        opened(double, secret={"bot_token": token}).verify()
    assert double.requests == []


def test_a_token_that_was_revoked_asks_for_a_person(double):
    with pytest.raises(AuthExpired):
        opened(double, secret={"bot_token": "1000:AAold-token_0123456789abcdefghijkl"}).verify()


def test_white_space_around_a_pasted_token_does_no_harm(double):
    assert opened(double, secret={"bot_token": f" {double.token}\n"}).verify().handle == "leclair"


def test_a_server_that_is_no_bot_api_is_called_so(network, wire):
    wire.answers.append(httpx.Response(404, text="<html>not here</html>", headers={"content-type": "text/html"}))
    with pytest.raises(BadAnswer):
        network.verify()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_proxy_s_refusal_does_not_cost_the_account_its_token(network, wire, status):
    wire.answers.append(httpx.Response(status, text="<html>blocked</html>", headers={"content-type": "text/html"}))
    with pytest.raises(SmeditorError) as caught:
        network.verify()
    assert not isinstance(caught.value, AuthExpired)


def test_a_number_of_subscribers_that_is_not_told_hinders_nothing(network, wire, double):
    answers = [double_answer(double, method, params) for method, params in (
        ("getMe", {}), ("getChat", {"chat_id": CHANNEL}),
        ("getChatMember", {"chat_id": CHANNEL, "user_id": 1000}), ("getChatMember", {"chat_id": GROUP, "user_id": 1000}),
    )]  # fmt: skip
    wire.answers += [*answers, httpx.Response(500, text="no")]
    assert network.verify().followers is None


def double_answer(double, method, params):
    result = getattr(double, f"do_{method}")(double.world.desk, params, {})
    return httpx.Response(200, json={"ok": True, "result": result})


# what a person reads


def test_the_document_has_every_step_and_note():
    page = " ".join((Path(__file__).parents[2] / "docs/networks/telegram.md").read_text().split())
    for sentence in (*CONNECTING.steps, *CONNECTING.notes, *(scope.reason for scope in CONNECTING.scopes)):
        assert " ".join(str(sentence).split()) in page


# addresses


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("leclair", "@leclair"),
        ("-1001234567890", "-1001234567890"),
        ("https://t.me/c/1234567890/55", "-1001234567890"),
        ("https://telegram.me/leclair", "@leclair"),
        ("1234567", ""),
        ("@x", ""),
    ],
)
def test_what_is_typed_for_a_channel_is_what_the_api_takes(typed, meant):
    assert ids.chat_named(typed) == meant


# the token never shows itself


FAULTS = [
    httpx.ConnectError("no route to https://api.telegram.org/bot{token}/x"),
    httpx.ReadTimeout("https://api.telegram.org/bot{token}/sendMessage"),
    httpx.RemoteProtocolError("cut"),
    httpx.Response(500, text="Error at /bot{token}/sendMessage"),
    httpx.Response(400, json={"ok": False, "error_code": 400, "description": "Bad Request: bot{token}"}),
    httpx.Response(404, json={"ok": False, "error_code": 404, "description": "Not Found: /bot{token}"}),
    httpx.Response(302, headers={"location": "https://elsewhere.example/bot{token}/sendMessage"}),
    httpx.Response(200, text="<html>/bot{token}/</html>"),
    httpx.Response(200, json={"ok": True, "result": "bot{token}"}),
]


def with_token(fault, token):
    if isinstance(fault, httpx.Response):
        headers = {
            key: value.replace("{token}", token) for key, value in fault.headers.items() if key != "content-length"
        }
        return httpx.Response(
            fault.status_code, headers=headers, content=fault.content.replace(b"{token}", token.encode())
        )
    return type(fault)(str(fault).replace("{token}", token))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["send", "upload", "edit", "delete", "collect", "verify", "subscribe"])
def test_no_error_and_no_log_holds_the_token(double, network, wire, fault, operation, caplog):
    caplog.set_level(logging.DEBUG)
    message = Message("x", media=(photo(),) if operation == "upload" else ())
    prepared = network.prepare(message, {})
    steps = {
        "send": lambda: network.send(prepared, "i", NOW),
        "upload": lambda: network.send(prepared, "i", NOW),
        "edit": lambda: network.edit(Ref(f"{CHANNEL}/5"), prepared),
        "delete": lambda: network.delete(Ref(f"{CHANNEL}/5")),
        "collect": lambda: network.collect({}),
        "verify": network.verify,
        "subscribe": lambda: network.subscribe("https://desk.example/h", "secret_secret_secret"),
    }
    wire.answers.append(with_token(fault, double.token))
    problem = None
    try:
        result = steps[operation]()
        assert double.token not in repr(result)
    except SmeditorError as error:
        problem = error
    if problem is not None:
        written = "".join(traceback.format_exception(problem)) + repr(problem) + str(vars(problem)) + problem.sentence
        assert double.token not in written.replace("\n", "")
        assert double.token.partition(":")[2] not in written
    assert double.token not in caplog.text
    assert double.token not in repr(network.credentials)
    assert double.token not in repr(vars(network.api)).replace(network.api.base_url, "")


def test_a_real_connection_logs_no_address_with_the_token(double, caplog):
    """httpx and httpcore log by themselves; neither may know the path."""
    caplog.set_level(logging.DEBUG)
    network = opened(double)
    publish(network, "x")
    publish(network, Message("x", media=(photo(),)))
    assert caplog.text
    assert double.token not in caplog.text


def test_a_server_that_is_down_says_nothing_of_the_token(double, caplog):
    caplog.set_level(logging.DEBUG)
    network = opened(double)
    network.api.base_url = network.api.base_url.replace(double.url, "http://127.0.0.1:9")
    with pytest.raises(Temporary) as caught:
        network.verify()
    assert double.token not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_receipt_and_prepared_hold_no_secret(double, network):
    prepared = network.prepare(Message("x", media=(photo(),)), {})
    assert double.token not in json.dumps(prepared.as_json())
    assert double.token not in repr(publish(network, "x"))
