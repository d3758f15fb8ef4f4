"""The forms of the desk as a person uses them: Wagtail's image chooser and date picker, a secret, a hold."""

import pytest
from wagtail.users.models import UserProfile

from smeditor import conf
from smeditor.models import Account, Hold, Post
from tests.browser.conftest import log_in
from tests.desk import world
from tests.newsroom import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONTHS = {"en": "November", "fr": "novembre"}


@pytest.fixture
def open_as(desk, open_page):
    """Open a page of the admin as somebody who reads the given language and may do anything."""

    def open_it(language="en"):
        user = world.make_user("nora", is_superuser=True)
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        page = open_page(1280, language)
        log_in(page, "nora")
        return page

    return open_it


def test_an_image_is_chosen_by_wagtails_own_chooser(desk, open_as):
    """U4: it was a list of all images by title."""
    image = factories.make_image(title="The first tram")
    page = open_as()
    page.goto(f"/admin/smeditor/posts/edit/{desk.post.pk}/")
    page.click("#id_media-ADD")
    assert page.locator("select[name=media-0-image]").count() == 0
    page.click("#id_media-0-image-chooser button:visible")
    page.click(".modal-body a:has-text('The first tram')")
    page.wait_for_selector("#id_media-0-image-chooser :text('The first tram')")
    with page.expect_navigation():
        page.click("footer button[type=submit]")
    assert Post.objects.get(pk=desk.post.pk).get_latest_revision_as_object().media.get().image_id == image.pk


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_time_of_sending_is_picked_in_ones_own_language(desk, open_as, language):
    """U4: it was a box for text. What is picked is on the newsroom's clock."""
    page = open_as(language)
    page.goto(f"/admin/smeditor/posts/edit/{desk.post.pk}/")
    page.fill("#id_send_at", "2031-11-20 10:00")
    page.press("#id_send_at", "Tab")
    page.click("#id_send_at")
    picker = page.locator(".xdsoft_datetimepicker:visible")
    assert picker.locator(".xdsoft_month").inner_text().strip().lower() == MONTHS[language].lower()
    picker.locator(".xdsoft_date[data-date='25']:not(.xdsoft_other_month)").click()
    picker.locator(".xdsoft_time[data-hour='14']").first.click()
    page.keyboard.press("Escape")
    assert page.input_value("#id_send_at") == "2031-11-25 14:00"
    with page.expect_navigation():
        page.click("footer button[type=submit]")
    sent = Post.objects.get(pk=desk.post.pk).get_latest_revision_as_object().send_at
    assert sent.astimezone(conf.zone()).strftime("%Y-%m-%d %H:%M") == "2031-11-25 14:00"


def test_a_secret_is_asked_for_once(open_as):
    """A second field without a label stood behind the form, and its emptiness was what the server read."""
    page = open_as()
    page.goto("/admin/smeditor/accounts/new/?network=mastodon")
    names = page.eval_on_selector_all("[name^=secret_]", "fields => fields.map((field) => field.name)")
    assert sorted(names) == sorted(set(names))
    page.fill("#id_handle", "paper")
    page.fill("#id_secret_access_token", "a-token")
    with page.expect_navigation():
        page.click("footer button[type=submit]")
    assert "Say on which server the account lives." in page.inner_text("main")
    assert "This is needed to act for the account." not in page.inner_text("main")
    assert Account.objects.count() == 1


def test_a_hold_asks_only_for_what_it_stops(desk, open_as):
    page = open_as()
    page.goto("/admin/smeditor/holds/new/")
    assert not page.is_visible("#id_topic")
    page.check("[name=scope][value=topic]")
    page.wait_for_selector("#id_topic", state="visible")
    assert not page.is_visible("#id_account")
    page.fill("#id_topic", "elections")
    page.fill("#id_reason", "Silence before the vote.")
    with page.expect_navigation():
        page.click("footer button[type=submit]")
    assert Hold.objects.filter(scope="topic", topic="elections").exists()
