"""Questions about concerns, answered from the keyboard alone."""

import pytest
from wagtail.users.models import UserProfile

from smeditor.models import ConcernQuestion
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YES = {"en": "y", "fr": "o"}
UNDO = {"en": "u", "fr": "a"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_one_key_answers_and_one_takes_it_back(live_server, open_page, settings, language):
    settings.LANGUAGE_CODE = "en"
    desk = world.Desk()
    user = world.make_user("nora", is_superuser=True)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    page = open_page(390, language)
    log_in(page, "nora")
    page.goto("/admin/smeditor/concerns/questions/")
    with page.expect_navigation():
        page.keyboard.press(YES[language])
    page.wait_for_selector(".messages .success")
    desk.question.refresh_from_db()
    assert desk.question.answer == ConcernQuestion.Answer.SAME
    with page.expect_navigation():
        page.keyboard.press(UNDO[language])
    desk.question.refresh_from_db()
    assert desk.question.answer == ""
