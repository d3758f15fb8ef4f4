"""Every page of a full desk as a picture in var/screenshots: ``make screenshots``. Nothing is judged: a person looks.

``SCREENSHOTS`` narrows it to the addresses that hold its text, for instance ``SCREENSHOTS=inbox make screenshots``.
"""

from __future__ import annotations

import os
import re

import pytest
from wagtail.users.models import UserProfile

from tests.browser.conftest import SCREENSHOTS, log_in
from tests.browser.test_narrow import full  # noqa: F401
from tests.desk import screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 390)
PART = re.compile(r"/(?:history-)?results/")
"""Lists without their page, which a script puts into one."""


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shoot_every_page(live_server, full, open_page, language, theme):  # noqa: F811
    UserProfile.objects.filter(user=full.user).update(preferred_language=language, theme=theme)
    wanted = os.environ.get("SCREENSHOTS", "")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_page(WIDTHS[0], language)
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    for address in ["/admin/", *screens.addresses(full.article.pk)]:
        if wanted in address and not PART.search(address):
            answer = page.request.get(address)
            if answer.ok and "html" in answer.headers.get("content-type", ""):
                shoot(page, address, f"{language}-{theme}")


def shoot(page, address: str, manner: str) -> None:
    name = re.sub(r"\W+", "-", address.removeprefix("/admin/").removeprefix("smeditor/")).strip("-") or "home"
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        tall = page.evaluate(
            "Math.max(...[...document.querySelectorAll('html, main')].map((part) => part.scrollHeight))"
        )
        page.set_viewport_size({"width": width, "height": max(900, min(tall + 300, 8000))})
        page.wait_for_timeout(250)  # the menu folds in a moment of its own
        page.screenshot(path=SCREENSHOTS / f"{name}-{manner}-{width}.png", full_page=True)
