"""A breaking story beside cheerful posts: an editor reads what clashes, holds some of it, lets the rest go, takes it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.models import Hold, HoldProposal, Role, SensitiveEvent
from tests.browser.conftest import log_in
from tests.desk import world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clashing(live_server, settings):
    settings.LANGUAGE_CODE = "en"
    world.make_user("nora", Role.CHIEF)
    now, account = timezone.now(), world.make_account()
    event = SensitiveEvent.objects.create(
        article_key=7,
        title="Plane crash near Lyon",
        noticed_at=now,
        active_until=now + timedelta(hours=20),
        checked_at=now,
    )
    for text in ("Cheap flights to Rome", "Ten weekends by the sea"):
        post = world.make_post(text, accounts=[account])
        world.make_delivery(post, account, slot=now + timedelta(hours=1))
        HoldProposal.objects.create(event=event, post=post, evidence=["travel"], proposed_at=now)


def test_one_is_held_the_other_goes_and_both_are_taken_back(clashing, open_page):
    page = open_page(390)
    log_in(page, "nora")
    page.goto("/admin/")
    page.click(".sme-todo:has-text('clash with')")
    page.wait_for_selector("#sme-clashes")
    page.check("[aria-label='Choose Cheap flights to Rome']")
    with page.expect_navigation():
        page.click("button:has-text('Hold the chosen ones')")
    assert "1 post is on hold" in page.locator(".messages").inner_text()
    assert Hold.objects.get().post.text == "Cheap flights to Rome"
    page.check("[aria-label='Choose Ten weekends by the sea']")
    with page.expect_navigation():
        page.click("button:has-text('Let the chosen ones go out')")
    assert Hold.objects.count() == 1
    page.shot("clashes-decided")
    for _decision in range(2):
        with page.expect_navigation():
            page.click("button:has-text('Undo') >> nth=0")
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()
    assert page.locator(".sme-card [type=checkbox]").count() == 2
