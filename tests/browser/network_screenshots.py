"""The pages that a network has to do with, as pictures in var/screenshots: ``make screenshots``. A person looks.

An account is connected and broken on the double of Facebook, a comment there hidden.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from smeditor.conversations import reader_operations
from smeditor.models import Account
from smeditor.networks.base import ReaderOperation
from tests.browser import networks
from tests.browser.conftest import SCREENSHOTS
from tests.browser.screenshots import keep
from tests.browser.test_connecting_networks import at, refusal
from tests.browser.test_networks import comment, facebook, newsroom, open_desk  # noqa: F401
from tests.networks.doubles.base import Fault

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["fr", "en"])
def pictures(request, settings, newsroom, open_desk):  # noqa: F811
    settings.LANGUAGE_CODE = request.param
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_desk(1280, request.param)
    page.keep = lambda name: keep(page, f"{name}-{request.param}")
    return page


@pytest.mark.parametrize("slug", ["facebook", "telegram"])
def test_shoot_connecting(pictures, live_server, slug):
    with networks.doubles_of(slug) as doubles:
        (by_consent if slug == "facebook" else by_token)(pictures, doubles[slug], live_server.url)


def by_consent(page, double, base_url: str) -> None:
    page.goto(at("account_networks"))
    page.keep("network-choice")
    page.goto(at("account_network", double.slug))
    page.keep("network-before-app")
    page.goto(at("account_app", double.slug))
    page.keep("network-app")
    for name, value in double.create_app(base_url + at("account_return", double.slug)).items():
        page.fill(f"#id_{name}", value)
    page.fill("#id_server_url", double.url)
    page.click("main button[type=submit]")
    page.wait_for_selector(f"form[action='{at('account_begin', double.slug)}'] button")
    page.keep("network-after-app")
    page.click(f"form[action='{at('account_begin', double.slug)}'] button")
    page.wait_for_selector("main a.button[rel=noreferrer]")
    page.keep("network-consent")
    page.click("main a.button[rel=noreferrer]")
    page.click("[name=decision][value=agree]")
    page.wait_for_selector("[name=identity]")
    page.keep("network-granted")
    page.check("[name=identity]:not([disabled]) >> nth=0")
    page.click("main form button[type=submit]")
    page.wait_for_selector("[formaction$='/verify/']")
    page.keep("network-account")
    double.faults += [Fault(lambda request: True, refusal(double)) for _request in range(30)]
    page.click("[formaction$='/verify/']")
    page.wait_for_selector(".help-critical")
    page.keep("network-account-failing")


def by_token(page, double, base_url: str) -> None:
    page.goto(at("account_networks"))
    page.click(f".sme-card a[href*='network={double.slug}']")
    page.wait_for_selector("#id_server_url")
    page.keep("network-token")
    account = networks.account_on(double)
    page.goto(reverse("smeditor_accounts:edit", args=[account.pk]))
    page.keep("network-token-account")
    Account.objects.update(
        state=Account.State.FAILED, state_reason="Telegram: Unauthorized", state_since=timezone.now()
    )
    page.goto(reverse("smeditor_accounts:edit", args=[account.pk]))
    page.keep("network-token-account-failing")


def test_shoot_a_reaction(pictures, comment):  # noqa: F811
    address = reverse("smeditor:reaction", args=[comment.pk])
    pictures.goto(address)
    pictures.keep("network-reaction")
    user = UserProfile.objects.first().user
    reader_operations.request(comment, ReaderOperation.HIDE, user, timezone.now())
    reader_operations.run_due(timezone.now())
    pictures.goto(address)
    pictures.keep("network-reaction-hidden")
