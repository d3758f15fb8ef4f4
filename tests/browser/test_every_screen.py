"""Every screen of the desk in a real browser: WCAG 2.1 A and AA by axe-core, the site's policy kept, no script that breaks."""

import pytest
from wagtail.users.models import UserProfile

from tests.browser.axe import MODES, STILL, every_screen, wear
from tests.browser.conftest import listen_for_refusals, log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def assert_every_screen_is_sound(page, full, modes) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.set_default_timeout(90_000)
    listen_for_refusals(page)
    UserProfile.objects.filter(user=full.user).update(theme="light")
    log_in(page, "zulmira")
    broken, refused = every_screen(page, full.article.pk, modes)
    assert broken == {}
    assert refused == {}
    assert errors == []


def test_no_screen_breaks_a_rule_in_light_dark_or_forced_colours(live_server, full, open_page):
    assert_every_screen_is_sound(open_page(), full, MODES)


def test_a_page_wears_the_dark_theme_as_wagtail_puts_it_on(live_server, full, open_page):
    """Else the test above would measure a theme that nobody sees."""
    page = open_page(1280, "en")
    log_in(page, "zulmira")
    measured = []
    for theme in ("light", "dark"):
        UserProfile.objects.filter(user=full.user).update(theme=theme)
        page.goto("/admin/smeditor/calendar/")
        page.evaluate(STILL)
        if theme == "light":
            wear(page, "dark")
        measured.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert measured[0] == measured[1]
