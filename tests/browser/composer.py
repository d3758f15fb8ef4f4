"""The composer as a test uses it: opened, saved by Wagtail itself, one account's card, what was said before."""

from django.utils import timezone

from smeditor.models import Post
from tests.browser.conftest import log_in
from tests.desk import world

PARTS = [
    "The tram opens in May.",
    "It has nine stops.",
    "The first leaves at six.",
    "A ticket costs two euros.",
    "More:",
]
"""A thread of five."""


def opened(open_page, post, width=1280, user="nora"):
    page = open_page(width)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.errors = errors
    log_in(page, user)
    page.goto(f"/admin/smeditor/posts/edit/{post.pk}/")
    page.wait_for_selector(".sme-compose[data-turn]")
    return page


def used(post, account, text):
    """A message that went out on the account before."""
    sent = {"version": 2, "parts": [{"text": text, "media": [], "card": None}]}
    world.make_delivery(post, account, payload=sent, sent_at=timezone.now(), state="sent")


def card(page, account):
    return page.locator(f".sme-compose__account[data-account='{account.pk}']")


def newest(post):
    return Post.objects.get(pk=post.pk).get_latest_revision_as_object()


def is_autosave(answer):
    return answer.request.method == "POST" and answer.url.split("/posts/")[-1].startswith(("add/", "edit/"))


ALL_IS_SAVED = """() => {
    const form = document.getElementById('w-editor-form');
    const unsaved = window.wagtail.app.getControllerForElementAndIdentifier(form, 'w-unsaved');
    return form.dataset.wUnsavedHasEditsValue === 'false' && unsaved.initialFormData === unsaved.formData;
}"""
"""An answer alone does not say it: it may be the one to what was typed before."""


def saved(page, change):
    """Do ``change`` and wait until Wagtail has saved by itself what came of it."""
    with page.expect_response(is_autosave):
        change()
    page.wait_for_function(ALL_IS_SAVED)
