"""Moving a delivery: to what was really seen, by who may, and back again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Delivery, Desk
from tests.desk import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(desk):
    """A delivery that goes out tomorrow."""
    slot = timezone.now() + timedelta(days=1)
    Delivery.objects.filter(pk=desk.delivery.pk).update(slot=slot, due_at=slot)
    desk.delivery.refresh_from_db()
    return desk.delivery


@pytest.fixture
def move(client, planned):
    def post(slot, **data):
        address = reverse("smeditor:delivery_move", args=[planned.pk])
        data = {"slot": slot.isoformat(), "seen_slot": planned.slot.isoformat(), **data}
        return client.post(address, data, follow=True).content.decode()

    return post


def slot_of(delivery):
    return Delivery.objects.get(pk=delivery.pk).slot


def test_it_goes_where_it_was_dropped(as_role, planned, move):
    as_role("chief")
    later = planned.slot + timedelta(hours=2)
    assert "It goes out on" in move(later)
    assert slot_of(planned) == later


def test_it_is_taken_back_with_what_the_message_holds(client, as_role, planned, move):
    as_role("chief")
    before, later = planned.slot, planned.slot + timedelta(hours=2)
    assert f'name="slot" value="{before.isoformat()}"' in move(later)
    data = {"slot": before.isoformat(), "seen_slot": later.isoformat(), "undo": "1"}
    client.post(reverse("smeditor:delivery_move", args=[planned.pk]), data)
    assert slot_of(planned) == before


def test_what_somebody_moved_meanwhile_stays(as_role, planned, move):
    as_role("chief")
    elsewhere = planned.slot + timedelta(days=3)
    Delivery.objects.filter(pk=planned.pk).update(slot=elsewhere)
    assert "It was moved meanwhile" in move(planned.slot + timedelta(hours=2))
    assert slot_of(planned) == elsewhere


@pytest.mark.parametrize("slot_shown", ["yesterday", "2026-13-40", "\x00", "9" * 400])
def test_a_page_that_showed_no_time_moves_nothing(as_role, planned, move, slot_shown):
    as_role("chief")
    assert "The page is out of date" in move(planned.slot + timedelta(hours=2), seen_slot=slot_shown)
    assert slot_of(planned) == planned.slot


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-03-29T01:30", "2026-03-29T00:30:00+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),  # the clock shows no such time: what it shows is 03:30
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),  # it comes twice: the first
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00+00:00"),  # the second, as the day's hours post it
    ],
)
def test_a_night_in_which_the_clocks_change(as_role, settings, client, desk, typed, instant):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    with time_machine.travel(datetime(2026, 3, 9, 8, tzinfo=UTC)):
        as_role("chief")
        Delivery.objects.update(slot=datetime(2026, 3, 10, 8, tzinfo=UTC), state=Delivery.State.SCHEDULED)
        client.post(reverse("smeditor:delivery_move", args=[desk.delivery.pk]), {"slot": typed})
    assert slot_of(desk.delivery).isoformat() == instant


def test_it_does_not_go_into_the_past(as_role, planned, move):
    as_role("chief")
    assert "This time has passed" in move(timezone.now() - timedelta(hours=2))
    assert slot_of(planned) == planned.slot


@pytest.mark.parametrize("state", [Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNKNOWN])
def test_what_is_being_sent_stays(as_role, planned, move, state):
    as_role("chief")
    Delivery.objects.filter(pk=planned.pk).update(state=state)
    assert "It has moved on meanwhile" in move(planned.slot + timedelta(hours=2))
    assert slot_of(planned) == planned.slot


def test_a_worker_that_has_claimed_it_loses_it(as_role, planned, move):
    as_role("chief")
    fence = planned.fence
    move(planned.slot + timedelta(hours=2))
    assert Delivery.objects.get(pk=planned.pk).fence > fence


def test_another_desks_stays(client, desk, planned, move):
    client.force_login(world.make_user("social", "social_editor"))
    type(desk.account).objects.update(desk=Desk.objects.create(name="Town", slug="town"))
    assert "belongs to the desk" in move(planned.slot + timedelta(hours=2))
    assert slot_of(planned) == planned.slot
