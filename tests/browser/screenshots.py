"""Every page of a full desk as a picture in var/screenshots: ``make screenshots``. Nothing is judged: a person looks.

``SCREENSHOTS`` narrows it to the addresses that hold its text, for instance ``SCREENSHOTS=inbox make screenshots``. Of
the pages of one kind the first few are drawn, and all where it is narrowed.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from wagtail.users.models import UserProfile

from tests.browser.conftest import SCREENSHOTS, log_in, visit
from tests.desk import screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 390)
FEW = 4
PART = re.compile(r"/(?:history-)?results/")
"""Lists without their page, which a script puts into one."""


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shoot_every_page(live_server, full, open_page, language, theme):
    UserProfile.objects.filter(user=full.user).update(preferred_language=language, theme=theme)
    wanted = os.environ.get("SCREENSHOTS", "")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_page(WIDTHS[0], language)
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    for address in wanted_of(full.article.pk, wanted):
        if visit(page, address):
            name = re.sub(r"\W+", "-", address.removeprefix("/admin/").removeprefix("smeditor/")).strip("-") or "home"
            keep(page, f"{name[:80]}-{language}-{theme}")


def wanted_of(article: int, wanted: str) -> Iterator[str]:
    """The addresses to draw: those that hold ``wanted``, and of each kind the first few where nothing is."""
    kinds: Counter[str] = Counter()
    for address in ["/admin/", *screens.beside(article), *screens.addresses(article)]:
        kind = re.sub(r"\d+", "", address.partition("?")[0])
        if wanted in address and not PART.search(address) and (wanted or "?" in address or kinds[kind] < FEW):
            kinds[kind] += 1
            yield address


def keep(page, name: str) -> None:
    """What the page shows, as a picture of each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        tall = page.evaluate(
            "Math.max(...[...document.querySelectorAll('html, main')].map((part) => part.scrollHeight))"
        )
        page.set_viewport_size({"width": width, "height": max(900, min(tall + 300, 8000))})
        page.wait_for_timeout(250)  # the menu folds in a moment of its own
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
