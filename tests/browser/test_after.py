"""After the post, in a real browser: a correction on an article to its tasks done; results shown; a post said again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.models import Delivery, LibraryUse, Part, Post, PostCorrection
from smeditor.publishing import corrections
from tests.browser.conftest import log_in
from tests.browser.test_day import submit
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
State = PostCorrection.State


@pytest.fixture
def sent(desk):
    """A post that is on Mastodon and on Bluesky since an hour."""
    world.make_user("nora", "chief", first_name="Nora", last_name="Bell")
    desk.hold.delete()
    desk.task.delete()
    hour_ago = timezone.now() - timedelta(hours=1)
    bluesky = world.make_account("paper.example", "bluesky", limits={"max_length": 300, "unit": "grapheme"})
    Post.objects.filter(pk=desk.post.pk).update(live=True)
    desk.post.accounts.set([desk.account, bluesky])
    rows = [desk.delivery, world.make_delivery(desk.post, bluesky)]
    for place, row in enumerate(rows):
        known = {"state": "sent", "sent_at": hour_ago, "approved_at": hour_ago, "remote_id": f"r{place}"}
        Delivery.objects.filter(pk=row.pk).update(**known)
        Part.objects.filter(delivery=row).update(remote_id=f"r{place}")
    return rows


def test_a_correction_to_its_tasks_done(desk, sent, open_page):
    page = open_page()
    log_in(page, "nora")
    page.goto(f"/admin/smeditor/articles/{desk.article.pk}/")
    with page.expect_navigation():
        page.click("text=Correction on this article")
    page.fill("#id_text", "The tram opens in June, not in May.")
    submit(page, "text=Open the tasks")
    assert "2 posts are to be corrected." in page.inner_text(".messages")
    page.shot("after-tasks")
    edit(sent[0], page)
    reply(sent[1], page)
    carried_out(sent)
    page.goto("/admin/smeditor/post-corrections/")
    assert "Nothing of ours" not in page.inner_text("main")
    page.goto("/admin/smeditor/post-corrections/?state=done")
    assert page.locator("table.listing tbody tr").count() == 2
    page.shot("after-done")


def edit(delivery, page):
    """On Mastodon the text is changed: one click writes the draft, which is approved as any other."""
    submit(page, "button:has-text('Write the edit')")
    page.wait_for_selector("form[action*='/posts/edit/'], #id_text")
    page.shot("after-edit")
    draft = Post.objects.get(pk=delivery.post_id).get_latest_revision_as_object()
    assert "Correction: The tram opens in June" in draft.variants.get(account=delivery.account).text
    page.goto("/admin/smeditor/post-corrections/")


def reply(delivery, page):
    """On Bluesky nothing can be edited: the correction stands beneath."""
    submit(page, "button:has-text('Write the reply')")
    assert "The tram opens in June, not in May." in page.input_value("#id_text")
    page.click("footer [data-w-dropdown-target='toggle']")
    submit(page, "button[name='action-publish']")
    written = Delivery.objects.exclude(post_id=delivery.post_id).get()
    assert written.payload["reply_to"]["uri"] == delivery.remote_id or written.payload["reply_to"]["uri"] == "r1"


def carried_out(sent):
    """What a worker does, without a network: the edit and the reply are sent, and the desk notices."""
    now = timezone.now() + timedelta(seconds=1)
    world.make_delivery(
        sent[0].post, sent[0].account, operation="edit", target=sent[0], state="sent", sent_at=now, approved_at=now
    )
    Delivery.objects.filter(post__corrects__delivery=sent[1]).update(state="sent", sent_at=now)
    corrections.resolve(now)
    assert set(PostCorrection.objects.values_list("state", flat=True)) == {State.DONE}


def test_results_are_shown_and_a_post_is_said_again(desk, sent, open_page):
    for row in sent:
        world.make_result(row)
    page = open_page(width=390)
    log_in(page, "nora")
    page.goto("/admin/smeditor/went-well/")
    assert page.locator("table.listing tbody tr").count() == 2
    page.shot("after-results")
    page.goto(f"/admin/smeditor/deliveries/{sent[0].pk}/")
    assert "2,890" in page.inner_text("main")
    assert page.locator(".sme-plot__bar").count() == 3
    page.shot("after-delivery")
    page.goto("/admin/smeditor/library/")
    page.shot("after-library")
    submit(page, "button:has-text('Use again')")
    assert LibraryUse.objects.get().post.text == page.input_value("#id_text")
