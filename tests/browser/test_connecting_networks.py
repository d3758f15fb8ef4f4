"""Every network that has a double: connected in a browser as a person does it, broken by the network, connected again."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile
from werkzeug.wrappers import Response

from smeditor.models import Account
from smeditor.networks.registry import SHIPPED, get_network_class
from tests.browser.conftest import listen_for_refusals, log_in
from tests.desk import world
from tests.networks.doubles.__main__ import double_of
from tests.networks.doubles.base import Double, Fault, served
from tests.networks.doubles.controls import control_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def has_double(slug: str) -> bool:
    package = f"tests.networks.doubles.{slug}"
    return bool(find_spec(package) and find_spec(f"{package}.control"))


TAKEN = {"x", "facebook", "instagram", "telegram"}
"""Each takes a quarter of a minute; the others go the same way through the test client (tests/desk)."""
SLUGS = sorted(slug for slug in SHIPPED if slug in TAKEN and has_double(slug))


@pytest.fixture(params=SLUGS)
def double(request, settings, live_server):
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.SMEDITOR = {**settings.SMEDITOR, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
    with served(double_of(request.param)) as server:
        yield server


@pytest.fixture
def page(request, double, settings, open_page):
    """A browser, in one of the two languages by turns: each network takes a quarter of a minute."""
    turn = ("en", "fr")[SLUGS.index(double.slug) % 2]
    language, width = getattr(request, "param", (turn, 1280))
    settings.LANGUAGE_CODE = language
    user = world.make_user("nora", is_superuser=True)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    page = open_page(width, language)
    listen_for_refusals(page)
    log_in(page, "nora")
    return page


def refusal(double: Double) -> Response:
    """What the network answers to a token that it accepts no longer."""
    status, body, headers = control_of(double).unauthorised
    return Response(json.dumps(body), status, headers=headers, content_type="application/json")


def at(name: str, *args: object) -> str:
    return reverse(f"smeditor:{name}", args=args)


def agree(page, double: Double) -> None:
    """From the page before the consent screen through it and back."""
    page.shot(f"connect-{double.slug}-before")
    page.click("main a.button[rel=noreferrer]")
    page.wait_for_selector("[name=decision][value=agree]")
    page.shot(f"connect-{double.slug}-screen")
    page.click("[name=decision][value=agree]")
    page.wait_for_selector("main")


def through_consent(page, double: Double, base_url: str) -> None:
    page.click(f".sme-card a[href='{at('account_network', double.slug)}']")
    page.shot(f"connect-{double.slug}-network")
    page.click(f"main a.button[href='{at('account_app', double.slug)}']")
    for name, value in double.create_app(base_url + at("account_return", double.slug)).items():
        page.fill(f"#id_{name}", value)
    page.fill("#id_server_url", double.url)
    page.click("main button[type=submit]")
    page.click(f"form[action='{at('account_begin', double.slug)}'] button")
    agree(page, double)
    page.check("[name=identity]:not([disabled]) >> nth=0")
    page.shot(f"connect-{double.slug}-choice")
    page.click("main form button[type=submit]")


def paste(page, double: Double) -> None:
    for name, value in control_of(double).connection()["secret"].items():
        if page.locator(f"#id_secret_{name}").count():
            page.fill(f"#id_secret_{name}", value)
    with page.expect_navigation():
        page.click("footer button[type=submit] >> nth=0")


def by_pasting(page, double: Double) -> None:
    page.click(f".sme-card a[href*='network={double.slug}']")
    page.fill("#id_server_url", double.url)
    page.fill("#id_handle", control_of(double).connection().get("handle", ""))
    paste(page, double)


def test_an_account_is_connected_broken_and_connected_again(page, double, live_server):
    by_consent = get_network_class(double.slug).connecting.consent
    page.goto(at("account_networks"))
    page.shot("connect-networks")
    if by_consent:
        through_consent(page, double, live_server.url)
    else:
        by_pasting(page, double)
    page.wait_for_selector("[formaction$='/verify/']")
    account = Account.objects.get()
    assert account.state == "active", page.locator(".messages").inner_text()
    page.shot(f"connect-{double.slug}-account")

    double.faults += [Fault(lambda request: True, refusal(double)) for _request in range(30)]
    page.click("[formaction$='/verify/']")
    page.wait_for_selector(".help-critical")
    account.refresh_from_db()
    assert account.state == "failed"
    page.shot(f"connect-{double.slug}-broken")

    double.faults.clear()
    if by_consent:
        page.click("[formaction$='/reconnect/']")
        agree(page, double)
    else:
        paste(page, double)
        page.goto(reverse("smeditor_accounts:edit", args=[account.pk]))
    page.wait_for_selector("[formaction$='/verify/']")
    account.refresh_from_db()
    assert account.state == "active", page.locator(".messages").inner_text()
    assert Account.objects.count() == 1
    assert page.evaluate("window.refusals") == []
    assert double.breaches == []


@pytest.mark.parametrize("double", ["instagram"], indirect=True)
@pytest.mark.parametrize("page", [("fr", 390)], ids=["telephone"], indirect=True)
def test_it_is_done_on_a_telephone_too(page, double, live_server):
    test_an_account_is_connected_broken_and_connected_again(page, double, live_server)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
