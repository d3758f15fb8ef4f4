"""The queue, several at once: moved by minutes, moved to free slots, held; each as it was shown, and by who may."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from smeditor.models import Delivery, Desk, Hold, Slot
from tests.desk import world
from tests.desk.bulk import bulk_url, in_bulk
from tests.desk.test_actions import messages_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)  # a Monday; nine o'clock in Paris


@pytest.fixture(autouse=True)
def _now(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queue(desk):
    account = world.make_account("queue", minimum_gap=10)
    return [
        world.make_delivery(
            world.make_post(f"Post {number}", [account]), account, slot=NOW + timedelta(hours=1, minutes=20 * number)
        )
        for number in range(3)
    ]


def slots(rows):
    return [Delivery.objects.get(pk=row.pk).slot for row in rows]


@pytest.mark.parametrize("minutes", [90, -30])
def test_each_is_moved_by_the_same_minutes(client, as_role, queue, minutes):
    as_role("social_editor")
    assert "3 are moved." in messages_of(in_bulk(client, "shift", queue, minutes=str(minutes)))
    assert slots(queue) == [row.slot + timedelta(minutes=minutes) for row in queue]


@pytest.mark.parametrize("minutes", ["0", "", "many", "9" * 30])
def test_minutes_that_are_none_move_nothing(client, as_role, queue, minutes):
    as_role("social_editor")
    assert in_bulk(client, "shift", queue, minutes=minutes).status_code == 200
    assert slots(queue) == [row.slot for row in queue]


def test_what_would_go_out_in_the_past_stays_and_is_named(client, as_role, queue):
    as_role("social_editor")
    result = messages_of(in_bulk(client, "shift", queue, minutes="-70"))
    assert "This time has passed" in result
    assert slots(queue)[0] == queue[0].slot
    assert slots(queue)[1] == queue[1].slot - timedelta(minutes=70)


def test_what_somebody_moved_since_the_page_showed_it_stays(client, as_role, queue):
    as_role("social_editor")
    shown = {f"slot-{row.pk}": row.slot.isoformat() for row in queue}
    elsewhere = queue[0].slot + timedelta(hours=5)
    Delivery.objects.filter(pk=queue[0].pk).update(slot=elsewhere)
    assert "It was moved meanwhile" in messages_of(in_bulk(client, "shift", queue, minutes="5", **shown))
    assert slots(queue)[0] == elsewhere


def test_the_page_carries_the_slot_that_it_showed(client, as_role, queue):
    as_role("social_editor")
    page = client.get(bulk_url("shift", queue)).content.decode()
    assert f'name="slot-{queue[0].pk}" value="{queue[0].slot.isoformat()}"' in page


def test_each_gets_the_next_free_slot_in_their_order(client, as_role, queue):
    as_role("social_editor")
    account = queue[0].account
    for weekday in (1, 2, 3):
        Slot.objects.create(account=account, weekday=weekday, time=time(7, 30))
    taken = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)
    world.make_delivery(world.make_post("Taken", [account]), account, slot=taken)
    in_bulk(client, "next_slots", queue)
    assert slots(queue) == [datetime(2026, 3, day, 6, 30, tzinfo=UTC) for day in (10, 12, 17)]


def test_each_post_is_held_once_with_the_reason(client, as_role, desk, queue):
    as_role("social_editor")
    Hold.objects.all().delete()
    second = world.make_delivery(queue[0].post, desk.account, slot=queue[0].slot)
    messages_of(in_bulk(client, "hold", [*queue, second], reason="The vote is postponed."))
    held = Hold.objects.filter(scope=Hold.Scope.POST, lifted_at__isnull=True)
    assert sorted(held.values_list("post", flat=True)) == sorted(row.post_id for row in queue)
    assert set(held.values_list("reason", flat=True)) == {"The vote is postponed."}
    assert "on hold already" in messages_of(in_bulk(client, "hold", queue[:1], reason="Again."))
    assert held.count() == 3


@pytest.mark.parametrize(
    ("action", "data"), [("shift", {"minutes": "5"}), ("next_slots", {}), ("hold", {"reason": "No."})]
)
def test_another_desks_queue_is_left(client, desk, queue, action, data):
    client.force_login(world.make_user("social", "social_editor"))
    type(desk.account).objects.update(desk=Desk.objects.create(name="Town", slug="town"))
    Hold.objects.all().delete()
    assert "belongs to the desk" in messages_of(in_bulk(client, action, queue, **data))
    assert slots(queue) == [row.slot for row in queue]
    assert not Hold.objects.exists()


@pytest.mark.parametrize("state", [Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.HUMAN])
def test_what_is_not_in_the_queue_is_left(client, as_role, queue, state):
    as_role("social_editor")
    Delivery.objects.filter(pk=queue[0].pk).update(state=state)
    in_bulk(client, "shift", queue, minutes="5")
    assert slots(queue)[0] == queue[0].slot
