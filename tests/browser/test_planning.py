"""Planning in a real browser: a delivery gets another time by dragging, by the keyboard alone, and by the list."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from smeditor.models import Delivery, Hold
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def delivery(live_server, settings):
    """One that goes out at half past nine on the Wednesday of next week, which begins with no clock's change."""
    settings.LANGUAGE_CODE = "en"
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    desk = world.Desk()
    Hold.objects.all().delete()
    slot = next_wednesday()
    Delivery.objects.update(slot=slot, due_at=slot)
    world.make_user("nora", "chief")
    return desk.delivery


def next_wednesday():
    today = timezone.localtime(timezone.now(), PARIS)
    day = today + timedelta(days=9 - today.weekday())
    return day.replace(hour=9, minute=30, second=0, microsecond=0).astimezone(UTC)


def wall(delivery):
    delivery.refresh_from_db()
    return delivery.slot.astimezone(PARIS)


@pytest.fixture
def calendar(open_page, delivery):
    def show(view="week", width=1280, height=900):
        page = open_page(width)
        page.set_viewport_size({"width": width, "height": height})
        log_in(page, "nora")
        page.goto(f"/admin/smeditor/calendar/?view={view}&date={wall(delivery):%Y-%m-%d}")
        return page

    return show


def by_keys(page, delivery, *keys):
    handle = page.locator(f"#delivery-{delivery.pk} .sme-grab")
    handle.focus()
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def drag(page, entry, place):
    entry.scroll_into_view_if_needed()
    begin, end = entry.bounding_box(), place.bounding_box()
    page.mouse.move(begin["x"] + 10, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(begin["x"] + 30, begin["y"] + begin["height"] / 2)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()


def test_by_the_keyboard_to_the_next_day_two_hours_later_and_back(calendar, delivery):
    page, before = calendar(), wall(delivery)
    by_keys(page, delivery, "Enter", "ArrowRight", "ArrowDown", "ArrowDown", "Enter")
    assert wall(delivery).replace(tzinfo=None) == (before + timedelta(days=1, hours=2)).replace(tzinfo=None)
    assert "It goes out on" in page.inner_text(".messages")
    page.wait_for_function("document.activeElement.className === 'sme-grab'")
    with page.expect_navigation():
        page.click(".messages button:has-text('Take back')")
    assert wall(delivery) == before


def test_what_the_keyboard_does_is_said_and_escape_leaves_it(calendar, delivery):
    page, before = calendar(), wall(delivery)
    page.locator(f"#delivery-{delivery.pk} .sme-grab").focus()
    page.keyboard.press("Space")
    assert "Escape leaves it" in page.inner_text(".sme-said")
    page.keyboard.press("ArrowRight")
    assert "Thursday" in page.inner_text(".sme-said")
    page.keyboard.press("Escape")
    assert page.inner_text(".sme-said") == "It stays where it is."
    assert wall(delivery) == before


def test_by_dragging_to_another_day(calendar, delivery):
    page, before = calendar(), wall(delivery)
    friday = page.locator(f"td[data-day='{before + timedelta(days=2):%Y-%m-%d}']").first
    with page.expect_navigation():
        drag(page, page.locator(f"#delivery-{delivery.pk}"), friday)
    assert wall(delivery).replace(tzinfo=None) == (before + timedelta(days=2)).replace(tzinfo=None)


def test_by_dragging_to_another_hour_of_the_day(calendar, delivery):
    page, before = calendar("day", height=2400), wall(delivery)
    noon = page.locator("tbody tr").nth(12).locator("td").first
    with page.expect_navigation():
        drag(page, page.locator(f"#delivery-{delivery.pk}"), noon)
    assert wall(delivery) == before.replace(hour=12)


def test_by_the_keyboard_to_another_week_of_the_month(calendar, delivery):
    page, before = calendar("month"), wall(delivery)
    by_keys(page, delivery, "Enter", "ArrowRight", "Enter")
    assert wall(delivery).date() == before.date() + timedelta(days=1)


def test_what_was_moved_meanwhile_is_left_and_the_page_is_right(calendar, delivery):
    page, before = calendar(), wall(delivery)
    elsewhere = delivery.slot + timedelta(days=1)
    Delivery.objects.update(slot=elsewhere, due_at=elsewhere)
    by_keys(page, delivery, "Enter", "ArrowLeft", "Enter")
    assert "It was moved meanwhile" in page.inner_text(".messages")
    assert wall(delivery) == elsewhere.astimezone(PARIS)
    thursday = page.locator(f"td[data-day='{before + timedelta(days=1):%Y-%m-%d}']")
    assert thursday.locator(f"#delivery-{delivery.pk}").count() == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_by_the_list(calendar, delivery, width):
    page, before = calendar(width=width), wall(delivery)
    page.click("summary:has-text('Move')")
    page.fill(f"#sme-slot-{delivery.pk}", f"{before:%Y-%m-%d}T17:45")
    with page.expect_navigation():
        page.click(".sme-move button")
    assert wall(delivery) == before.replace(hour=17, minute=45)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
