"""Connecting an account of X: consent with PKCE, tokens that rotate, permissions that were not given, and giving all back."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.utils.translation import override

from smeditor.exceptions import AuthExpired, BadAnswer, Refused, Temporary, UnsupportedFeature
from smeditor.networks.base import App, ReaderOperation
from smeditor.networks.x import X
from tests.networks.doubles.x.consent import CLIENT_ID, KNOWN, PUBLIC_ID, REDIRECT
from tests.networks.x_world import World, image, now, x_world


@pytest.fixture
def world():
    with override("en"), x_world() as found:
        yield found


def went_back(world: World, app: App, *, decision: str = "agree"):
    """Lead a person through the consent screen; returns what they come back with, and what the desk kept."""
    consent = X.authorize(app, REDIRECT, "the-state", client=world.client())
    page = httpx.get(consent.url, timeout=60)
    assert page.status_code == 200
    assert "Authorize this app for @paper?" in page.text
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)">', page.text.partition("<button")[0]))
    fields = {key: value.replace("&amp;", "&") for key, value in fields.items()} | {"decision": decision}
    answer = httpx.post(consent.url.partition("?")[0], data=fields, timeout=60)
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    return {key: values[0] for key, values in back.items()}, consent.kept


def connected(world: World, app: App | None = None, **facts):
    app = app or world.app
    callback, kept = went_back(world, app, **facts)
    return X.exchange(app, REDIRECT, callback, kept, client=world.client())


def test_the_consent_screen_is_asked_for_with_a_challenge_and_all_permissions(world):
    consent = X.authorize(world.app, REDIRECT, "the-state", client=world.client())
    asked = parse_qs(urlsplit(consent.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert asked["state"] == ["the-state"]
    assert set(asked["scope"][0].split()) == KNOWN


def test_the_verifier_stands_not_in_the_address(world):
    consent = X.authorize(world.app, REDIRECT, "the-state", client=world.client())
    assert consent.kept["verifier"] not in consent.url
    assert consent.kept["verifier"] not in repr(consent)


def test_x_itself_is_asked_on_its_own_site(world):
    consent = X.authorize(App("", {"client_id": "abc"}), REDIRECT, "s", client=world.client())
    assert consent.url.startswith("https://x.com/i/oauth2/authorize?response_type=code&client_id=abc&")


def test_whoever_agrees_gets_tokens_their_end_and_their_permissions(world):
    credentials = connected(world)
    assert credentials.secret.keys() == {"access_token", "refresh_token"}
    assert timedelta(minutes=118) < credentials.expires_at - now() <= timedelta(hours=2)
    assert credentials.scopes == KNOWN
    assert credentials.server_url == world.server.url


def test_a_public_app_without_a_secret_connects_as_well(world):
    app = App(world.server.url, {"client_id": PUBLIC_ID})
    credentials = connected(world, app)
    network = X(credentials, client=world.client(), app=app)
    assert network.verify().handle == "paper"
    assert network.refresh().secret["access_token"] != credentials.secret["access_token"]


def test_the_account_is_shown_with_its_name_address_and_followers(world):
    network = X(connected(world), client=world.client(), app=world.app)
    (identity,) = network.identities()
    assert (identity.profile.handle, identity.profile.display_name) == ("paper", "The Paper")
    assert identity.profile.url == "https://x.com/paper"
    assert identity.profile.followers == 7
    assert identity.credentials.remote_id == world.server.paper.id
    assert identity.note == ""


def test_whoever_refuses_reads_that_nothing_was_connected(world):
    callback, kept = went_back(world, world.app, decision="refuse")
    with pytest.raises(Refused, match="did not agree"):
        X.exchange(world.app, REDIRECT, callback, kept, client=world.client())


def test_a_code_that_came_too_late_is_refused_with_a_sentence(world):
    callback, kept = went_back(world, world.app)
    world.server.clock.ahead += 31
    with pytest.raises(Refused, match="thirty seconds"):
        X.exchange(world.app, REDIRECT, callback, kept, client=world.client())


def test_a_code_works_once(world):
    callback, kept = went_back(world, world.app)
    X.exchange(world.app, REDIRECT, callback, kept, client=world.client())
    with pytest.raises(Refused):
        X.exchange(world.app, REDIRECT, callback, kept, client=world.client())


def test_a_code_with_another_verifier_is_refused(world):
    callback, _kept = went_back(world, world.app)
    with pytest.raises(Refused):
        X.exchange(world.app, REDIRECT, callback, {"verifier": "x" * 86}, client=world.client())


@pytest.mark.parametrize("callback", [{}, {"state": "s"}, {"code": ""}, {"error": "server_error"}])
def test_a_way_back_without_a_code_is_refused(world, callback):
    with pytest.raises(Refused):
        X.exchange(world.app, REDIRECT, callback, {"verifier": "v" * 43}, client=world.client())


def test_a_wrong_secret_of_the_app_is_said_to_be_one(world):
    app = App(world.server.url, {"client_id": CLIENT_ID, "client_secret": "another-secret-0123456789"})
    callback, kept = went_back(world, app)
    with pytest.raises(Refused, match="client ID and secret"):
        X.exchange(app, REDIRECT, callback, kept, client=world.client())


def test_an_app_that_is_not_set_up_is_said_to_be_missing(world):
    with pytest.raises(Refused, match="client ID is missing"):
        X.authorize(App(world.server.url), REDIRECT, "s", client=world.client())


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"access_token": 7}', b'{"access_token": "a b"}', b"null"])
def test_a_token_answer_that_is_none_is_a_bad_answer(world, body):
    from werkzeug.wrappers import Response

    callback, kept = went_back(world, world.app)
    world.fail("POST", "/2/oauth2/token", Response(body, content_type="application/json"))
    with pytest.raises(BadAnswer):
        X.exchange(world.app, REDIRECT, callback, kept, client=world.client())


# half-granted


def test_an_account_that_granted_too_little_is_shown_with_a_note(world):
    world.server.consents.withheld = frozenset({"tweet.write"})
    network = X(connected(world), client=world.client(), app=world.app)
    (identity,) = network.identities()
    assert "publish and delete posts" in identity.note


def test_a_token_that_cannot_publish_is_not_verified(world):
    network = world.network(scopes=KNOWN - {"tweet.write"})
    with pytest.raises(AuthExpired, match="publish and delete posts"):
        network.verify()


def test_without_the_permission_for_media_an_image_is_refused_before_it_is_sent(world):
    from smeditor.networks.base import Message

    network = world.network(scopes=KNOWN - {"media.write"})
    with pytest.raises(Refused, match="did not permit images"):
        network.prepare(Message("Look", media=(image(),)), {})
    assert world.asked("POST", "/2/media") == 0


def test_without_the_permission_to_hide_nothing_is_asked(world):
    network = world.network(scopes=KNOWN - {"tweet.moderate.write"})
    with pytest.raises(UnsupportedFeature, match="did not permit"):
        network.operate("123", ReaderOperation.HIDE)
    assert world.asked("PUT", "/2/tweets") == 0


# tokens that rotate


def test_a_refresh_brings_new_tokens_and_a_new_end(world):
    network = world.network(expires_at=now())
    before = dict(network.credentials.secret)
    fresh = network.refresh()
    assert fresh.secret["access_token"] != before["access_token"]
    assert fresh.secret["refresh_token"] != before["refresh_token"]
    assert fresh.expires_at - now() > timedelta(minutes=118)
    assert network.credentials_changed
    assert network.verify().handle == "paper"


def test_the_old_refresh_token_works_no_second_time(world):
    network, twin = world.network(), None
    twin = X(network.credentials, client=world.client(), app=world.app)
    network.refresh()
    with pytest.raises(AuthExpired, match="no longer renews"):
        twin.refresh()


def test_a_refresh_whose_answer_was_lost_is_temporary_and_changes_nothing(world):
    network = world.network()
    before = network.credentials
    world.fail("POST", "/2/oauth2/token")
    with pytest.raises(Temporary):
        network.refresh()
    assert network.credentials is before


def test_without_a_refresh_token_a_person_is_asked(world):
    network = world.network(scopes=KNOWN - {"offline.access"})
    with pytest.raises(AuthExpired, match="stay connected"):
        network.refresh()


def test_a_confidential_app_signs_in_by_its_header_and_puts_no_id_into_the_body(world):
    network = world.network()
    network.refresh()
    request = world.recorder.requests[-1]
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).startswith(CLIENT_ID.encode())
    assert b"client_id" not in request.content


def test_an_ended_token_is_an_expired_one(world):
    network = world.network()
    world.server.clock.ahead += 7300
    with pytest.raises(AuthExpired):
        network.verify()


def test_a_token_of_another_account_is_refused(world):
    network = world.network(remote_id="42")
    with pytest.raises(Refused, match="another account, @paper"):
        network.verify()


@pytest.mark.parametrize("token", ["", "two words", "tok\u00e9n", "line\nbreak"])
def test_half_a_token_is_not_sent(world, token):
    network = world.network(secret={"access_token": token})
    with pytest.raises(AuthExpired, match="not whole"):
        network.verify()
    assert world.server.requests == []


def test_revoking_ends_both_tokens(world):
    network = world.network()
    network.revoke()
    with pytest.raises(AuthExpired):
        network.verify()
    with pytest.raises(AuthExpired):
        network.refresh()


def test_revoking_what_x_does_not_know_any_more_is_done(world):
    network = world.network()
    network.revoke()
    network.revoke()


def test_no_secret_stands_in_an_error_or_its_cause(world, caplog):
    from werkzeug.wrappers import Response

    network = world.network()
    secrets = [*network.credentials.secret.values(), world.app.keys["client_secret"]]
    quoted = Response(
        f'{{"error": "invalid_request", "error_description": "token {secrets[1]} of {secrets[2]} is bad"}}',
        400,
        content_type="application/json",
    )
    world.fail("POST", "/2/oauth2/token", quoted)
    with pytest.raises(AuthExpired) as caught:
        network.refresh()
    shown = f"{caught.value} {caught.value.cause} {caught.value.__cause__} {caplog.text}"
    assert [secret for secret in secrets if secret in shown] == []


def test_no_secret_stands_in_an_address(world):
    credentials = connected(world)
    network = X(credentials, client=world.client(), app=world.app)
    network.verify()
    network.refresh()
    network.revoke()
    addresses = " ".join(str(request.url) for request in world.recorder.requests)
    secrets = [*credentials.secret.values(), *network.credentials.secret.values(), world.app.keys["client_secret"]]
    assert [secret for secret in secrets if secret in addresses] == []
