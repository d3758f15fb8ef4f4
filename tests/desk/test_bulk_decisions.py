"""Several deliveries that came too late, decided at once: never a flood, and only what nobody doubts."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Delivery, Hold
from tests.desk import world
from tests.desk.test_actions import messages_of, perform

State = Delivery.State


@pytest.fixture
def late(desk):
    account = world.make_account("late", minimum_gap=10)
    hours_ago = timezone.now() - timedelta(hours=8)
    return [
        world.make_delivery(
            world.make_post(f"Late {number}", [account]),
            account,
            state=State.LATE,
            slot=hours_ago + timedelta(minutes=number),
        )
        for number in range(3)
    ]


def decide(client, deliveries, decision):
    return perform(client, "deliveries_decide", delivery=[row.pk for row in deliveries], decision=decision)


def test_what_is_sent_after_all_goes_out_newest_first_with_the_gap_between(late, client, as_role):
    as_role("chief")
    assert "3 go out in turn, the newest first." in messages_of(decide(client, late, "send"))
    sent = list(Delivery.objects.filter(pk__in=[row.pk for row in late], state=State.SCHEDULED).order_by("slot"))
    assert [row.pk for row in sent] == [row.pk for row in reversed(late)]
    gaps = [second.slot - first.slot for first, second in pairwise(sent)]
    assert gaps == [timedelta(minutes=10)] * 2


def test_what_is_dropped_is_never_sent(late, client, as_role):
    as_role("chief")
    assert "3 are dropped." in messages_of(decide(client, late, "drop"))
    assert set(Delivery.objects.filter(pk__in=[row.pk for row in late]).values_list("state", flat=True)) == {
        State.CANCELLED
    }


def test_a_doubt_is_never_decided_in_bulk(late, client, as_role):
    as_role("chief")
    Delivery.objects.filter(pk=late[0].pk).update(state=State.HUMAN)
    decide(client, late, "send")
    late[0].refresh_from_db()
    assert late[0].state == State.HUMAN


def test_nothing_chosen_is_said(desk, client, as_role):
    as_role("chief")
    assert "Choose at least one" in messages_of(decide(client, [], "send"))


def test_the_proof_says_who_dropped_it(late, client, as_role):
    user = as_role("chief")
    decide(client, late[:1], "drop")
    record = client.get(reverse("smeditor:delivery_json", args=[late[0].pk])).json()
    assert [(row["by"], row["decision"]) for row in record["decisions"]] == [
        (user.get_username(), "A person dropped it.")
    ]


def test_the_home_page_tells_of_tokens_that_expire_and_holds_to_review(desk, client, as_role):
    as_role("chief")
    world.make_account("soon-over", expires_at=timezone.now() + timedelta(days=5, hours=1))
    Hold.objects.create(scope=Hold.Scope.ALL, reason="Flood", review_at=timezone.now() - timedelta(minutes=1))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "5 days left" in page
    assert "Holds to review" in page
    assert "everything: Flood" in page
