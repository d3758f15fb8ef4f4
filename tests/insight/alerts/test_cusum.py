"""The score of a fire is a likelihood ratio: fair where nothing burns, and quick to forget where it did."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.alerts.cusum import CEILING, Cusum, surprise

means = st.floats(0.1, 20.0)
dispersions = st.floats(0.01, 1.0)
rises = st.floats(1.5, 8.0)


def chance(count: int, mean: float, dispersion: float) -> float:
    """Return the negative binomial probability of a count."""
    size = 1.0 / dispersion
    return math.exp(
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        - size * math.log1p(dispersion * mean)
        + count * (math.log(dispersion * mean) - math.log1p(dispersion * mean))
    )


@given(st.integers(0, 60), means, dispersions, rises)
def test_a_surprise_is_the_ratio_of_the_two_chances(count, mean, dispersion, times):
    ratio = chance(count, times * mean, dispersion) / chance(count, mean, dispersion)
    assert math.exp(surprise(count, mean, dispersion, times)) == pytest.approx(ratio, rel=1e-6)


@given(st.floats(0.1, 5.0), st.floats(0.01, 0.3))
def test_a_bet_on_a_fire_is_fair_where_nothing_burns(mean, dispersion):
    won = sum(chance(n, mean, dispersion) * math.exp(surprise(n, mean, dispersion, 2.0)) for n in range(400))
    assert won == pytest.approx(1.0, rel=1e-6)


@given(st.integers(0, 10**6), means, st.floats(0, 1.0), rises)
def test_more_people_surprise_more(count, mean, dispersion, times):
    assert surprise(count + 1, mean, dispersion, times) > surprise(count, mean, dispersion, times)


@given(st.integers(0, 100), means, rises)
def test_a_dispersion_of_nothing_is_a_poisson_count(count, mean, times):
    assert surprise(count, mean, 1e-5, times) == pytest.approx(surprise(count, mean, 0.0, times), abs=0.2)


@given(st.lists(st.integers(0, 10**9), max_size=100), st.floats(0.0, 2.0))
def test_the_sum_is_never_below_zero_and_tells_since_when_it_is_above(counts, dispersion):
    cusum, zero = Cusum(2.0), 0
    for number, count in enumerate(counts, 1):
        assert cusum.add(count, 3.0, dispersion) >= 0
        zero = number if cusum.sum == 0 else zero
        assert cusum.since == number - zero


def test_a_great_fire_scores_higher_than_a_small_one_and_is_forgotten_as_soon():
    small, great = Cusum(2.0), Cusum(2.0)
    for _ in range(8):
        small.add(12, 4.0, 0.1)
        great.add(400, 4.0, 0.1)
    assert great.sum > small.sum > CEILING
    left = [(small.add(4, 4.0, 0.1), great.add(4, 4.0, 0.1)) for _ in range(16)]
    assert left[0] == (pytest.approx(left[0][1]), left[0][1])
    assert left[-1] == (0.0, 0.0)
