"""Slots on the wall clock: once a day, through every change of the clocks of every zone from 2025 to 2030."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smeditor.publishing.slots import Plan, instant, repeated

FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def transitions(zone: ZoneInfo) -> list[datetime]:
    """The instants, to the second, at which the zone's offset changes."""
    found, step, moment = [], timedelta(days=7), FIRST
    while moment < LAST:
        if moment.astimezone(zone).utcoffset() != (moment + step).astimezone(zone).utcoffset():
            low, high = 0, int(step.total_seconds())
            before = moment.astimezone(zone).utcoffset()
            while high - low > 1:
                middle = (low + high) // 2
                same = (moment + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before
                low, high = (middle, high) if same else (low, middle)
            found.append(moment + timedelta(seconds=high))
        moment += step
    return found


@cache
def changes() -> list[tuple[str, datetime]]:
    """Each zone's name with each of its transitions; found when a test asks, not whenever the tests are collected."""
    names = sorted(available_timezones() - {"localtime"})
    return [(name, change) for name in names for change in transitions(ZoneInfo(name))]


any_change = st.deferred(lambda: st.sampled_from(changes()))


def plan(*walls: time, zone: ZoneInfo, gap: int = 0, quiet: tuple[time, time] | None = None) -> Plan:
    weekly = tuple((day, wall) for day in range(7) for wall in walls)
    quiet_from, quiet_until = quiet or (None, None)
    return Plan(weekly, timedelta(minutes=gap), quiet_from, quiet_until, zone)


def test_there_are_changes_to_try() -> None:
    assert len({name for name, _ in changes()}) > 100


def test_at_every_change_of_every_zone_each_slot_comes_once_a_day_in_order() -> None:
    walls = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    for name, change in changes():
        zone = ZoneInfo(name)
        day = change.astimezone(zone).date()
        for offset in (-1, 0, 1):
            moments = [instant(day + timedelta(days=offset), wall, zone) for wall in walls]
            assert moments == sorted(moments), name
            for wall, moment in zip(walls, moments, strict=True):
                shown = moment.astimezone(zone)
                if shown.time() == wall:
                    assert shown.fold == 0, f"{name}: {wall} is taken the first time that it comes"
                else:
                    assert moment == change, f"{name}: {wall} was skipped and becomes the first instant after the gap"


def test_the_slots_of_a_week_around_every_change_are_seven() -> None:
    for name, change in changes():
        zone = ZoneInfo(name)
        start = instant(change.astimezone(zone).date() - timedelta(days=3), time(0), zone)
        end = instant(change.astimezone(zone).date() + timedelta(days=4), time(0), zone)
        nights = plan(time(2, 15), zone=zone)
        found = [moment for moment in nights.occurrences(start - timedelta(seconds=1), days=9) if moment < end]
        assert len(found) == 7, name


@given(
    change=any_change,
    wall=st.times(),
    days=st.integers(1, 40),
    before=st.integers(0, 40),
)
def test_a_repeat_keeps_its_time_on_the_wall(change, wall, days, before) -> None:
    name, moment = change
    zone = ZoneInfo(name)
    first = instant(moment.astimezone(zone).date() - timedelta(days=before), wall.replace(microsecond=0), zone)
    again = repeated(first, days, zone)
    assert again == instant(first.astimezone(zone).date() + timedelta(days=days), first.astimezone(zone).time(), zone)
    assert again > first


@given(
    change=any_change,
    gap=st.integers(0, 180),
    quiet=st.tuples(st.times(), st.times()),
    taken=st.lists(st.integers(-600, 600), max_size=8),
)
@example(  # the quarter of an hour that is not quiet lies in the hour that the clock skips
    change=("Africa/Casablanca", datetime(2025, 4, 6, 2, tzinfo=UTC)), gap=0, quiet=(time(2, 30), time(2, 15)), taken=[]
)
def test_a_free_slot_is_later_not_quiet_and_keeps_the_gap(change, gap, quiet, taken) -> None:
    name, moment = change
    zone = ZoneInfo(name)
    others = [moment + timedelta(minutes=minutes) for minutes in taken]
    for plans in (plan(time(2, 30), time(9), zone=zone, gap=gap, quiet=quiet), plan(zone=zone, gap=gap, quiet=quiet)):
        found = plans.next_free(moment, others)
        assert found >= moment
        assert not plans.is_quiet(found)
        assert all(abs(found - other) >= plans.gap for other in others)


@pytest.mark.parametrize(
    ("day", "wall", "expected"),
    [
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:00:00+00:00"),  # the gap: 02:30 does not exist
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30:00+00:00"),  # the fold: the first 02:30
        (date(2026, 7, 1), time(9, 0), "2026-07-01T07:00:00+00:00"),
    ],
)
def test_the_nights_of_paris(day, wall, expected) -> None:
    assert instant(day, wall, PARIS).isoformat() == expected


def test_quiet_hours_run_over_midnight() -> None:
    night = plan(zone=PARIS, quiet=(time(22), time(7)))
    late = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    assert night.is_quiet(late)
    assert night.after_quiet(late) == instant(date(2026, 3, 29), time(7), PARIS)
