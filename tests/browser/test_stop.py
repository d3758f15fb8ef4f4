"""Something terrible has happened: everything is stopped with two clicks, or two keys, and the page counts before the second."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.models import Hold, Role
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue(live_server, settings):
    settings.LANGUAGE_CODE = "en"
    chief = world.make_user("nora", Role.CHIEF)
    post = world.make_post("A cheerful post.", accounts=[world.make_account()], created_by=chief)
    for number in range(3):
        slot = timezone.now() + timedelta(minutes=20 + 60 * 24 * number)
        world.make_delivery(post, post.accounts.first(), slot=slot, occurrence=number)
    return chief


def press_until(page, key: str, name: str) -> None:
    """Press ``key`` until what is called ``name`` has the focus."""
    for _press in range(60):
        page.keyboard.press(key)
        if name in page.evaluate("document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"{name} is not reached by {key}")


@pytest.mark.parametrize("width", [1280, 390])
def test_two_clicks_stop_everything_and_the_page_counts_before_the_second(queue, open_page, width):
    page = open_page(width)
    log_in(page, "nora")
    page.goto("/admin/smeditor/deliveries/")
    page.click("text=Stop sending")
    page.wait_for_selector("#sme-stop dd")
    assert page.locator("#sme-stop dd").all_inner_texts()[0] == "1"
    assert page.locator("#sme-stop dd").all_inner_texts()[2] == "3"
    page.shot("stop")
    with page.expect_navigation():
        page.click("footer button[type=submit]")
    assert "3 deliveries wait" in page.locator(".messages").inner_text()
    assert Hold.objects.get().scope == Hold.Scope.ALL


def test_everything_is_stopped_by_the_keyboard_alone(queue, open_page):
    page = open_page()
    log_in(page, "nora")
    page.goto("/admin/smeditor/deliveries/")
    press_until(page, "Tab", "Stop sending")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sme-stop dd")
    press_until(page, "Tab", "Stop sending")
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        press_until(page, "Tab", "Stop sending")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Hold.objects.count() == 1


def test_the_home_page_shows_the_day_on_a_telephone(live_server, full, open_page):
    page = open_page(390)
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    page.goto("/admin/")
    assert page.locator(".sme-today__entry").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".button:has-text('Stop sending')")
    page.wait_for_selector("#sme-stop dd")
    page.go_back()
    page.shot("home-day")
    page.goto("/admin/smeditor/clashes/")
    page.shot("clashes")
    page.goto("/admin/smeditor/holds/new/")
    page.shot("stop-full")
