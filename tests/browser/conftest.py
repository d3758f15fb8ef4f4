"""Headless Chromium on the admin of a live server. Skipped, with the reason, where there is no Chromium."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import Page
from wagtail.users.models import UserProfile

from smeditor.models import Rule
from tests.desk import world
from tests.desk.full import FullDesk
from tests.networks.doubles.consent_lab.network import NETWORKS
from tests.newsroom import factories

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture
def open_page(chromium, live_server):
    """Open a page of the given width and language; ``page.shot(name)`` keeps what it shows."""
    contexts = []

    def open_it(width: int = 1280, language: str = "en"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=language, base_url=live_server.url
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.server = live_server.url

        def shot(name: str) -> None:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.wait_for_load_state("load")
            page.screenshot(path=SCREENSHOTS / f"{name}-{language}-{width}.png", full_page=True)

        page.shot = shot
        return page

    yield open_it
    for context in contexts:
        context.close()
    let_requests_end()


def let_requests_end() -> None:
    """Wait for what the live server still answers: a page that was closed may have asked for more the moment before.

    A request of its own would hold the tables that the end of the test empties.
    """
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=20)


def visit(page, address: str, side_panel: str = "social") -> bool:
    """Go to an address of the desk, and in the page editor open its panel. Whether that is a page with a main part.

    What takes no GET and what is a file to keep is never gone to: Chromium would show pages of its own for them, late.
    """
    taken = page.request.fetch(address, method="OPTIONS").headers.get("allow", "GET")
    if "GET" not in taken or address.endswith((".json", ".jsonl")):
        return False
    answer = page.goto(address)
    if not (answer.ok and "html" in answer.headers.get("content-type", "")):
        return False
    toggle = page.locator(f"[data-side-panel-toggle='{side_panel}']")
    if toggle.count():
        if toggle.get_attribute("aria-expanded") == "false":  # Wagtail opens again what a person left open
            toggle.click()
        page.locator(f"[data-side-panel='{side_panel}']").wait_for()
    return page.locator("main").count() > 0


LISTEN = """
window.refusals = [];
document.addEventListener('securitypolicyviolation', (event) => {
    window.refusals.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile || ''} ${event.sample}`);
});
"""


def listen_for_refusals(page) -> None:
    """Let each page that is opened from now on gather in ``window.refusals`` what its Content-Security-Policy forbids."""
    page.add_init_script(LISTEN)


def log_in(page, username: str) -> None:
    """Give the page's browser the session of somebody who has logged in: two pages less to wait for in each test."""
    client = Client()
    client.force_login(get_user_model().objects.get_by_natural_key(username))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": page.server}])


@pytest.fixture
def desk(live_server, settings):
    settings.LANGUAGE_CODE = "en"
    return world.Desk()


@pytest.fixture
def editor(desk):
    return world.make_user("nora", "chief", first_name="Nora", last_name="Bell")


@pytest.fixture
def picture_editor(editor):
    """An editor who may choose any image of the site."""
    editor.is_superuser = True
    editor.save()


@pytest.fixture
def four(desk):
    """A post for four accounts of four looks."""
    accounts = [desk.account, world.make_account("paper.example", "bluesky"), world.make_account("two")]
    accounts.append(world.make_account("paper_fb", "facebook", server_url="https://graph.facebook.com", limits={}))
    return world.make_post("The tram opens in May.", accounts, article=desk.article, link=desk.article.full_url)


@pytest.fixture
def full(settings):
    """A desk with a row of everything, long words among them, and Zulmira, who may do all."""
    settings.LANGUAGE_CODE = "en"
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS}
    user = world.make_user("zulmira", is_superuser=True, first_name="Zulmira", last_name="Reis")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "en"})
    site = factories.make_site(hostname="jornal.example", name="O Jornal")
    section = factories.make_section(site.root_page.specific, title="Porto", slug="porto")
    desk = FullDesk(factories.make_article(section, title="O bonde volta", authors=[user]), user)
    # One rule would have posted about the article, which is new: else nobody ever saw what it says of that.
    Rule.objects.filter(mode=Rule.Mode.ASK).update(authors=[])
    Page.objects.filter(pk=desk.article.pk).update(first_published_at=desk.now - timedelta(days=2))
    return desk
