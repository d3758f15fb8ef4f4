"""An editor's day in the admin, in a real browser: write, approve, look, label, seal, answer."""

import pytest
from wagtail.users.models import UserProfile

from smeditor.models import Concern, Delivery, Post, Reaction, ReactionLabel, Tip
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = {
    "home": "/admin/",
    "inbox": "/admin/smeditor/inbox/",
    "concerns": "/admin/smeditor/concerns/",
    "deliveries": "/admin/smeditor/deliveries/",
    "calendar": "/admin/smeditor/calendar/",
    "posts": "/admin/smeditor/posts/",
    "decide": "/admin/smeditor/deliveries/decide/",
    "alerts": "/admin/smeditor/alerts/",
    "tips": "/admin/smeditor/tips/",
}


@pytest.fixture
def editor(desk):
    return world.make_user("nora", "chief", first_name="Nora", last_name="Bell")


def test_the_day(desk, editor, open_page):
    page = open_page()
    log_in(page, "nora")
    page.shot("home")
    write_and_approve(desk, page)
    label_and_take_back(desk, page)
    seal_a_tip(desk, page)
    answer_a_concern(desk, page)


def submit(page, selector):
    with page.expect_navigation():
        page.click(selector)


def write_and_approve(desk, page):
    page.goto(f"/admin/smeditor/posts/edit/{desk.post.pk}/")
    page.fill("#id_text", "The tram opens on 3 May. " + "x" * 490)
    page.wait_for_selector(".sme-compose__side .sme-counter__item--over")
    page.fill("#id_text", "The tram opens on 3 May, at six in the morning.")
    page.wait_for_selector(".sme-compose__side .sme-counter__item:not(.sme-counter__item--over)")
    page.shot("post")
    # Saving and previewing write at once, and the tests' threads share one connection to the database.
    page.wait_for_selector("#w-editor-form[data-w-unsaved-has-edits-value=false]", state="attached")
    page.click("button[aria-label='Toggle preview']")
    card = page.frame_locator(".w-preview iframe").first.locator(".sme-post__text")
    card.wait_for()
    page.shot("post-preview")
    page.click("footer [data-w-dropdown-target='toggle']")
    submit(page, "button[name='action-publish']")
    assert "Approved." in page.inner_text(".messages")
    assert Post.objects.get(pk=desk.post.pk).live
    delivery = Delivery.objects.get(post=desk.post)
    page.goto(f"/admin/smeditor/deliveries/{delivery.pk}/")
    assert "at six in the morning" in page.inner_text("main")
    page.shot("proof")


def label_and_take_back(desk, page):
    page.goto("/admin/smeditor/inbox/")
    page.shot("inbox")
    page.check(f"input[name=id][value='{desk.reaction.pk}']")
    page.select_option("#sme-bulk-label", "testimony")
    submit(page, "#sme-bulk button[formaction$='/label/']")
    assert ReactionLabel.objects.filter(reaction=desk.reaction, label="testimony", by="editor").exists()
    page.check("[data-w-bulk-target=all]")
    submit(page, "#sme-bulk button[formaction$='/done/']")
    assert not Reaction.objects.filter(queue="inbox").exists()
    submit(page, "button:has-text('Take back')")
    assert Reaction.objects.filter(queue="inbox").count() == 3
    page.goto(f"/admin/smeditor/inbox/{desk.reaction.pk}/")
    page.click("text=Why these labels?")
    page.shot("reaction")


def seal_a_tip(desk, page):
    text = "I work on the site and I have the documents."
    reaction = world.make_reaction(text, account=desk.account, article=desk.article, labels=["tip"])
    page.goto(f"/admin/smeditor/inbox/{reaction.pk}/tip/")
    submit(page, "button:has-text('Yes, seal it')")
    tip = Tip.objects.exclude(pk=desk.tip.pk).get()
    page.goto(f"/admin/smeditor/tips/{tip.pk}/")
    assert text not in page.inner_text("main")
    submit(page, "text=Open the envelope")
    assert text in page.inner_text("main")
    page.shot("tip")


def answer_a_concern(desk, page):
    page.goto(f"/admin/smeditor/concerns/{desk.concern.pk}/")
    page.shot("concern")
    page.click("text=Answer everyone")
    page.fill("#id_text", "The first tram leaves at six.")
    page.shot("concern-answer")
    submit(page, "text=Prepare the replies")
    page.shot("concern-approve")
    submit(page, "text=Approve all that are ticked")
    assert "3 replies are approved." in page.inner_text(".messages")
    assert Concern.objects.get(pk=desk.concern.pk).state == Concern.State.ANSWERED
    assert Delivery.objects.filter(post__concern=desk.concern, state=Delivery.State.SCHEDULED).count() == 3


def test_the_keyboard_is_enough_for_the_inbox(desk, editor, open_page):
    page = open_page()
    log_in(page, "nora")
    page.goto("/admin/smeditor/inbox/")
    box = page.locator(f"input[name=id][value='{desk.reaction.pk}']")
    box.focus()
    page.keyboard.press("Space")
    assert box.is_checked()
    page.locator("#sme-bulk button[formaction$='/done/']").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Reaction.objects.get(pk=desk.reaction.pk).queue == "done"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_its_window(desk, editor, open_page, width, language):
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": language})
    page = open_page(width, language)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, "nora")
    wide = {}
    for name, url in PAGES.items():
        page.goto(url)
        page.shot(name)
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            wide[name] = found
    assert wide == {}
    assert errors == []
