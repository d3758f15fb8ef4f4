"""One fire rings once a kind, and after it only what is higher rings, unless somebody said that it was real."""

from datetime import UTC, datetime, timedelta

import pytest

from smeditor.insight.alerts.bell import ONLY_HIGHER, Bell
from smeditor.insight.alerts.thresholds import SILENCE

START = datetime(2026, 1, 5, tzinfo=UTC)
BUCKET = timedelta(minutes=15)


def heard(scores: dict[timedelta, tuple[float, float]], verdicts=None) -> list[tuple[timedelta, str]]:
    """When after the start which kind rings of a bell with the limit of 40; ``scores``: early and confirmed."""
    bell = Bell(40.0, 96, {} if verdicts is None else verdicts)
    return [
        (after, kind)
        for after, (early, confirmed) in scores.items()
        for kind in bell.rings(START + after, {"early": early, "confirmed": confirmed})
    ]


def times(scores: dict[timedelta, float], verdicts=None) -> int:
    return len(heard({after: (score, 0.0) for after, score in scores.items()}, verdicts))


def test_a_score_below_the_limit_does_not_ring():
    assert times({BUCKET * n: 39.9 for n in range(9)}) == 0


def test_a_fire_that_burns_for_a_day_rings_once():
    assert times({BUCKET * n: 50.0 + n for n in range(96)}) == 1


def test_a_kind_that_follows_later_rings_for_the_same_fire_though_it_is_not_higher():
    assert heard({timedelta(0): (60.0, 30.0), BUCKET: (55.0, 45.0), 2 * BUCKET: (70.0, 70.0)}) == [
        (timedelta(0), "early"),
        (BUCKET, "confirmed"),
    ]


@pytest.mark.parametrize(("score", "rung"), [(55.0, 1), (60.0, 1), (61.0, 2)])
def test_soon_after_a_fire_only_what_is_higher_than_it_went_rings(score, rung):
    assert times({timedelta(0): 50.0, BUCKET: 60.0, 2 * SILENCE: score}) == rung


def test_what_was_not_told_does_not_count_as_a_fire_of_its_own():
    assert times({timedelta(0): 50.0, 2 * SILENCE: 45.0, ONLY_HIGHER: 46.0}) == 2


def test_after_a_fire_that_was_real_the_same_height_rings_again():
    assert times({timedelta(0): 50.0, 2 * SILENCE: 45.0}, {START: True}) == 2


def test_after_a_fire_that_was_nothing_only_what_is_higher_rings():
    assert times({timedelta(0): 50.0, 2 * SILENCE: 45.0}, {START: False}) == 1
