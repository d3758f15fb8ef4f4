"""What lies badly in a plan is found whole, whatever the order, and nothing else is."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from smeditor.publishing.collisions import SAME_STORY_WITHIN, Kind, Planned, collisions
from smeditor.publishing.slots import Plan

START = datetime(2026, 3, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def plan(gap=10, quiet_from=None, quiet_until=None):
    return Plan((), timedelta(minutes=gap), quiet_from, quiet_until, PARIS)


PLANS = {1: plan(10), 2: plan(30, time(22), time(6)), 3: plan(0)}


def rows_of(drawn):
    return [
        Planned(number, account, account % 2, story, START + timedelta(minutes=minute), waits)
        for number, (account, story, minute, waits) in enumerate(drawn)
    ]


rows = st.lists(
    st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([None, 7, 8]), st.integers(0, 2 * 24 * 60), st.booleans()),
    max_size=30,
).map(rows_of)


@given(rows)
def test_each_post_that_is_too_near_to_one_before_it_is_found_and_no_other(rows):
    found = {collision.later.delivery for collision in collisions(rows, PLANS) if collision.kind is Kind.GAP}
    too_near = {
        later.delivery
        for later in rows
        for earlier in rows
        if later.waits
        and later.account == earlier.account
        and (earlier.slot, earlier.delivery) < (later.slot, later.delivery)
        and later.slot - earlier.slot < PLANS[later.account].gap
    }
    assert found == too_near


@given(rows)
def test_each_story_of_two_desks_at_once_is_found_and_no_other(rows):
    found = {collision.later.delivery for collision in collisions(rows, PLANS) if collision.kind is Kind.STORY}
    at_once = {
        later.delivery
        for later in rows
        for earlier in rows
        if later.waits
        and later.story is not None
        and later.story == earlier.story
        and later.desk != earlier.desk
        and (earlier.slot, earlier.delivery) < (later.slot, later.delivery)
        and later.slot - earlier.slot < SAME_STORY_WITHIN
    }
    assert found == at_once


@given(rows)
def test_each_post_in_quiet_hours_is_found_and_no_other(rows):
    found = {collision.later.delivery for collision in collisions(rows, PLANS) if collision.kind is Kind.QUIET}
    assert found == {row.delivery for row in rows if row.waits and PLANS[row.account].is_quiet(row.slot)}


@given(rows, st.randoms())
def test_the_order_in_which_they_are_read_does_not_matter(rows, chance):
    mixed = rows[:]
    chance.shuffle(mixed)
    assert collisions(mixed, PLANS) == collisions(rows, PLANS)
