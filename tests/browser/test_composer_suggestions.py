"""Handles and hashtags that are offered while one types, in a real browser."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from smeditor.desk.posts import good_times, mark_search
from smeditor.networks.base import FoundMark
from smeditor.publishing.timing import GoodTime
from tests.browser.composer import newest, opened, saved, used

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_hashtag_of_the_desk_is_taken_from_the_keyboard(desk, editor, four, open_page):
    used(four, desk.account, "Early: #TramOpening")
    page = opened(open_page, four)
    text = page.locator("#id_text")
    text.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" #tram")
    page.locator("#id_text-suggestions [role=option]").first.wait_for()
    page.shot("composer-suggestions")
    page.keyboard.press("ArrowDown")
    assert text.get_attribute("aria-activedescendant") == "id_text-suggestions-0"
    page.keyboard.press("Enter")
    assert text.input_value() == "The tram opens in May. #TramOpening "
    assert text.get_attribute("role") is None
    page.keyboard.type("#tr")
    page.locator("#id_text-suggestions [role=option]").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert text.input_value().endswith("#tr\n")


def test_a_profile_that_the_network_finds_is_taken_and_none_opens_a_list_that_was_closed(
    desk, editor, four, open_page, monkeypatch
):
    def search(accounts, kind, name):
        return [(account, FoundMark("@lemonde@social.example", "Le Monde")) for account in list(accounts)[:1]]

    monkeypatch.setattr(mark_search, "search_marks", search)
    page = opened(open_page, four)
    text = page.locator("#id_text")
    text.focus()
    page.keyboard.press("Control+End")
    with page.expect_response("**/suggestions/search/**"):
        page.keyboard.type(" @lemo")
    page.locator("#id_text-suggestions [role=option]", has_text="Le Monde").wait_for()
    page.shot("composer-found")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert text.input_value() == "The tram opens in May. @lemonde@social.example "
    with page.expect_response("**/suggestions/search/**"):
        page.keyboard.type("@lemon")
    page.locator("#id_text-suggestions [role=option]").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert text.input_value().endswith("@lemon\n")
    assert page.errors == []


def test_a_time_at_which_readers_answer_is_taken_by_one_click(desk, editor, four, open_page, monkeypatch):
    good, moment = GoodTime(False, 8, 32, 4.5, 60, 1.2), datetime(2031, 3, 10, 8, tzinfo=ZoneInfo("Europe/Paris"))
    monkeypatch.setattr(
        good_times, "next_good_times", lambda accounts, now: {row.pk: [(good, moment)] for row in accounts}
    )
    page = opened(open_page, four)
    page.click("text=When do readers answer?")
    take = page.locator("[data-action='sme-good-times#take']")
    take.first.wait_for()
    page.shot("composer-good-times")
    assert take.count() == four.accounts.count()
    saved(page, take.first.click)
    assert newest(four).send_at == moment
    assert page.errors == []
