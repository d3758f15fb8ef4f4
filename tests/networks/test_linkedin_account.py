"""Connecting a LinkedIn page: consent, tokens and their ends, roles, the API's version; and no secret in a log."""

from __future__ import annotations

import logging
import re
import traceback
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine

from smeditor.checks import check_api_versions
from smeditor.exceptions import AuthExpired, BadAnswer, Refused, SmeditorError
from smeditor.networks.base import App, Credentials
from smeditor.networks.linkedin import LinkedIn
from smeditor.networks.linkedin.connecting import CONNECTING
from smeditor.networks.linkedin.version import VERSION, end_of, version_of
from smeditor.networks.registry import get_network_class
from tests.networks.doubles.linkedin.readers import ORGANIZATION, OTHER, SECRET, TOKEN
from tests.networks.linkedin_steps import KEYS, REDIRECT, guarded, linkedin_server, opened, publish
from tests.networks.telegram_steps import Wire


@pytest.fixture(scope="module")
def server():
    with linkedin_server() as double:
        yield double


@pytest.fixture
def double(server):
    server.reset()
    server.breaches.clear()
    server.requests.clear()
    server.faults.clear()
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


def app(double):
    return App(double.url, KEYS)


def consented(double, decision="agree"):
    """What the browser of a person brings back who decided on the consent screen."""
    consent = LinkedIn.authorize(app(double), REDIRECT, "state-1", client=guarded())
    page = httpx.get(consent.url, trust_env=False)
    assert "Allow 77client?" in page.text
    back = httpx.post(consent.url, data={"decision": decision}, trust_env=False)
    return {key: values[0] for key, values in parse_qs(urlsplit(back.headers["location"]).query).items()}


def exchanged(double, callback):
    return LinkedIn.exchange(app(double), REDIRECT, callback, {}, client=guarded())


def chosen(double, credentials, **given):
    return LinkedIn(credentials, client=guarded(), app=app(double), **given)


def test_it_is_registered():
    assert get_network_class("linkedin") is LinkedIn


# consent


def test_a_member_consents_and_chooses_a_page(double):
    credentials = exchanged(double, consented(double))
    assert credentials.server_url == double.url
    first, second = chosen(double, credentials).identities()
    assert (first.profile.remote_id, first.profile.handle, first.profile.display_name) == (
        ORGANIZATION,
        "leclair",
        "L’Éclair",
    )
    assert first.profile.url == "https://www.linkedin.com/company/leclair/"
    assert (first.credentials.remote_id, first.note) == (ORGANIZATION, "")
    assert second.profile.remote_id == OTHER
    assert "ANALYST" in second.note
    assert chosen(double, first.credentials).verify().followers == 4321


def test_the_consent_screen_is_asked_for_every_scope_and_keeps_the_state(double):
    asked = parse_qs(urlsplit(LinkedIn.authorize(app(double), REDIRECT, "état&1", client=guarded()).url).query)
    assert asked["scope"] == [" ".join(scope.name for scope in CONNECTING.scopes)]
    assert (asked["state"], asked["redirect_uri"], asked["response_type"]) == (["état&1"], [REDIRECT], ["code"])
    assert SECRET not in LinkedIn.authorize(app(double), REDIRECT, "s", client=guarded()).url


def test_at_home_the_consent_screen_is_linkedin_s_own():
    url = LinkedIn.authorize(App("", KEYS), REDIRECT, "s", client=guarded()).url
    assert url.startswith("https://www.linkedin.com/oauth/v2/authorization?")


def test_who_says_no_is_told_that_nothing_was_connected(double):
    with pytest.raises(Refused, match="cancelled"):
        exchanged(double, consented(double, "refuse"))


def test_an_app_that_may_not_ask_for_a_permission_is_named(double):
    with pytest.raises(Refused, match="Products"):
        exchanged(double, {"error": "unauthorized_scope_error", "error_description": "Scope is not authorized"})


