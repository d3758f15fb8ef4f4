"""Every screen of the desk, held to WCAG 2.1 A and AA by axe-core in a real browser, in both languages.

Light, dark, and in the colours that a person forces upon every site.
"""

import pytest
from wagtail.users.models import UserProfile

from tests.browser.conftest import log_in
from tests.browser.test_narrow import full  # noqa: F401
from tests.desk import screens

axe_core = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
OWN = {"include": [["main"]], "exclude": [[".messages"]]}
"""The desk's part of a page; Wagtail's messages fade in, and are caught half-way."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


def complaints(page) -> list[str]:
    """What axe finds in the part of the page that is the desk's own: rule, element, and how to mend it."""
    found = axe_core.Axe().run(page, context=OWN, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(
    ("language", "theme", "forced"), [("en", "light", "none"), ("fr", "dark", "none"), ("en", "light", "active")]
)
def test_no_screen_of_the_desk_breaks_a_rule_of_accessibility(
    live_server,
    full,  # noqa: F811
    open_page,
    language,
    theme,
    forced,
):
    UserProfile.objects.filter(user=full.user).update(preferred_language=language, theme=theme)
    page = open_page(1280, language)
    page.set_default_timeout(90_000)
    page.emulate_media(forced_colors=forced)
    log_in(page, "zulmira")
    broken: dict[str, list[str]] = {}
    for address in screens.samples(full.article.pk):
        answer = page.request.get(address)
        if answer.ok and "html" in answer.headers.get("content-type", "") and "results/" not in address:
            page.goto(address)
            # A preview and a list without its page have no part of their own.
            if page.locator("main").count() and (found := complaints(page)):
                for complaint in found:
                    broken.setdefault(complaint, []).append(address)
    assert broken == {}
