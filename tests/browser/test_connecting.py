"""Connecting an account as a person does it: through the network's own consent screen, broken there, and connected again."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from smeditor.models import Account, NetworkApp
from tests.browser.conftest import listen_for_refusals, log_in
from tests.browser.test_narrow import CUT, WIDER
from tests.desk import world
from tests.networks.doubles.base import served
from tests.networks.doubles.consent_lab import CLIENT, KEY, Server
from tests.networks.doubles.consent_lab.network import NETWORKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lab(settings, live_server):
    settings.LANGUAGE_CODE = "en"
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    with served(Server()) as server:
        settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
        yield server
    cache.clear()


@pytest.fixture
def page(lab, open_page, request):
    world.make_user("nora", is_superuser=True)
    page = open_page(getattr(request, "param", 1280))
    listen_for_refusals(page)
    log_in(page, "nora")
    return page


def enter_keys(page, lab) -> None:
    page.goto("/admin/smeditor/accounts/connect/")
    page.shot("connect-networks")
    page.click(".sme-card a:text-is('Consent Lab')")
    page.shot("connect-network")
    page.click("a:text('Enter the app')")
    page.fill("#id_client_id", CLIENT)
    page.fill("#id_client_secret", KEY)
    page.fill("#id_server_url", lab.url)
    page.shot("connect-app")
    page.click("button:text('Store the keys')")
    page.wait_for_selector("button:text('Connect through Consent Lab')")


def through_consent(page, *leave_out: str, answer: str = "agree") -> None:
    """From the page before the consent screen and back."""
    page.shot("connect-consent")
    page.click("a:text('Go on to Consent Lab')")
    page.wait_for_selector("h1:text('act for you?')")
    for scope in leave_out:
        page.uncheck(f"[name=granted][value={scope}]")
    page.click(f"[name=decision][value={answer}]")
    page.wait_for_selector("main")


def test_an_account_is_connected_broken_and_connected_again(page, lab):
    enter_keys(page, lab)
    page.click("button:text('Connect through Consent Lab')")
    through_consent(page, "hide")
    assert "hide answers" in page.inner_text("main")
    page.shot("connect-choose")
    page.check("[name=identity] >> nth=0")
    page.click("button:text-is('Connect')")
    page.wait_for_selector("button:text('Verify')")
    account = Account.objects.get()
    assert (account.display_name, account.state) == ("The Evening Paper", "active")
    page.shot("connect-account")

    lab.revoke_all()
    page.click("button:text('Verify')")
    page.wait_for_selector(":text('Press “Reconnect”')")
    account.refresh_from_db()
    assert account.state == "failed"

    page.click("button:text-is('Reconnect')")
    through_consent(page)
    page.wait_for_selector("button:text('Send a test')")
    account.refresh_from_db()
    assert (account.state, account.scopes) == ("active", ["hide", "post", "read"])

    page.click("button:text('Send a test')")
    page.click("button:text('Delete the test')")
    page.wait_for_selector("button:text('Send a test')")
    assert lab.posts == {}

    page.click("a:text('Disconnect')")
    page.click("button:text-is('Disconnect')")
    page.wait_for_selector(":text('access is taken back')")
    account.refresh_from_db()
    assert (account.state, account.secret) == ("disconnected", {})
    assert page.evaluate("window.refusals") == []


def test_whoever_refuses_comes_back_to_a_sentence(page, lab):
    enter_keys(page, lab)
    page.click("button:text('Connect through Consent Lab')")
    through_consent(page, answer="refuse")
    assert "You did not agree at the Consent Lab." in page.inner_text("main")
    page.click("a:text('Begin again')")
    page.wait_for_selector("button:text('Connect through Consent Lab')")
    assert not Account.objects.exists()


def test_the_keyboard_alone_connects_an_account(page, lab):
    enter_keys(page, lab)
    page.focus("button:text('Connect through Consent Lab')")
    page.keyboard.press("Enter")
    page.focus("a:text('Go on to Consent Lab')")
    page.keyboard.press("Enter")
    page.focus("[name=decision][value=agree]")
    page.keyboard.press("Enter")
    page.focus("[name=identity] >> nth=1")
    page.keyboard.press("Space")
    page.focus("button:text-is('Connect')")
    page.keyboard.press("Enter")
    page.wait_for_selector("button:text('Verify')")
    assert Account.objects.get().display_name == "The Weekend Supplement"


@pytest.mark.parametrize("page", [390], indirect=True)
def test_on_a_telephone_nothing_on_the_way_is_cut(page, lab):
    lab.pages["p3"] = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    enter_keys(page, lab)
    wrong = {}

    def measure(name: str) -> None:
        body = page.evaluate("document.documentElement.scrollWidth")
        found = page.evaluate(WIDER) + page.evaluate(CUT) + ([f"the page itself: {body}"] if body > 390 else [])
        if found:
            wrong[name] = found[:4]

    for path in ("", "consent_lab/", "consent_lab/app/"):
        page.goto(f"/admin/smeditor/accounts/connect/{path}")
        measure(path)
    page.goto("/admin/smeditor/accounts/connect/consent_lab/")
    page.click("button:text('Connect through Consent Lab')")
    measure("consent")
    through_consent(page)
    measure("choose")
    page.shot("connect-choose")
    page.check("[name=identity] >> nth=0")
    page.click("button:text-is('Connect')")
    page.wait_for_selector("button:text('Verify')")
    page.shot("connect-account")
    page.click("a:text('Disconnect')")
    measure("disconnect")
    assert wrong == {}


def test_an_address_is_copied_by_one_click(page, lab):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/smeditor/accounts/connect/consent_lab/")
    page.click("button:text-is('Copy')")
    page.wait_for_selector(":text('Copied.')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("/admin/smeditor/accounts/connect/consent_lab/return/")


def test_a_stored_key_is_not_in_the_page(page, lab):
    enter_keys(page, lab)
    page.goto("/admin/smeditor/accounts/connect/consent_lab/app/")
    assert page.input_value("#id_client_secret") == ""
    assert KEY not in page.content()
    assert NetworkApp.objects.get().keys["client_secret"] == KEY
