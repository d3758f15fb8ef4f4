"""Times are proposed from an account's own past, with the cases behind them, and never from too few."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from smeditor.models import Delivery, Reader
from smeditor.publishing import timing
from smeditor.publishing.timing import Case, cases_of, good_times
from tests.desk import world

cases = st.lists(st.builds(Case, st.booleans(), st.integers(0, 23), st.integers(0, 50)), max_size=80)
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)


@given(cases)
def test_nothing_is_proposed_from_too_few_cases(rows):
    for found in good_times(rows):
        assert len(rows) >= timing.FLOOR
        assert found.cases >= timing.FLOOR_OF_HOUR
        assert found.cases + found.other_cases == len(rows)
        assert found.readers > found.other_readers


@given(cases, st.randoms())
def test_the_order_of_the_cases_does_not_matter(rows, chance):
    mixed = rows[:]
    chance.shuffle(mixed)
    assert good_times(mixed) == good_times(rows)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 23)), max_size=80), st.integers(0, 50))
def test_where_every_post_did_the_same_no_hour_is_better(times, readers):
    assert good_times(Case(weekend, hour, readers) for weekend, hour in times) == []


@given(st.integers(0, 23), st.booleans())
def test_an_hour_that_is_clearly_better_is_found(hour, weekend):
    better = [Case(weekend, hour, 20 + number % 3) for number in range(10)]
    others = [Case(weekend, (hour + 1 + number % 23) % 24, 3 + number % 4) for number in range(40)]
    found = good_times([*better, *others])
    assert [(time.weekend, time.hour) for time in found] == [(weekend, hour)]
    assert found[0].cases == 10
    assert found[0].other_cases == 40


def test_one_post_that_went_round_the_world_makes_no_hour_good():
    others = [Case(False, 9 + number % 8, 3) for number in range(40)]
    assert good_times([*others, Case(False, 7, 5000), *(Case(False, 7, 2) for _ in range(5))]) == []


@pytest.fixture
def account(db):
    return world.make_account()


def sent(account, at, readers=0, **fields):
    post = world.make_post(accounts=[account])
    delivery = world.make_delivery(post, account, state=Delivery.State.SENT, sent_at=at, slot=at, **fields)
    for number in range(readers):
        reader = Reader.objects.create(pseudonym=f"r{delivery.pk}-{number}", network="mastodon")
        for _twice in range(2):
            world.make_reaction(account=account, delivery=delivery, reader=reader)
    return delivery


def test_people_are_counted_and_not_their_messages(account):
    sent(account, NOW - timedelta(days=5), readers=3)
    assert [case.readers for case in cases_of([account], NOW)[account.pk]] == [3]


def test_the_hour_is_the_newsrooms(account, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "TIME_ZONE": "Europe/Paris"}
    sent(account, datetime(2026, 3, 1, 23, 30, tzinfo=UTC))  # Monday, half past midnight
    assert cases_of([account], NOW)[account.pk] == [Case(weekend=False, hour=0, readers=0)]


@pytest.mark.parametrize("age", [timedelta(hours=5), timedelta(days=400)])
def test_what_is_too_fresh_or_too_old_does_not_count(account, age):
    sent(account, NOW - age)
    assert cases_of([account], NOW)[account.pk] == []


def test_it_asks_as_often_for_many_posts_as_for_few(account):
    first = sent(account, NOW - timedelta(days=5), readers=2)
    Delivery.objects.bulk_create(
        Delivery(
            post=first.post, account=account, slot=NOW, due_at=NOW, occurrence=number, state=Delivery.State.SENT,
            sent_at=NOW - timedelta(days=5, minutes=number),
        )
        for number in range(1, 2000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        assert len(cases_of([account], NOW)[account.pk]) == timing.MOST_CASES
    assert len(asked) == 2
