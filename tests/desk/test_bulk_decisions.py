"""Several deliveries that came too late, decided at once: never a flood, and only what nobody doubts."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor import conf
from smeditor.desk import delivery_bulk
from smeditor.models import Delivery, Desk, Hold
from tests.desk import world
from tests.desk.bulk import bulk_url, in_bulk
from tests.desk.test_actions import messages_of
from tests.desk.test_permissions import INLINE, main_part

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


def test_what_is_sent_after_all_goes_out_newest_first_with_the_gap_between(late, client, as_role):
    as_role("chief")
    assert "3 go out in turn, the newest first." in messages_of(in_bulk(client, "send", late))
    sent = list(Delivery.objects.filter(pk__in=[row.pk for row in late], state=State.SCHEDULED).order_by("slot"))
    assert [row.pk for row in sent] == [row.pk for row in reversed(late)]
    gaps = [second.slot - first.slot for first, second in pairwise(sent)]
    assert gaps == [timedelta(minutes=10)] * 2


def test_what_is_dropped_is_never_sent(late, client, as_role):
    as_role("chief")
    assert "3 are dropped." in messages_of(in_bulk(client, "drop", late))
    assert set(Delivery.objects.filter(pk__in=[row.pk for row in late]).values_list("state", flat=True)) == {
        State.CANCELLED
    }


def test_a_doubt_is_never_decided_in_bulk(late, client, as_role):
    as_role("chief")
    Delivery.objects.filter(pk=late[0].pk).update(state=State.HUMAN)
    in_bulk(client, "send", late)
    late[0].refresh_from_db()
    assert late[0].state == State.HUMAN


def test_nothing_chosen_is_said(desk, client, as_role):
    as_role("chief")
    assert "Choose at least one" in messages_of(client.get(bulk_url("send", [])))


def test_the_proof_says_who_dropped_it(late, client, as_role):
    user = as_role("chief")
    in_bulk(client, "drop", late[:1])
    record = client.get(reverse("smeditor:delivery_json", args=[late[0].pk])).json()
    assert [(row["by"], row["decision"]) for row in record["decisions"]] == [
        (user.get_username(), "A person dropped it.")
    ]


def test_the_home_page_tells_of_tokens_that_expire_and_holds_to_review(desk, client, as_role):
    as_role("chief")
    world.make_account("soon-over", reconnect_by=timezone.now() + timedelta(days=5, hours=1))
    Hold.objects.create(scope=Hold.Scope.ALL, reason="Flood", review_at=timezone.now() - timedelta(minutes=1))
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "5 days left" in page
    assert "Holds to review" in page
    assert "Everything – Flood" in page


def test_the_page_shows_each_delivery_whole_and_names_what_is_refused_with_its_reason(late, client, as_role, desk):
    as_role("chief")
    doubt = world.make_delivery(desk.post, world.make_account("doubt"), state=State.HUMAN)
    sent = world.make_delivery(desk.post, world.make_account("sent"), state=State.SENT)
    page = client.get(bulk_url("send", [*late, doubt, sent])).content.decode()
    assert all(f'name="seen-{row.pk}"' in page for row in late)
    assert f'name="seen-{doubt.pk}"' not in page
    assert "Nobody knows whether it is there" in page
    assert "Its state does not allow it: sent." in page


@pytest.mark.parametrize("action", delivery_bulk.ACTIONS)
def test_the_page_puts_no_script_and_no_style_into_itself(late, client, as_role, action):
    as_role("chief")
    response = client.get(bulk_url(action.action_type, late))
    assert response.status_code == 200
    assert INLINE.findall(main_part(response)) == []


def test_what_moved_on_after_the_page_was_opened_is_refused_by_name(late, client, as_role):
    as_role("chief")
    Delivery.objects.filter(pk=late[0].pk).update(state=State.SENT)
    result = messages_of(in_bulk(client, "drop", late))
    assert "2 are dropped." in result
    assert f"{late[0]}: Its state does not allow it: sent." in result
    assert Delivery.objects.get(pk=late[0].pk).state == State.SENT


def test_a_text_that_was_changed_after_the_page_was_opened_is_not_sent(late, client, as_role):
    as_role("chief")
    result = messages_of(in_bulk(client, "send", late, **{f"seen-{late[0].pk}": "0" * 64}))
    assert "2 go out" in result
    assert "The text was changed meanwhile." in result
    assert Delivery.objects.get(pk=late[0].pk).state == State.LATE


def test_what_the_page_did_not_show_is_not_touched(late, client, as_role):
    as_role("chief")
    result = messages_of(client.post(bulk_url("drop", late), {f"seen-{late[0].pk}": late[0].payload_hash}))
    assert "1 is dropped." in result
    assert Delivery.objects.filter(pk__in=[row.pk for row in late], state=State.LATE).count() == 2


def test_another_desks_delivery_is_refused_by_the_name_of_its_desk(client, as_role):
    theirs = world.make_account("theirs", desk=Desk.objects.create(name="Sport"))
    delivery = world.make_delivery(world.make_post("Match", [theirs]), theirs, state=State.LATE)
    as_role("social_editor")
    assert "Sport" in client.get(bulk_url("drop", [delivery])).content.decode()
    in_bulk(client, "drop", [delivery])
    assert Delivery.objects.get(pk=delivery.pk).state == State.LATE


def test_several_are_moved_in_the_order_that_they_have_with_the_gap_between(client, as_role, desk):
    as_role("social_editor")
    account = world.make_account("moved", minimum_gap=10)
    planned = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    rows = [
        world.make_delivery(
            world.make_post(f"Planned {number}", [account]),
            account,
            state=State.SCHEDULED,
            slot=planned + timedelta(minutes=10 * number),
        )
        for number in range(3)
    ]
    start = planned + timedelta(minutes=5)
    response = in_bulk(client, "move", rows, slot=f"{timezone.localtime(start, conf.zone()):%Y-%m-%dT%H:%M}")
    assert "3 are moved." in messages_of(response)
    slots = [Delivery.objects.get(pk=row.pk).slot for row in rows]
    assert slots == [start + timedelta(minutes=10 * number) for number in range(3)]


def test_a_time_that_has_passed_moves_nothing_and_the_page_says_so(late, client, as_role):
    as_role("chief")
    page = in_bulk(client, "move", late, slot="2020-01-01T10:00").content.decode()
    assert "This time has passed" in page
    assert Delivery.objects.filter(pk__in=[row.pk for row in late], state=State.LATE).count() == 3


def test_several_are_deleted_on_their_network(client, as_role):
    account = world.make_account("deletable")
    rows = [
        world.make_delivery(world.make_post(f"Wrong {number}", [account]), account, state=State.SENT)
        for number in range(2)
    ]
    as_role("chief")
    assert "2 are deleted" in messages_of(in_bulk(client, "delete_remote", rows))
    assert [row.changes.get().operation for row in rows] == [Delivery.Operation.DELETE] * 2
    assert "being deleted already" in client.get(bulk_url("delete_remote", rows)).content.decode()


def test_the_list_offers_boxes_and_a_spreadsheet_of_what_is_shown(late, client, as_role):
    as_role("social_editor")
    page = client.get(reverse("smeditor:deliveries")).content.decode()
    assert f'data-object-id="{late[0].pk}"' in page
    assert "export=xlsx" in page
    lines = (
        b"".join(client.get(reverse("smeditor:deliveries"), {"export": "csv", "state": "late"})).decode().splitlines()
    )
    assert lines[0].startswith("Delivery,Post,Account,Operation,State")
    assert len(lines) == 4
