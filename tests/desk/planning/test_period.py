"""What a calendar shows of the time: no instant is lost, none is shown twice, whatever the clocks do."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from smeditor.desk.planning.period import Period, View

ZONES = ["Europe/Paris", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "Africa/Cairo"]
periods = st.builds(
    Period, st.sampled_from(View), st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(ZONES).map(ZoneInfo)
)


@given(periods, st.floats(0, 1))
def test_each_instant_lies_in_one_column(period, share):
    moment = period.begin + share * (period.end - period.begin)
    inside = [begin <= moment < end for begin, end in period.columns]
    assert sum(inside) == (moment < period.end)


@given(periods)
def test_each_column_but_that_of_an_odd_hour_is_a_day_or_an_hour(period):
    lengths = {end - begin for begin, end in period.columns}
    hour = timedelta(hours=1)
    if period.view == View.DAY:
        assert 23 <= len(period.columns) <= 25
        assert all(hour / 2 <= length < 2 * hour for length in lengths)
    else:
        assert len(period.columns) == len(period.days)
        assert all(23 * hour <= length <= 25 * hour for length in lengths)


@given(periods)
def test_the_stretches_follow_one_another(period):
    following = Period(period.view, period.after, period.zone)
    assert following.day not in period.days or period.view == View.MONTH
    assert Period(period.view, following.before, period.zone).days == period.days
    assert period.day in period.days
