"""From an article to its posts in a real browser: three accounts in a few clicks, the panel, and a headline that changed."""

import pytest

from smeditor.models import ArticleDrift, Delivery, Post, Rule
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 6
"""Clicks between the list of pages and posts that are approved and have their slots."""


@pytest.fixture
def desk(desk):
    """One on which nothing is on hold."""
    desk.hold.delete()
    return desk


@pytest.fixture
def editor(desk):
    return world.make_user("nora", "chief", first_name="Nora", last_name="Bell", is_superuser=True)


class Counted:
    """Clicks and counts them."""

    def __init__(self, page) -> None:
        self.page, self.clicks = page, 0

    def click(self, part) -> None:
        self.clicks += 1
        part.click()


def test_an_article_is_approved_and_scheduled_on_three_accounts_in_a_few_clicks(desk, editor, open_page):
    accounts = [world.make_account(f"paper{number}") for number in range(3)]
    rule = Rule.objects.get()
    rule.accounts.set(accounts)
    page = open_page()
    page.set_default_timeout(90_000)
    log_in(page, "nora")
    page.goto(f"/admin/pages/{desk.section.pk}/")
    hand = Counted(page)
    row = page.locator("tr", has_text=desk.article.title)
    hand.click(row.locator("button[data-w-dropdown-target='toggle'], [data-w-dropdown-target='toggle']").first)
    hand.click(page.locator("a:visible", has_text="Write a post").first)
    page.wait_for_url("**/posts/add/**")
    assert desk.article.title in page.input_value("#id_text")
    hand.click(page.locator("footer [data-w-dropdown-target='toggle']"))
    with page.expect_navigation():
        hand.click(page.locator("button[name='action-publish']"))
    assert "3 deliveries are scheduled." in page.inner_text(".messages")
    assert hand.clicks <= MOST
    post = Post.objects.latest("pk")
    assert post.live
    assert post.article_id == desk.article.pk
    sent = Delivery.objects.filter(post=post, state=Delivery.State.SCHEDULED)
    assert {delivery.account_id for delivery in sent} == {account.pk for account in accounts}
    assert all(delivery.slot for delivery in sent)


def test_the_panel_of_the_page_editor_begins_a_post_and_says_what_no_longer_matches(desk, editor, open_page):
    desk.article.body = [("quote", {"text": "It opens in May.", "who": "The mayor"})]
    desk.article.save()
    post = world.make_post(
        f"{desk.article.title} {desk.article.full_url}", accounts=[desk.account], article=desk.article,
        created_by=desk.author, article_seen={"headline": desk.article.title},
    )  # fmt: skip
    page = open_page()
    page.set_default_timeout(90_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, "nora")
    page.goto(f"/admin/pages/{desk.article.pk}/edit/")
    page.fill("#id_title", "The tram opens in June")
    page.click("footer [data-w-dropdown-target='toggle']")
    with page.expect_navigation():
        page.click("button[name='action-publish']")
    page.goto(f"/admin/pages/{desk.article.pk}/edit/")
    page.click("button[aria-label='Toggle what the social desk says about it']")
    panel = page.locator("[data-side-panel='social']")
    panel.get_by_text("no longer matches the headline").first.wait_for()
    page.shot("page-editor-panel")
    with page.context.expect_page() as opened:
        panel.locator(".sme-starts a", has_text="It opens in May.").click()
    assert "“It opens in May.” — The mayor" in opened.value.input_value("#id_text")
    opened.value.close()
    panel.get_by_role("link", name="Compare and decide").first.click()
    page.wait_for_url("**/article/")
    assert page.locator("ins").inner_text() == "The tram opens in June"
    page.shot("post-and-article")
    with page.expect_navigation():
        page.click("button:has-text('Take the update')")
    assert Post.objects.get(pk=post.pk).text.startswith("The tram opens in June")
    assert not ArticleDrift.objects.filter(post=post).exists()
    assert errors == []


def test_one_act_on_the_desks_page_about_the_article_takes_the_update(desk, editor, open_page):
    post = world.make_post(
        f"An older headline {desk.article.full_url}", accounts=[desk.account], article=desk.article,
        created_by=desk.author, article_seen={"headline": "An older headline"},
    )  # fmt: skip
    page = open_page(390)
    page.set_default_timeout(90_000)
    log_in(page, "nora")
    page.goto(f"/admin/smeditor/articles/{desk.article.pk}/")
    page.shot("article-drift")
    button = page.locator("button:has-text('Take the update')").first
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "The post holds the update." in page.inner_text(".messages")
    assert Post.objects.get(pk=post.pk).text.startswith(desk.article.title)
