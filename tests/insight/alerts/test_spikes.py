"""A spike rings early and surely, once; an ordinary week doesn't ring."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.series import TRAIN_WEEKS, WEEK, simulated
from smeditor.insight.alerts.baseline import Baseline, weekly_shape
from smeditor.insight.alerts.participation import participation_of
from smeditor.insight.alerts.spikes import SpikeDetector, detect

START = datetime(2026, 1, 5, tzinfo=UTC)
BUCKET = timedelta(minutes=15)


def series(counts):
    return [(START + BUCKET * i, n) for i, n in enumerate(counts)]


def late(alerts):
    return [a for a in alerts if a.at >= START + BUCKET * TRAIN_WEEKS * WEEK]


def judged(rows, is_real):
    """The alerts of a series of which an editor judges each as soon as it rings."""
    verdicts, alerts = {}, []
    detector = SpikeDetector(verdicts=verdicts)
    for at, count in rows:
        for alert in detector.observe(at, count):
            verdicts[at] = is_real(at)
            alerts.append(alert)
    return alerts


@pytest.mark.parametrize("level", [0.2, 2.0, 20.0])
def test_calm_weeks_ring_at_most_once_a_week(level):
    alerts = late(detect(simulated(level, 5, bursts=False).rows()))
    assert max(sum(a.kind == kind for a in alerts) for kind in ("early", "confirmed")) <= 6


def test_a_first_week_that_knows_no_hour_hardly_rings():
    assert len(detect(simulated(20.0, 5, bursts=False).rows()[:WEEK])) <= 2


@pytest.mark.parametrize(("level", "share"), [(2.0, 0.7), (20.0, 0.8)])
def test_most_bursts_that_an_editor_calls_real_ring_within_two_hours(level, share):
    spiking = simulated(level, 6)
    starts = [START + BUCKET * start for start, _ in spiking.bursts]

    def is_real(at):
        return any(start <= at <= start + timedelta(hours=4) for start in starts)

    times = [a.at for a in judged(spiking.rows(), is_real)]
    heard = [any(start <= at <= start + timedelta(hours=2) for at in times) for start in starts]
    assert sum(heard) / len(heard) >= share


def test_bursts_every_other_day_that_nobody_judges_ring_about_once_a_week():
    spiking = simulated(20.0, 6)
    alerts = late(detect(spiking.rows()))
    weeks = len(spiking.counts) / WEEK - TRAIN_WEEKS
    assert 1 <= sum(a.kind == "confirmed" for a in alerts) <= 2 * weeks


def test_one_fire_does_not_hide_the_next():
    weeks, fire = [4] * 4 * WEEK, [16] * 8
    alerts = judged(series(weeks + (fire + [4] * 88) * 7), lambda at: True)
    assert sum(a.kind == "confirmed" for a in alerts) == 7


def test_a_level_that_doubles_for_good_is_one_alert_and_then_usual():
    alerts = detect(series([4] * 4 * WEEK + [8] * 2 * WEEK))
    assert {a.at for a in alerts if a.at >= START + BUCKET * (4 * WEEK + 96)} == set()
    detector = SpikeDetector()
    readings = [detector.read(at, count) for at, count in series([4] * 4 * WEEK + [8] * 2 * WEEK)]
    assert readings[-1].expected == pytest.approx(8, rel=0.3)


def test_the_same_counts_give_the_same_alerts():
    rows = simulated(2.0, 7, weeks=5).rows()
    assert detect(rows) == detect(rows)


def test_a_fire_of_a_day_is_one_alert_of_each_kind():
    alerts = detect(series([4] * 3 * WEEK + [60] * 96))
    assert sorted(a.kind for a in alerts) == ["confirmed", "early"]


def test_a_young_series_is_judged_by_the_outlets_shape():
    wave = [20 if 8 <= (i % 96) / 4 < 20 else 2 for i in range(3 * WEEK)]
    shape = weekly_shape(series(wave), BUCKET)

    def highest(detector):
        return max(detector.read(at, count).confirmed for at, count in series(wave[: 3 * 96]))

    assert highest(SpikeDetector(shape=shape)) < highest(SpikeDetector())


def test_an_alert_says_what_was_expected():
    (first, *_) = detect(series([4] * 3 * WEEK + [50] * 4))
    assert first.count == 50
    assert first.expected == pytest.approx(4, abs=1)


@given(st.lists(st.integers(0, 10**9), max_size=200), st.sampled_from([1, 5, 15, 60, 1440]))
@settings(max_examples=40, deadline=None)
def test_any_counts_are_survived(counts, minutes):
    detector = SpikeDetector(timedelta(minutes=minutes))
    for i, n in enumerate(counts):
        for alert in detector.observe(START + timedelta(minutes=minutes * i), n):
            assert alert.z > 0


def test_a_shape_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="672"):
        Baseline(BUCKET, shape=[1.0])


def test_one_account_that_posts_forty_times_is_seen():
    loud = participation_of({"bot": 40, **{f"reader{n}": 1 for n in range(20)}})
    assert (loud.people, loud.messages, loud.concentrated) == (21, 60, True)


def test_a_crowd_is_not_concentrated():
    assert not participation_of(dict.fromkeys(range(300), 1)).concentrated