def test_a_code_is_good_for_one_time(double):
    callback = consented(double)
    exchanged(double, callback)
    with pytest.raises(Refused):
        exchanged(double, callback)


@pytest.mark.parametrize("keys", [{}, {"client_id": "77client"}])
def test_without_the_keys_of_the_app_a_sentence_says_so(keys):
    with pytest.raises(Refused, match="Client ID"):
        LinkedIn.authorize(App("", keys), REDIRECT, "s", client=guarded()) and LinkedIn.exchange(
            App("", keys), REDIRECT, {"code": "x"}, {}, client=guarded()
        )


# tokens and their ends


def test_without_a_refresh_token_the_end_is_the_day_on_which_a_person_must_act(double):
    credentials = exchanged(double, consented(double))
    assert timedelta(days=59) < credentials.expires_at - datetime.now(UTC) <= timedelta(days=60)
    assert credentials.refresh_expires_at == credentials.expires_at
    with pytest.raises(AuthExpired, match="60 days"):
        chosen(double, credentials).refresh()


def test_an_approved_app_renews_by_itself_and_its_365_days_are_not_prolonged(double):
    double.refresh_token = "AQ-refresh-token-0123456789"
    credentials = exchanged(double, consented(double))
    assert timedelta(days=364) < credentials.refresh_expires_at - datetime.now(UTC) <= timedelta(days=365)
    network = chosen(
        double,
        Credentials(double.url, "leclair", ORGANIZATION, credentials.secret, None, credentials.refresh_expires_at),
    )
    fresh = network.refresh()
    assert network.credentials_changed
    assert fresh.secret["access_token"] != credentials.secret["access_token"]
    assert fresh.secret["refresh_token"] == double.refresh_token
    assert network.verify().remote_id == ORGANIZATION


def test_a_refresh_token_that_linkedin_takes_no_more_asks_for_a_person(double):
    network = opened(double, secret={"access_token": TOKEN, "refresh_token": "AQ-old-refresh-token-0123"})
    with pytest.raises(AuthExpired):
        network.refresh()


def test_the_scopes_that_were_granted_are_kept(double):
    double.scopes = "w_organization_social,r_organization_social"
    assert exchanged(double, consented(double)).scopes == {"w_organization_social", "r_organization_social"}


@pytest.mark.parametrize("lie", [None, 5, "", [], {}])
def test_a_token_that_is_none_is_a_bad_answer(wire, double, lie):
    wire.answers.append(httpx.Response(200, json={"access_token": lie, "expires_in": "soon"}))
    with pytest.raises(SmeditorError):
        LinkedIn.exchange(app(double), REDIRECT, {"code": "c"}, {}, client=guarded(wire))


# roles


def test_a_lost_role_is_named(double, network):
    double.roles = {}
    with pytest.raises(AuthExpired, match="no role"):
        network.verify()
    double.roles = {ORGANIZATION: ["ANALYST"]}
    with pytest.raises(AuthExpired, match="ANALYST"):
        network.verify()
    with pytest.raises(AuthExpired):
        publish(network, "x")


@pytest.mark.parametrize("role", ["ADMINISTRATOR", "CONTENT_ADMIN", "DIRECT_SPONSORED_CONTENT_POSTER"])
def test_every_role_that_may_publish_is_enough(double, network, role):
    double.roles = {ORGANIZATION: ["ANALYST", role]}
    assert network.verify().remote_id == ORGANIZATION


def test_a_token_of_a_member_without_the_page_is_of_the_wrong_kind(network, wire):
    wire.answers.append(httpx.Response(403, json={"status": 403, "code": "ACCESS_DENIED", "serviceErrorCode": 100}))
    with pytest.raises(AuthExpired):
        network.verify()


def test_an_account_without_a_page_asks_for_one(double):
    with pytest.raises(AuthExpired, match="which page"):
        opened(double, remote_id="").verify()


