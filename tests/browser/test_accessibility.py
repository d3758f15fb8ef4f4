"""Every screen of the desk, held to WCAG 2.1 A and AA by axe-core in a real browser, light and dark, in both languages."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.browser.conftest import log_in
from tests.desk import world
from tests.desk.test_permissions import PAGES

axe_core = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARTS = ("_results", "json", "post_about")  # lists without their page, and data for scripts
SCREENS = {name: thing for name, (thing, _) in PAGES.items() if not name.endswith(PARTS)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


def complaints(page) -> list[str]:
    """What axe finds in the part of the page that is the desk's own: rule, element, and how to mend it."""
    found = axe_core.Axe().run(page, context="main", options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("fr", "dark")])
def test_no_screen_of_the_desk_breaks_a_rule_of_accessibility(live_server, settings, open_page, language, theme):
    settings.LANGUAGE_CODE = "en"
    desk = world.Desk()
    user = world.make_user("nora", "chief", first_name="Nora", last_name="Bell")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language, "theme": theme})
    page = open_page(1280, language)
    log_in(page, "nora")
    broken = {}
    addresses = {"home": reverse("wagtailadmin_home")}
    for name, thing in SCREENS.items():
        target = getattr(desk, thing) if thing else None
        addresses[name] = reverse(f"smeditor:{name}", args=[getattr(target, "pk", target)] if thing else [])
    for name, address in addresses.items():
        page.goto(address)
        if found := complaints(page):
            broken[name] = found
        page.shot(f"a11y-{name}-{theme}")
    assert broken == {}
