"""Numbers, ids and dates from outside (K13): every value is either usable everywhere or none, and nothing raises."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import register_converter
from django.urls.converters import get_converters
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.params import IdConverter, parse_date, parse_datetime, parse_id, parse_ids, parse_number

NOUMEA = ZoneInfo("Pacific/Noumea")
ANYTHING = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.integers(),
    st.none(),
    st.booleans(),
    st.floats(),
    st.binary(max_size=8),
    st.lists(st.text(max_size=5), max_size=3),
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
)


@pytest.mark.parametrize(("raw", "key"), [("1", 1), (" 42 ", 42), (7, 7), (str(2**63 - 1), 2**63 - 1)])
def test_a_key_is_read(raw, key):
    assert parse_id(raw) == key


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "0",
        "-3",
        "+3",
        "3.0",
        "1e3",
        "³",
        "٣",
        "３",
        "1_000",
        "1 2",
        str(2**63),
        "9" * 40,
        None,
        True,
        3.0,
        ["3"],
        0,
    ],
)
def test_what_can_be_no_key_is_none(raw):
    assert parse_id(raw) is None


def test_keys_come_in_order_once_each_and_not_without_end():
    assert parse_ids(["3", "x", "1", "3", "9" * 20]) == [3, 1]
    assert parse_ids(map(str, range(1, 10_000)), most=3) == [1, 2, 3]


def test_a_number_keeps_within_its_bounds():
    assert [parse_number(raw, 0, 90) for raw in ("0", "90", "91", "-1")] == [0, 90, None, None]


@pytest.mark.parametrize(
    "raw", ["0001-01-01", "9999-12-31", "2026-02-30", "2026-3-9", "20260309", "２０２６-03-09", "", None]
)
def test_a_day_that_no_calendar_bears_is_none(raw):
    assert parse_date(raw) is None


def test_a_day_is_read():
    assert parse_date(" 2026-03-09 ") == date(2026, 3, 9)


def test_a_moment_without_a_zone_is_on_the_given_clock():
    assert parse_datetime("2026-03-09T08:30", NOUMEA) == datetime(2026, 3, 8, 21, 30, tzinfo=UTC)
    assert parse_datetime("2026-03-09T08:30+01:00", NOUMEA) == datetime(2026, 3, 9, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-03-09T25:00", "2026-03-09", "now", None])
def test_a_moment_that_cannot_be_stored_is_none(raw):
    assert parse_datetime(raw, NOUMEA) is None


@given(ANYTHING)
def test_nothing_raises_and_what_is_read_can_be_used(raw):
    key, day, moment = parse_id(raw), parse_date(raw), parse_datetime(raw, NOUMEA)
    assert key is None or 0 < key < 2**63
    assert day is None or 1900 <= day.year < 2200
    assert moment is None or (moment.utcoffset().total_seconds() == 0 and 1899 <= moment.year <= 2200)


@pytest.mark.parametrize("raw", ["0", "9" * 19, "9" * 20])
def test_an_address_with_an_impossible_key_leads_nowhere(raw):
    with pytest.raises(ValueError):
        IdConverter().to_python(raw)


def test_the_converter_can_be_registered():
    if "id" not in get_converters():
        register_converter(IdConverter, "id")
    assert get_converters()["id"].to_python("12") == 12
