"""The calendar of what goes out: what it shows, what it narrows, and what can be moved in it by whom."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from smeditor.models import Account, Delivery, Desk, Slot
from tests.desk import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)  # a Monday; nine o'clock in Paris
VIEWS = ["day", "week", "month"]


@pytest.fixture(autouse=True)
def _now(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at(desk):
    """A delivery in a slot, on the desk's account unless another is named."""
    Delivery.objects.all().delete()

    def make(slot, text="The bridge opens.", account=None, **fields):
        account = account or desk.account
        post = world.make_post(text, accounts=[account], article=desk.article, created_by=desk.author)
        return world.make_delivery(post, account, slot=slot, due_at=slot, **fields)

    return make


def shown(client, **query):
    return client.get(reverse("smeditor:calendar"), query)


def cells(page):
    return [cell for cell in page.context_data["table"].cells if cell.entries]


@pytest.mark.parametrize("view", VIEWS)
def test_what_goes_out_stands_in_its_field(client, as_role, at, view):
    as_role("chief")
    delivery = at(NOW + timedelta(hours=3))
    page = shown(client, view=view, date="2026-03-09")
    (cell,) = cells(page)
    assert [entry.pk for entry in cell.entries] == [delivery.pk]
    assert cell.begin <= delivery.slot < cell.end


def test_a_night_in_which_the_clocks_go_back_has_twenty_five_hours(client, as_role, at):
    as_role("chief")
    first = at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    second = at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    page = shown(client, view="day", date="2026-10-25")
    assert len(page.context_data["table"].rows) == 25
    found = {cell.entries[0].pk: cell.label for cell in cells(page)}
    assert "02:00 CEST" in found[first.pk]
    assert "02:00 CET" in found[second.pk]


def test_a_night_in_which_the_clocks_go_forward_has_twenty_three_hours(client, as_role, at):
    as_role("chief")
    page = shown(client, view="day", date="2026-03-29")
    heads = [head.label for head, _cells in page.context_data["table"].rows]
    assert len(heads) == 23
    assert "02:00" not in heads


@pytest.mark.parametrize(
    "query", [{"view": "year"}, {"date": "yesterday"}, {"desk": "x"}, {"article": "²", "state": "?"}]
)
def test_what_cannot_be_asked_for_narrows_nothing(client, as_role, at, query):
    as_role("chief")
    at(NOW + timedelta(hours=3))
    assert len(cells(shown(client, **query))) == 1


def test_it_is_narrowed_by_desk_account_story_language_and_state(client, as_role, at, desk):
    as_role("chief")
    town = Desk.objects.create(name="Town", slug="town")
    other = world.make_account("town", desk=town, language="fr")
    at(NOW + timedelta(hours=1))
    own = at(NOW + timedelta(hours=2), account=other, state=Delivery.State.LATE)
    queries = [{"desk": town.pk}, {"account": other.pk}, {"language": "fr"}, {"state": "late"}]
    for query in queries:
        (cell,) = cells(shown(client, **query))
        assert [entry.pk for entry in cell.entries] == [own.pk], query
    assert len(cells(shown(client, article=desk.article.pk))) == 2
    Delivery.objects.filter(pk=own.pk).update(post=world.make_post("Another", accounts=[other]))
    assert len(cells(shown(client, article=desk.article.pk))) == 1


def test_the_ways_to_other_days_keep_what_narrows(client, as_role, at, desk):
    as_role("chief")
    page = shown(client, account=desk.account.pk, view="month", date="2026-03-09")
    for way in ("before", "present", "after"):
        assert f"account={desk.account.pk}" in page.context_data[way]
    assert "date=2026-04-01" in page.context_data["after"]


def test_who_may_not_move_gets_no_handle(client, as_role, at):
    at(NOW + timedelta(hours=3))
    user = world.make_user("reads", "social_editor")
    client.force_login(user)
    assert "sme-grab" in shown(client).content.decode()
    Account.objects.update(desk=Desk.objects.create(name="Town", slug="town"))
    page = shown(client).content.decode()
    assert "sme-grab" not in page
    assert 'name="slot" required' not in page


@pytest.mark.parametrize("state", [Delivery.State.SENT, Delivery.State.SENDING, Delivery.State.HUMAN])
def test_what_is_being_sent_or_was_gets_no_handle(client, as_role, at, state):
    as_role("chief")
    at(NOW + timedelta(hours=3), state=state)
    assert "sme-grab" not in shown(client).content.decode()


def test_a_free_slot_is_a_place_to_write_for(client, as_role, at, desk):
    as_role("chief")
    Slot.objects.create(account=desk.account, weekday=1, time=time(7, 30))
    Slot.objects.create(account=desk.account, weekday=2, time=time(7, 30))
    at(datetime(2026, 3, 11, 6, 32, tzinfo=UTC))  # on Wednesday, nearer than the gap
    (place,) = [place for cell in shown(client).context_data["table"].cells for place in cell.places]
    assert (place.exact, place.time) == ("2026-03-10T06:30:00+00:00", "07:30")
    form = client.get(place.write_url).context_data["form"]
    assert form.initial["send_at"] == place.at
    assert list(form.initial["accounts"]) == [desk.account]


def test_what_was_before_now_is_no_place(client, as_role, at, desk):
    as_role("chief")
    Slot.objects.create(account=desk.account, weekday=0, time=time(8, 59))
    assert not [place for cell in shown(client).context_data["table"].cells for place in cell.places]


def test_the_hours_of_an_editor_elsewhere_stand_beside_the_newsrooms(client, as_role, at):
    user = as_role("chief")
    at(NOW + timedelta(hours=3))
    assert "(07:00)" not in shown(client).content.decode()
    UserProfile.objects.update_or_create(user=user, defaults={"current_time_zone": "America/New_York"})
    page = shown(client).content.decode()
    assert "(07:00)" in page
    assert "America/New_York" in page
    UserProfile.objects.filter(user=user).update(current_time_zone="Europe/Brussels")
    assert "Europe/Brussels" not in shown(client).content.decode()


@pytest.mark.parametrize("view", VIEWS)
def test_it_asks_as_often_for_two_thousand_rows_as_for_ten(client, as_role, at, desk, view):
    as_role("chief")
    Slot.objects.create(account=desk.account, weekday=1, time=time(7, 30))

    def queries():
        shown(client, view=view, date="2026-03-09")
        with CaptureQueriesContext(connection) as asked:
            assert shown(client, view=view, date="2026-03-09").status_code == 200
        return len(asked)

    first = [at(NOW + timedelta(minutes=number)) for number in range(10)]
    few = queries()
    Delivery.objects.bulk_create(
        Delivery(post=first[0].post, account=desk.account, slot=NOW + timedelta(minutes=n), due_at=NOW, occurrence=n)
        for n in range(10, 2000)
    )
    assert queries() == few
