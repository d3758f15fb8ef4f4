"""Several deliveries at once, with the script that Wagtail's bar needs and, under "Needs a decision", without any."""

import pytest
from django.urls import reverse

from smeditor.models import Delivery, Post
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
State = Delivery.State


@pytest.fixture
def late(live_server):
    world.make_user("chief", "chief")
    account = world.make_account("late")
    return [
        world.make_delivery(world.make_post(f"Late {number}", [account]), account, state=State.LATE)
        for number in range(3)
    ]


def states(deliveries) -> list[str]:
    return [Delivery.objects.get(pk=row.pk).state for row in deliveries]


def test_what_is_ticked_in_the_list_is_dropped_after_a_question(open_page, late):
    page = open_page()
    log_in(page, "chief")
    page.goto(reverse("smeditor:deliveries"))
    for row in late[:2]:
        page.check(f"[data-object-id='{row.pk}']")
    page.click(".bulk-actions-buttons >> text=Drop")
    page.wait_for_load_state()
    assert "Late 0" in page.inner_text("main")
    assert "Late 2" not in page.inner_text("main")
    page.shot("bulk-drop")
    page.click("main button[type=submit]")
    page.wait_for_url("**/deliveries/")
    assert "2 are dropped." in page.inner_text("body")
    assert states(late) == [State.CANCELLED, State.CANCELLED, State.LATE]


def test_what_needs_a_decision_is_moved_by_a_plain_form(open_page, late):
    page = open_page()
    log_in(page, "chief")
    page.goto(reverse("smeditor:late"))
    page.check(f"input[name=id][value='{late[0].pk}']")
    page.click("text=Move the chosen ones")
    page.fill("[name=slot]", "2030-05-01T10:00")
    page.shot("bulk-move")
    page.click("main button[type=submit]")
    page.wait_for_url("**/deliveries/decide/")
    assert "1 is moved." in page.inner_text("body")
    assert states(late) == [State.SCHEDULED, State.LATE, State.LATE]


def test_on_a_telephone_what_can_be_done_with_the_ticked_ones_stands_in_sight(open_page, late):
    """Wagtail's bar stood below the last row there, and half of its buttons beyond the right edge."""
    page = open_page(390)
    log_in(page, "chief")
    page.goto(reverse("smeditor:deliveries"))
    page.check(f"[data-object-id='{late[0].pk}']")
    buttons = page.locator(".bulk-action-btn")
    buttons.first.wait_for()
    page.wait_for_timeout(500)  # the bar glides in
    edges = [box["x"] + box["width"] for box in (button.bounding_box() for button in buttons.all())]
    assert len(edges) > 1
    assert max(edges) <= 390
    assert all(button.bounding_box()["y"] < page.viewport_size["height"] for button in buttons.all())


def test_on_a_telephone_posts_are_read_whole_and_approved_together(open_page, live_server):
    world.make_user("chief", "chief")
    account = world.make_account("strict", approval="four_eyes", no_exclamation=True)
    writer = world.make_user("writer", "social_editor")
    thread = "The bridge stays shut!\n---\n" + "Nobody knows until when it will be. " * 8 + "\n---\nThe ferry runs."
    posts = [world.make_post(text, [account], created_by=writer) for text in (thread, "The theatre opens.")]
    page = open_page(390)
    log_in(page, "chief")
    page.goto(reverse("smeditor_posts:list"))
    for post in posts:
        page.check(f"[data-object-id='{post.pk}']")
    page.click(".bulk-actions-buttons >> text=Approve")
    page.wait_for_load_state()
    shown = page.inner_text("main")
    for expected in ("The bridge stays shut!", "The ferry runs.", "3/3", "The theatre opens.", "full stop"):
        assert expected in shown
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    button = page.locator("main button[type=submit]")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box["x"] + box["width"] <= 390
    page.shot("bulk-approve")
    button.press("Enter")
    page.wait_for_url("**/posts/**")
    assert "2 posts are approved." in page.inner_text("body")
    assert all(Post.objects.get(pk=post.pk).live for post in posts)
