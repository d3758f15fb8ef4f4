"""The page of clashes: what is proposed and why; an editor holds all or some, lets go, and takes it back."""

from datetime import timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Desk, Hold, HoldProposal, Role, SensitiveEvent, TopicClash
from smeditor.publishing.starter_clashes import set_up_clashes
from tests.desk import world

pytestmark = pytest.mark.django_db
PAGE = "smeditor:clashes"


@pytest.fixture
def event(desk):
    Hold.objects.all().delete()
    HoldProposal.objects.all().delete()
    set_up_clashes()
    now = timezone.now()
    return SensitiveEvent.objects.create(
        article_key=77, title="Plane crashes", noticed_at=now, active_until=now + timedelta(hours=9), checked_at=now
    )


def propose(event: SensitiveEvent, account, text: str = "Cheap flights to Rome", **fields) -> HoldProposal:
    post = world.make_post(text, accounts=[account])
    world.make_delivery(post, account, slot=timezone.now() + timedelta(hours=1))
    clash = TopicClash.objects.filter(name__startswith="Air").first()
    return HoldProposal.objects.create(
        event=event, post=post, clash=clash, evidence=["cheap flight*"], proposed_at=timezone.now(), **fields
    )


def page_of(client) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse(PAGE)).content, "html.parser")


def say(response) -> str:
    return unescape(BeautifulSoup(response.content, "html.parser").select_one(".messages").text)


def decide(client, name: str, *proposals: HoldProposal):
    return client.post(reverse(f"smeditor:{name}"), {"proposal": [row.pk for row in proposals]}, follow=True)


def test_each_post_stands_there_whole_with_the_reason_and_its_times(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    propose(event, desk.account, "Cheap flights to Rome\nand back")
    [card] = page_of(client).select(".sme-card")
    assert "Plane crashes" in card.text
    assert "nobody should be invited to fly beside it" in card.text
    assert "and back" in card.text
    assert str(desk.account) in card.text


def test_the_chosen_ones_are_held_and_the_others_are_not(desk, event, client, as_role):
    me = as_role(Role.DESK_EDITOR)
    first, second = propose(event, desk.account), propose(event, desk.account)
    assert "1 post is on hold" in say(decide(client, "clashes_hold", first))
    assert [(hold.post_id, hold.placed_by) for hold in Hold.objects.all()] == [(first.post_id, me)]
    second.refresh_from_db()
    assert second.state == HoldProposal.State.OPEN


def test_all_that_are_shown_are_held_by_one_button(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    [propose(event, desk.account) for _number in range(3)]
    form = page_of(client).select("main form")[-1]
    keys = [field["value"] for field in form.select("[name=proposal]")]
    client.post(form["action"], {"proposal": keys})
    assert Hold.objects.count() == 3


def test_what_is_let_go_is_not_held_nor_proposed_any_more(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    proposal = propose(event, desk.account)
    assert "goes out at its time" in say(decide(client, "clashes_leave", proposal))
    assert not Hold.objects.exists()
    assert "Decided lately" in page_of(client).text


def test_a_decision_is_taken_back(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    proposal = propose(event, desk.account)
    decide(client, "clashes_hold", proposal)
    client.post(reverse("smeditor:clash_undo", args=[proposal.pk]))
    proposal.refresh_from_db()
    assert proposal.state == HoldProposal.State.OPEN
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_what_another_decided_meanwhile_is_said(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    proposal = propose(event, desk.account)
    decide(client, "clashes_leave", proposal)
    assert "meanwhile" in say(decide(client, "clashes_hold", proposal))
    assert not Hold.objects.exists()


def test_nothing_chosen_is_a_sentence(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    assert "Choose at least one post" in say(decide(client, "clashes_hold"))


def test_another_desks_posts_are_seen_and_not_decided_on(desk, event, client, as_role):
    as_role(Role.DESK_EDITOR)
    theirs = propose(event, world.make_account("sport", desk=Desk.objects.create(name="Sport", slug="sport")))
    assert page_of(client).select(".sme-card")
    assert "another desk" in say(decide(client, "clashes_hold", theirs))
    theirs.state = HoldProposal.State.LEFT
    theirs.save()
    client.post(reverse("smeditor:clash_undo", args=[theirs.pk]))
    theirs.refresh_from_db()
    assert theirs.state == HoldProposal.State.LEFT
    assert not Hold.objects.exists()


def test_who_may_not_stop_decides_nothing(desk, event, client, as_role):
    as_role(Role.JOURNALIST)
    proposal = propose(event, desk.account)
    decide(client, "clashes_hold", proposal)
    assert not Hold.objects.exists()
    assert client.get(reverse(PAGE)).status_code == 302


def test_the_page_asks_as_often_however_much_is_proposed(desk, event, client, as_role):
    as_role(Role.CHIEF)

    def queries() -> int:
        client.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(PAGE))
        return len(asked)

    propose(event, desk.account)
    few = queries()
    for number in range(12):
        propose(event, world.make_account(f"a{number}"))
    assert queries() <= few


def test_a_clash_needs_both_of_its_sides(desk, client, as_role):
    as_role(Role.CHIEF)
    form = {"name": "New", "reason": "Why", "active": "on", "event_topics": "Aviation", "event_terms": "", "terms": ""}
    add = reverse("smeditor_topic_clashes:add")
    assert "nothing will ever be found" in client.post(add, {**form, "topics": ""}).content.decode()
    client.post(add, {**form, "topics": "Travel, TRAVEL"})
    assert TopicClash.objects.get(name="New").topics == ["travel"]
