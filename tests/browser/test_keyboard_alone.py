"""The desk's ways from beginning to end without a mouse: once a page is open, nothing but its keyboard is used."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Delivery, Post, PostCorrection, Rule
from smeditor.publishing import corrections
from smeditor.publishing.resolved import resolve
from tests.browser.composer import PARTS, card, is_autosave, newest, opened, saved
from tests.browser.conftest import log_in
from tests.browser.keyboard import Keyboard
from tests.browser.test_after import State, sent  # noqa: F401
from tests.browser.test_from_article import MOST
from tests.browser.test_planning import calendar, delivery, wall  # noqa: F401
from tests.desk import world
from tests.newsroom import factories

# ruff: noqa: F811
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_an_article_to_an_approved_post_on_three_accounts(desk, picture_editor, open_page):
    desk.hold.delete()
    accounts = [world.make_account(f"paper{number}") for number in range(3)]
    Rule.objects.get().accounts.set(accounts)
    page = open_page()
    log_in(page, "nora")
    page.goto(f"/admin/pages/{desk.section.pk}/")
    keys = Keyboard(page)
    keys.to(
        f"tr:has([title*='{desk.article.title}'], a[href$='/{desk.article.pk}/edit/']) [data-w-dropdown-target='toggle']"
    )
    keys.press("Enter")
    keys.to("a[href*='/smeditor/posts/add/']")
    keys.go()
    page.wait_for_selector(".sme-compose[data-turn]")
    keys.approve()
    assert "3 deliveries are scheduled." in page.inner_text(".messages")
    assert keys.presses <= MOST
    sent = Delivery.objects.filter(post=Post.objects.latest("pk"), state=Delivery.State.SCHEDULED)
    assert {delivery.account_id for delivery in sent} == {account.pk for account in accounts}


def test_a_thread_of_five_with_two_images(desk, picture_editor, four, open_page):
    images = [factories.make_image(title="The first tram"), factories.make_image(title="The last stop")]
    page = opened(open_page, four)
    keys = Keyboard(page)
    keys.to("#id_text")
    keys.press("Control+A")
    for number, part in enumerate(PARTS):
        if number:
            keys.press("Control+Enter")
        keys.type(part)
    keys.to("#id_with_card")
    keys.press("Space")
    for number, part in enumerate((0, 3)):
        add_image(keys, number, images[number])
        keys.to(f"[name=media-{number}-part]")
        saved(page, lambda part=part: keys.press(*["ArrowDown"] * part, "Tab"))
    messages = card(page, desk.account).locator("article")
    messages.nth(3).locator("img").wait_for()
    assert [messages.nth(place).locator("img").count() for place in range(5)] == [1, 0, 0, 1, 0]
    assert [(row.image_id, row.part) for row in newest(four).media.all()] == [(images[0].pk, 0), (images[1].pk, 3)]
    assert page.errors == []


def add_image(keys, number, image):
    """Choose an image in Wagtail's own chooser, and say what it shows."""
    keys.to("#id_media-ADD")
    keys.press("Enter")
    keys.keeps_its_place()
    keys.to(f"#id_media-{number}-image-chooser button")
    keys.press("Enter")
    keys.page.locator(".modal-body a", has_text=image.title).wait_for()
    keys.to(f".modal-body a:has([alt*='{image.title}']), .modal-body a[title*='{image.title}']")
    keys.press("Enter")
    keys.page.locator(".modal-body").wait_for(state="detached")
    keys.page.locator(f"#id_media-{number}-image-chooser :text('{image.title}')").wait_for()
    keys.page.wait_for_function("document.activeElement !== document.body")
    keys.to(f"[name=media-{number}-alt]")
    keys.type(f"Image {number + 1}")


def test_a_post_is_changed_for_one_account_of_four_and_made_common_again(desk, editor, four, open_page):
    accounts = list(four.accounts.all())
    page = opened(open_page, four)
    keys = Keyboard(page)
    own = f".sme-compose__account[data-account='{accounts[1].pk}']"
    keys.to(f"{own} [data-change]")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.value") == four.text
    keys.press("Control+Home")
    saved(page, lambda: keys.type("Only here: "))
    texts = {account.pk: resolve(newest(four), account).text.value for account in accounts}
    assert texts.pop(accounts[1].pk) == f"Only here: {four.text}"
    assert set(texts.values()) == {four.text}
    keys.to(f"{own} [data-common]", back=True)
    saved(page, lambda: keys.press("Enter"))
    assert page.evaluate("document.activeElement.matches('[data-change]')")
    assert {resolve(newest(four), account).text.value for account in accounts} == {four.text}
    assert page.errors == []


