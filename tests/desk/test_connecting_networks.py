"""Every network with a consent screen, connected through its double: agreed, refused, connected again, disconnected."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from smeditor.models import Account, NetworkApp
from smeditor.networks.registry import SHIPPED, get_network_class
from tests.desk import world
from tests.networks.doubles.__main__ import double_of
from tests.networks.doubles.base import served
from tests.networks.doubles.consent_lab.network import NETWORKS

pytestmark = pytest.mark.django_db
DESK = "https://desk.example"
SLUGS = sorted(
    slug
    for slug in {*SHIPPED, "consent_lab"}
    if find_spec(f"tests.networks.doubles.{slug}") and get_network_class(slug, NETWORKS).connecting.consent
)


@pytest.fixture(params=SLUGS)
def double(request, settings):
    settings.LANGUAGE_CODE = "en"
    settings.WAGTAILADMIN_BASE_URL = DESK
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
    with served(double_of(request.param)) as server:
        yield server
        assert server.breaches == []


@pytest.fixture
def chief(client, db):
    client.force_login(world.make_user("edith", "chief"))
    return client


def at(name: str, *args: object) -> str:
    return reverse(f"smeditor:{name}", args=args)


def main_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser").find("main")


def at_the_screen(url: str, decision: str = "agree", *, leave_out: str = "") -> str:
    """Answer the double's consent screen in a browser's place; returns the address of the return."""
    form = BeautifulSoup(httpx.get(url).text, "html.parser").form
    data: dict[str, list[str]] = {"decision": [decision]}
    for field in form.select("input[name]"):
        if field.get("type") != "checkbox" or (field.has_attr("checked") and field["value"] != leave_out):
            data.setdefault(field["name"], []).append(field.get("value", ""))
    return httpx.post(url, data=data).headers["Location"]


def come_back(client: Any, url: str) -> Any:
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == DESK
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def screen_of(response: Any) -> str:
    """Where the page before the consent screen leads."""
    link = main_of(response).select_one("a.button[rel=noreferrer]")
    assert link is not None, main_of(response).get_text(" ", strip=True)
    return link["href"]


@pytest.fixture
def screen(chief, double) -> str:
    """The address of the consent screen, once the app is created there and its keys are entered here."""
    keys = double.create_app(DESK + at("account_return", double.slug))
    chief.post(at("account_app", double.slug), {**keys, "server_url": double.url})
    assert NetworkApp.objects.get().keys == keys
    return screen_of(chief.post(at("account_begin", double.slug), follow=True))


@pytest.fixture
def account(chief, double, screen) -> Account:
    response = come_back(chief, at_the_screen(screen))
    box = main_of(response).select_one("[name=identity]:not([disabled])")
    assert box is not None, main_of(response).get_text(" ", strip=True)
    response = chief.post(response.redirect_chain[-1][0], {"identity": box["value"]}, follow=True)
    assert Account.objects.count() == 1, main_of(response).get_text(" ", strip=True)
    return Account.objects.get()


def test_an_account_is_connected(account, double):
    assert (account.state, account.server_url, bool(account.remote_id)) == ("active", double.url, True)
    assert account.limits


def test_it_is_verified_by_what_was_stored(chief, account):
    chief.post(at("account_verify", account.pk))
    account.refresh_from_db()
    assert (account.state, account.failing_reason) == ("active", "")


def test_whoever_refuses_there_connects_nothing_and_reads_so(chief, screen):
    response = come_back(chief, at_the_screen(screen, "refuse"))
    assert main_of(response).select_one(".help-warning").get_text(strip=True)
    assert not Account.objects.exists()


def test_without_a_needed_permission_nothing_is_connected(chief, double, screen):
    boxes = {box["value"] for box in BeautifulSoup(httpx.get(screen).text, "html.parser").select("[type=checkbox]")}
    scopes = get_network_class(double.slug, NETWORKS).connecting.scopes
    needed = next((scope.name for scope in scopes if scope.required and scope.name in boxes), "")
    if not needed:
        pytest.skip("there one agrees to all or to nothing")
    come_back(chief, at_the_screen(screen, leave_out=needed))
    assert not Account.objects.exists()


def test_it_is_connected_again_and_stays_the_same(chief, account):
    before = account.secret_version
    response = chief.post(at("account_reconnect", account.pk), follow=True)
    come_back(chief, at_the_screen(screen_of(response)))
    account.refresh_from_db()
    assert (account.state, account.secret_version > before) == ("active", True)
    assert Account.objects.count() == 1


def test_it_is_disconnected(chief, account):
    response = chief.post(at("account_disconnect", account.pk), follow=True)
    account.refresh_from_db()
    assert (account.state, account.secret) == ("disconnected", {}), main_of(response).get_text(" ", strip=True)


@pytest.mark.parametrize("slug", sorted(SHIPPED))
def test_a_field_that_may_stay_empty_says_so_to_the_form_as_well(slug):
    connecting = get_network_class(slug).connecting
    forced = [
        field.name
        for field in (*connecting.app_fields, *connecting.secrets)
        if field.required and "empty" in str(field.help_text).lower()
    ]
    assert forced == []
