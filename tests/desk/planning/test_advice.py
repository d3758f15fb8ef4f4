"""The calendar says what lies badly and when readers answer, with the reason, and leads on."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from wagtail.users.models import UserProfile

from smeditor.desk.planning.advice import next_at
from smeditor.models import Account, Delivery, Desk, Reader
from smeditor.publishing.slots import Plan
from smeditor.publishing.timing import GoodTime
from tests.desk import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)  # a Monday; nine o'clock in Paris


@pytest.fixture(autouse=True)
def _now(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at(desk):
    """A delivery in a slot."""
    Delivery.objects.all().delete()

    def make(slot, account=None, **fields):
        account = account or desk.account
        post = world.make_post(accounts=[account], article=desk.article, article_key=desk.article.pk)
        return world.make_delivery(post, account, slot=slot, due_at=slot, **fields)

    return make


def content_of(client, **query):
    return client.get(reverse("smeditor:calendar"), query).content.decode()


def test_two_posts_of_one_account_that_are_too_near(client, as_role, at):
    as_role("chief")
    at(NOW + timedelta(hours=1))
    at(NOW + timedelta(hours=1, minutes=4))
    page = content_of(client)
    assert "10:00 and Mon 9, 10:04 are 4 minutes apart; it asks for 10." in page
    assert "too near to the one before" in page


def test_two_desks_on_one_story(client, as_role, at, desk):
    as_role("chief")
    town = world.make_account("town", desk=Desk.objects.create(name="Town", slug="town"))
    at(NOW + timedelta(hours=1))
    at(NOW + timedelta(hours=2), town)
    assert f"Two desks on “{desk.article.title}”" in content_of(client)
    assert "Two desks on" not in content_of(client, account=town.pk)


def test_a_time_in_the_quiet_hours_of_the_account(client, as_role, at, desk):
    as_role("chief")
    Account.objects.update(quiet_from=time(22), quiet_until=time(6))
    at(datetime(2026, 3, 10, 1, tzinfo=UTC))
    assert "Tue 10, 02:00 lies in its quiet hours, 22:00 to 06:00." in content_of(client)


def test_what_went_out_is_past_mending(client, as_role, at):
    as_role("chief")
    at(NOW - timedelta(hours=1), state=Delivery.State.SENT)
    at(NOW - timedelta(minutes=58), state=Delivery.State.SENT)
    assert "Lies badly" not in content_of(client)


@pytest.fixture
def good_mornings(at, desk):
    """Half a year in which posts between eight and nine o'clock in Paris, Monday to Thursday, were answered by more people."""
    for week in range(1, 9):
        for day in range(4):
            morning = NOW - timedelta(days=7 * week - day, hours=1)  # eight o'clock in Paris, Monday to Thursday
            made = at(morning, state=Delivery.State.SENT, sent_at=morning)
            for number in range(4 + day % 2):
                reader = Reader.objects.create(pseudonym=f"{made.pk}-{number}", network="mastodon")
                world.make_reaction(account=desk.account, delivery=made, reader=reader)
            at(morning + timedelta(hours=6), state=Delivery.State.SENT, sent_at=morning + timedelta(hours=6))


def test_an_hour_that_did_better_is_named_with_its_cases(client, as_role, good_mornings, desk):
    as_role("chief")
    page = content_of(client, account=desk.account.pk)
    assert "From Monday to Friday, 08:00–09:00: 4.5 people answered a post on average (32 posts" in page
    assert "send_at=2026-03-10T07%3A00%3A00%2B00%3A00" in page


def test_a_short_past_proposes_nothing_and_says_so(client, as_role, at, desk):
    as_role("chief")
    assert "No hour stands out yet." in content_of(client, account=desk.account.pk)


def test_the_next_such_hour_is_one_with_room():
    good = GoodTime(False, 8, 10, 5.0, 40, 1.0)
    plan = Plan((), timedelta(minutes=10), None, None, Plan.of(Account()).zone)
    tomorrow = datetime(2026, 3, 10, 7, tzinfo=UTC)
    assert next_at(good, plan, [], NOW) == tomorrow
    assert next_at(good, plan, [tomorrow], NOW) == tomorrow + timedelta(minutes=10)
    full = [tomorrow + timedelta(minutes=10 * number) for number in range(7)]
    assert next_at(good, plan, full, NOW) == tomorrow + timedelta(days=1)


def test_no_such_hour_lies_in_the_quiet_hours():
    good = GoodTime(False, 8, 10, 5.0, 40, 1.0)
    plan = Plan((), timedelta(minutes=10), time(7), time(10), Plan.of(Account()).zone)
    assert next_at(good, plan, [], NOW) is None


def offered(client, *accounts):
    asked = {"accounts": [account.pk for account in accounts]}
    return client.get(reverse("smeditor:post_good_times"), asked).content.decode()


def test_where_a_time_is_chosen_the_next_free_one_of_a_good_hour_can_be_taken(client, as_role, good_mornings, desk):
    as_role("social_editor")
    assert "4.5 people answered a post on average" in offered(client, desk.account)
    assert 'data-at="2026-03-10 08:00"' in offered(client, desk.account), "as the form's field takes it"


def test_a_time_that_can_be_taken_is_written_on_the_editors_own_clock(client, as_role, good_mornings, desk):
    user = as_role("social_editor")
    UserProfile.objects.create(user=user, current_time_zone="Asia/Tokyo")
    page = offered(client, desk.account)
    assert 'data-at="2026-03-10 16:00"' in page
    assert "03/10/2026 8 a.m. CET" in page, "the newsroom's clock is named"


def test_every_chosen_account_has_its_own_answer(client, as_role, good_mornings, desk):
    as_role("social_editor")
    page = offered(client, desk.account, world.make_account("town"))
    assert page.count("people answered a post on average") == 1
    assert page.count("No hour stands out yet.") == 1


def test_without_an_account_it_says_what_to_do(client, as_role, desk):
    as_role("social_editor")
    assert "Choose an account first" in offered(client)


def test_of_more_accounts_than_are_read_at_once_it_says_how_many_are_left_out(client, as_role, desk):
    as_role("social_editor")
    page = offered(client, *(world.make_account(f"paper{number}") for number in range(10)))
    assert page.count("No hour stands out yet.") == 8
    assert "2 more accounts are chosen" in page