def test_posts_are_approved_together_on_a_telephones_screen(live_server, settings, open_page):
    settings.LANGUAGE_CODE = "en"
    world.make_user("chief", "chief")
    account, writer = world.make_account(), world.make_user("writer", "social_editor")
    posts = [world.make_post(text, [account], created_by=writer) for text in ("The ferry runs.", "The theatre opens.")]
    page = open_page(390)
    log_in(page, "chief")
    page.goto("/admin/smeditor/posts/")
    keys = Keyboard(page)
    for post in reversed(posts):  # the newest stands first
        keys.to(f"[data-object-id='{post.pk}']")
        keys.press("Space")
    keys.to("[data-bulk-action-button][href*='approve'], [data-bulk-action-button][data-bulk-action-type='approve']")
    keys.go()
    assert "The ferry runs." in page.inner_text("main")
    keys.to("form:has([name^='seen-']) button[type=submit]")
    in_sight = page.evaluate("document.activeElement.getBoundingClientRect().right")
    assert in_sight <= 390
    keys.go()
    assert "2 posts are approved." in page.inner_text("body")
    assert all(Post.objects.get(pk=post.pk).live for post in posts)


def test_a_delivery_is_moved_in_the_calendar_and_back(calendar, delivery):
    page, before = calendar(), wall(delivery)
    keys = Keyboard(page)
    keys.to(f"#delivery-{delivery.pk} .sme-grab")
    keys.press("Enter", "ArrowRight", "ArrowDown")
    keys.go()
    assert wall(delivery).replace(tzinfo=None) == (before + timedelta(days=1, hours=1)).replace(tzinfo=None)
    page.wait_for_function("document.activeElement.className === 'sme-grab'")
    keys.to(".messages form button", back=True)
    keys.go("Space")
    assert wall(delivery) == before


def test_two_editors_on_one_post(desk, editor, four, open_page):
    world.make_user("omar", "chief", first_name="Omar", last_name="Diaz")
    first, second = opened(open_page, four), opened(open_page, four, user="omar")
    nora, omar = Keyboard(first), Keyboard(second)
    for keys in (nora, omar):
        keys.to("#id_text")
        keys.press("Control+A")
    saved(first, lambda: nora.type("What Nora wrote."))
    with second.expect_response(is_autosave) as refused:
        omar.type("What Omar wrote.")
    assert refused.value.json()["error_code"] == "invalid_revision"
    omar.to("footer [data-w-dropdown-target='toggle']")
    omar.press("Enter")
    omar.to("button[name='action-publish']")
    omar.press("Enter")
    second.locator("#w-save-confirmation-dialog").wait_for()
    omar.to("#w-save-confirmation-dialog [data-w-dialog-target=confirm]")
    omar.go()
    assert "Nothing was approved" in second.inner_text(".messages")
    assert second.input_value("#id_text") == "What Omar wrote."
    assert newest(four).text == "What Nora wrote."
    omar.approve()
    assert Post.objects.get(pk=four.pk).live_revision.as_object().text == "What Omar wrote."


def test_a_correction_to_its_tasks_done(desk, sent, open_page):
    page = open_page()
    log_in(page, "nora")
    page.goto(f"/admin/smeditor/articles/{desk.article.pk}/")
    keys = Keyboard(page)
    keys.to(f"[href$='{reverse('smeditor:article_correct', args=[desk.article.pk])}']")
    keys.go()
    keys.to("#id_text")
    keys.type("The tram opens in June, not in May.")
    keys.to("form:has(#id_text) button[type=submit]")
    keys.go()
    assert set(PostCorrection.objects.values_list("state", flat=True)) == {State.OPEN}
    for wrong, remedy in zip(sent, ("edit", "reply"), strict=True):
        task = PostCorrection.objects.get(delivery=wrong)
        keys.to(f"form[action$='/{task.pk}/begin/']:has([value={remedy}]) button")
        keys.go()
        page.wait_for_selector(".sme-compose[data-turn]")
        keys.approve()
        page.goto("/admin/smeditor/post-corrections/")
    now = timezone.now()
    written = Delivery.objects.exclude(pk__in=[wrong.pk for wrong in sent])
    assert [row.operation for row in written.order_by("pk")] == ["edit", "publish"]
    written.update(state=Delivery.State.SENT, sent_at=now, remote_id="r9")
    corrections.resolve(now)
    page.goto("/admin/smeditor/post-corrections/?state=done")
    assert page.locator("table.listing tbody tr").count() == 2
