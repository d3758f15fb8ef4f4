"""A poll, in a real browser: written, seen in the cards, approved, and frozen as it was seen."""

import pytest

from smeditor.models import Delivery
from tests.browser.composer import card, newest, opened, saved
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def post(desk):
    world.make_user("nora", "chief", first_name="Nora", last_name="Bell")
    accounts = [desk.account, world.make_account("paper.example", "bluesky")]
    return world.make_post("Shall the tram go to the sea?", accounts, article=desk.article, link=desk.article.full_url)


def opened_poll(page):
    """The panel of the poll, opened as a person opens it."""
    page.locator("section.collapsed", has=page.locator("#id_poll_options")).locator("[data-panel-toggle]").first.click()
    page.locator("#id_poll_options").wait_for()


def test_a_poll_is_written_seen_in_the_cards_approved_and_frozen(desk, post, open_page):
    mastodon, bluesky = post.accounts.order_by("-network")
    page = opened(open_page, post)
    opened_poll(page)
    page.select_option("#id_poll_minutes", "4320")
    page.focus("#id_poll_options")
    saved(page, lambda: page.keyboard.type("Yes, at once\nنعم\nNever 🚋"))
    options = card(page, mastodon).locator(".sme-post__option")
    options.nth(2).wait_for()
    assert options.all_inner_texts() == ["Yes, at once", "نعم", "Never 🚋"]
    assert card(page, mastodon).locator(".sme-post__poll-facts").inner_text() == "One answer, for 3 days"
    card(page, bluesky).locator("text=has no polls: it goes without").wait_for()
    assert card(page, bluesky).locator(".sme-post__option").count() == 0
    page.shot("composer-poll")
    assert newest(post).poll_options == "Yes, at once\nنعم\nNever 🚋"
    page.click("footer [data-w-dropdown-target=toggle]")
    with page.expect_navigation():
        page.click("footer [name=action-publish]")
    frozen = {row.account_id: row.payload["poll"] for row in Delivery.objects.filter(post=post)}
    poll = {"options": ["Yes, at once", "نعم", "Never 🚋"], "minutes": 4320, "multiple": False}
    assert frozen == {mastodon.pk: poll, bluesky.pk: None}
    assert page.errors == []


def test_on_a_telephone_a_poll_fits_and_is_kept_until_it_can_be_saved(desk, post, open_page):
    page = open_page(360)
    log_in(page, "nora")
    page.goto(f"/admin/smeditor/posts/edit/{post.pk}/")
    page.wait_for_selector(".sme-compose[data-turn]")
    page.route("**/posts/edit/**", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    opened_poll(page)
    page.fill("#id_poll_options", "Yes\nNo")
    card(page, desk.account).locator(".sme-post__option").nth(1).wait_for(state="attached")
    while "Yes\\nNo" not in page.evaluate("Object.values(sessionStorage).join()"):
        page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.shot("composer-poll")
