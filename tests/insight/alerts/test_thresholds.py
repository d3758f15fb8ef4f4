"""A limit is strict until it knows the series, follows it week by week, and heeds what editors said."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.alerts.thresholds import MARGIN, STRICT, WEEKS_KEPT, WeeklyLimit, lowest, rings

DAY, SHIPPED = 96, 6.0
WEEK = 7 * DAY
QUIET = DAY // 4
START = datetime(2026, 1, 5, tzinfo=UTC)
BUCKET = timedelta(minutes=15)


def moment(number: int) -> datetime:
    return START + BUCKET * number


def fitted(scores, verdicts=None, shipped=SHIPPED) -> WeeklyLimit:
    limit = WeeklyLimit(shipped, DAY, {} if verdicts is None else verdicts)
    for number, score in enumerate(scores):
        limit.learn(moment(number), score)
    return limit


def wild(seed: int, scale: float, weeks: int = 8) -> list[float]:
    """Weeks of peaks with an exponential tail of this scale, one a quarter of a day."""
    rng = random.Random(seed)
    return [rng.expovariate(1 / scale) if number % 24 == 12 else 0.0 for number in range(weeks * WEEK)]


def fires(*places: int, score: float = 50.0, weeks: int = 1) -> list[float]:
    """Calm weeks with fires of two hours."""
    scores = [0.0] * weeks * WEEK
    for place in places:
        scores[place : place + 8] = [score] * 8
    return scores


def test_a_series_of_which_nothing_is_known_is_judged_strictly():
    assert fitted([]).limit == fitted(wild(1, 0.5, weeks=1)[:-1]).limit == STRICT


def test_a_calm_series_gets_the_shipped_limit_after_a_week():
    assert fitted(wild(1, 0.5, weeks=1)).limit == SHIPPED


@given(st.lists(st.floats(0, 1e9), max_size=40), st.floats(0.5, 50))
@settings(max_examples=30, deadline=None)
def test_a_limit_is_never_below_the_shipped_one(scores, shipped):
    assert fitted((scores * (WEEK // max(len(scores), 1) + 1))[:WEEK], shipped=shipped).limit >= shipped


@pytest.mark.parametrize("scale", [3.0, 10.0, 60.0])
def test_from_the_second_week_on_a_series_rings_less_than_once_a_week_however_wild_it_is(scale):
    rung = weeks = 0
    for seed in range(20):
        limit = WeeklyLimit(SHIPPED, DAY, {})
        for number, score in enumerate(wild(seed, scale)):
            rung += number >= WEEK and score >= limit.limit
            limit.learn(moment(number), score)
        weeks += 7
    assert rung / weeks <= 1.0


def test_a_series_that_calms_down_is_heard_again():
    limit = fitted(wild(2, 30.0, weeks=2))
    assert limit.limit > 3 * SHIPPED
    for number in range(2 * WEEK, (WEEKS_KEPT + 3) * WEEK):
        limit.learn(moment(number), 0.0)
    assert limit.limit == SHIPPED


def test_a_fire_that_nobody_judged_raises_the_limit_above_it():
    assert fitted(fires(300)).limit == pytest.approx(50 * (1 + MARGIN), rel=0.01)


def test_a_fire_that_an_editor_called_real_teaches_nothing():
    assert fitted(fires(300), {moment(300): True}).limit == SHIPPED


def test_a_verdict_given_before_the_week_ends_counts():
    verdicts: dict[datetime, bool] = {}
    limit = WeeklyLimit(SHIPPED, DAY, verdicts)
    for number, score in enumerate(fires(300)):
        limit.learn(moment(number), score)
        if number == 400:
            verdicts[moment(300)] = True
    assert limit.limit == SHIPPED


def test_a_verdict_holds_for_what_follows_without_a_pause_and_for_nothing_else():
    assert fitted(fires(300, 400), {moment(300): True}).limit > 50


def test_what_was_nothing_does_not_ring_again_at_that_height_although_one_a_week_would_be_allowed():
    calm = fires(900, weeks=4)
    assert fitted(calm).limit == SHIPPED
    assert fitted(calm, {moment(900): False}).limit == pytest.approx(50 * (1 + MARGIN))


def test_what_was_nothing_counts_at_once():
    limit = fitted(fires(900, weeks=4)[:901], {moment(900): False})
    assert limit.limit == pytest.approx(50 * (1 + MARGIN))


def test_what_was_nothing_is_forgotten_after_the_weeks_that_are_kept():
    scores = fires(900, weeks=WEEKS_KEPT + 3)
    assert fitted(scores, {moment(900): False}).limit == SHIPPED


HITS = st.lists(st.tuples(st.integers(0, 500), st.floats(6, 100)), max_size=30).map(
    lambda hits: sorted(dict(hits).items())
)


@given(HITS, st.integers(0, 4))
@settings(deadline=None)
def test_the_lowest_level_rings_as_often_as_allowed_and_the_next_score_below_it_more_often(hits, times):
    level = lowest(hits, times, QUIET, SHIPPED)
    assert rings(hits, level, QUIET) <= times or level > max(score for _number, score in hits)
    below = [score for _number, score in hits if score < level]
    if level > SHIPPED and below and times == 0:
        assert rings(hits, max(below), QUIET) > times