def test_pages_that_are_listed_by_their_older_name_are_found(network, wire):
    acl = {"organizationTarget": ORGANIZATION, "role": "ADMINISTRATOR", "state": "APPROVED"}
    wire.answers.append(httpx.Response(200, json={"elements": [acl], "paging": {}}))
    assert [identity.profile.remote_id for identity in network.identities()] == [ORGANIZATION]


# the version


@pytest.mark.parametrize(
    ("given", "spoken"), [("", VERSION), ("202611", "202611"), ("v2", VERSION), ("202613", VERSION)]
)
def test_the_version_is_ours_unless_an_administrator_says_otherwise(given, spoken):
    assert version_of(App("", {"api_version": given})) == spoken


def test_a_version_lives_for_a_year():
    assert end_of("202608") == date(2027, 8, 1)
    assert LinkedIn.version_ends == end_of(VERSION)


def test_the_desk_s_own_check_warns_two_months_ahead(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {}}
    with time_machine.travel(datetime(2027, 5, 1, tzinfo=UTC)):
        assert [found for found in check_api_versions() if "LinkedIn" in found.msg] == []
    with time_machine.travel(datetime(2027, 6, 3, tzinfo=UTC)):
        [warning] = [found for found in check_api_versions() if "LinkedIn" in found.msg]
    assert warning.id == "smeditor.W007"
    assert "2027-08-01" in warning.msg


def test_every_request_names_the_version(network, wire):
    network.verify()
    assert {request.headers["linkedin-version"] for request in wire.requests} == {VERSION}
    assert {request.headers["x-restli-protocol-version"] for request in wire.requests} == {"2.0.0"}


# what a person reads


def test_the_document_has_every_step_and_note():
    page = " ".join((Path(__file__).parents[2] / "docs/networks/linkedin.md").read_text().split())
    for sentence in (*CONNECTING.steps, *CONNECTING.notes, *(scope.reason for scope in CONNECTING.scopes)):
        assert " ".join(str(sentence).split()) in page


# no secret shows itself


FAULTS = [
    httpx.ConnectError("no route for {token}"),
    httpx.ReadTimeout("{token}"),
    httpx.Response(500, text="Error with {token}"),
    httpx.Response(401, json={"status": 401, "code": "INVALID_ACCESS_TOKEN", "message": "{token} is invalid"}),
    httpx.Response(400, json={"status": 400, "code": "BAD", "message": "Bearer {token}"}),
    httpx.Response(200, text="<html>{token}</html>"),
    httpx.Response(201, headers={"x-restli-id": "{token}"}),
    httpx.Response(200, json={"id": 5, "localizedName": "{token}", "elements": []}),
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["verify", "publish", "identities"])
def test_no_error_and_no_log_holds_the_token(double, network, wire, fault, operation, caplog):
    caplog.set_level(logging.DEBUG)
    if isinstance(fault, httpx.Response):
        headers = {
            key: value.replace("{token}", TOKEN) for key, value in fault.headers.items() if key != "content-length"
        }
        content = fault.content.replace(b"{token}", TOKEN.encode())
        wire.answers.append(httpx.Response(fault.status_code, headers=headers, content=content))
    else:
        wire.answers.append(type(fault)(str(fault).replace("{token}", "")))
    steps = {"verify": network.verify, "publish": lambda: publish(network, "x"), "identities": network.identities}
    try:
        shown = repr(steps[operation]())
    except SmeditorError as error:
        shown = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error)) + error.sentence
    assert TOKEN not in shown
    assert TOKEN not in caplog.text
    assert not re.search(r"AQX-token_of", repr(network.credentials))


def test_a_page_of_html_instead_of_json_is_called_one(network, wire):
    wire.answers.append(httpx.Response(200, text="<!doctype html><p>Sign in"))
    with pytest.raises(BadAnswer):
        network.verify()
