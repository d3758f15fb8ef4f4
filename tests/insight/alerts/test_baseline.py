"""What is usual is learnt from what was usual: not from fires, not from one weekday's handful, not from the future."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.series import NOISE_SHAPE, WEEK, baseline, poisson, simulated
from smeditor.insight.alerts.baseline import Baseline
from smeditor.insight.alerts.spikes import SpikeDetector

START = datetime(2026, 1, 5, tzinfo=UTC)
BUCKET = timedelta(minutes=15)


def learnt(counts, spiking=()):
    """Return a season that took these counts, those numbered in ``burning`` as a fire's."""
    found, run = Baseline(BUCKET), 0
    for i, n in enumerate(counts):
        run = run + 1 if i in spiking else 0
        found.learn(START + BUCKET * i, n, spiking=run)
    return found


def usual(found, step):
    return found.expected(START + BUCKET * step).count


@given(st.integers(0, WEEK - 20), st.integers(50, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_fire_teaches_nothing(offset, height):
    start = 2 * WEEK + offset
    spiking = range(start, start + 16)
    counts = [height if i in spiking else 4 for i in range(3 * WEEK)]
    found = learnt(counts, spiking)
    assert [usual(found, 3 * WEEK + i) for i in range(0, WEEK, 5)] == pytest.approx([4.0] * len(range(0, WEEK, 5)))


def test_even_an_unseen_fire_teaches_little():
    spiking = range(3 * WEEK + 100, 3 * WEEK + 116)
    found = learnt([400 if i in spiking else 4 for i in range(4 * WEEK)])
    assert usual(found, 4 * WEEK + 108) == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize("level", [2.0, 20.0])
def test_the_day_and_the_week_are_learnt_within_a_fifth(level):
    found = learnt(simulated(level, 91, weeks=4, bursts=False).counts)
    away = [usual(found, 4 * WEEK + i) / (level * baseline(i)) - 1 for i in range(0, WEEK, 8)]
    assert sum(abs(deviation) for deviation in away) / len(away) < 0.2


def test_the_dispersion_is_found_that_the_counts_were_drawn_with():
    found = learnt(simulated(20.0, 92, weeks=6, bursts=False).counts)
    assert found.expected(START).dispersion == pytest.approx(1 / NOISE_SHAPE, rel=0.5)


def test_plain_poisson_counts_have_next_to_no_dispersion():
    rng = random.Random(93)
    found = learnt([poisson(20.0, rng) for _ in range(6 * WEEK)])
    assert found.expected(START).dispersion < 0.03


@given(st.lists(st.integers(0, 10**9), max_size=60), st.integers(0, 10**9))
@settings(max_examples=30, deadline=None)
def test_what_is_expected_comes_from_the_past_only(counts, coming):
    found = learnt(counts)
    at = START + BUCKET * len(counts)
    before = found.expected(at)
    assert found.expected(at) == before
    found.learn(at, coming)
    assert before.count >= 0
    assert before.dispersion > 0


@pytest.mark.parametrize("minutes", [15, 60, 300, 1440])
def test_a_bucket_of_any_length_has_its_usual_count(minutes):
    found = Baseline(timedelta(minutes=minutes))
    steps = 3 * 7 * 1440 // minutes
    for i in range(steps):
        found.learn(START + timedelta(minutes=minutes * i), 7)
    assert found.expected(START + timedelta(minutes=minutes * steps)).count == pytest.approx(7.0)


def test_what_comes_at_the_same_hour_every_week_becomes_usual_however_high_it_is():
    """A night that was wild every Saturday rang every Saturday, for what burned was never learnt."""
    week = [4] * WEEK
    week[500:508] = [60] * 8
    detector = SpikeDetector()
    rung = [
        alert.at
        for number in range(8 * WEEK)
        for alert in detector.observe(START + BUCKET * number, week[number % WEEK])
    ]
    assert all(at < START + 5 * timedelta(weeks=1) for at in rung)
