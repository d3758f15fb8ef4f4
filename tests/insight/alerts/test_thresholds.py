"""A calm series keeps the shipped threshold; a wild one gets its own, once."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.alerts.thresholds import RAISED_AT_MOST, WATCHED_WEEKS, QuietThreshold

DAY = 96
WATCH = WATCHED_WEEKS * 7 * DAY


def fitted(scores, shipped=6.0):
    limit = QuietThreshold(shipped, DAY)
    for score in scores:
        limit.learn(score)
    return limit


def wild(seed, scale):
    """Return six weeks of quarter-day peaks with an exponential tail of this scale, one a quarter of a day."""
    rng = random.Random(seed)
    return [rng.expovariate(1 / scale) if i % 24 == 12 else 0.0 for i in range(6 * 7 * DAY)]


@given(st.lists(st.floats(0, 1e9), min_size=0, max_size=40), st.floats(0.5, 50))
@settings(max_examples=30, deadline=None)
def test_a_limit_is_never_below_the_shipped_one_nor_out_of_reach(scores, shipped):
    limit = fitted((scores * (WATCH // max(len(scores), 1) + 1))[:WATCH], shipped).limit
    assert shipped <= limit <= RAISED_AT_MOST * shipped


def test_a_calm_series_keeps_the_shipped_limit():
    assert fitted(wild(1, 0.8)).limit == 6.0


def test_a_real_fire_in_the_watched_weeks_changes_nothing():
    scores = wild(1, 0.8)
    scores[500:520] = [20.0] * 20
    assert fitted(scores).limit == 6.0


@pytest.mark.parametrize("scale", [3.0, 4.0, 6.0])
def test_a_wild_series_rings_about_once_a_week_at_most(scale):
    rung = 0
    for seed in range(20):
        scores = wild(seed, scale)
        limit = fitted(scores).limit
        rung += sum(score >= limit for score in scores[WATCH:])
    assert rung / (20 * (6 - WATCHED_WEEKS)) <= 1.0


def test_a_month_of_fires_after_the_watch_changes_nothing():
    limit = fitted(wild(2, 4.0))
    before = limit.limit
    for _ in range(WATCH):
        limit.learn(50.0)
    assert limit.limit == before
