"""Detectors to beat: vendors' public formulas and the two of the reference, each as a score for every bucket."""

import math
from statistics import median

from bench.series import DAY, WEEK, Series
from smeditor.insight.alerts.spikes import SpikeDetector


def last_hour_against_twelve(counts: list[int]) -> list[float]:
    """Ratio of the last hour to the mean hour of the twelve before it."""
    sums = [0, *counts]
    for i in range(1, len(sums)):
        sums[i] += sums[i - 1]
    scores = []
    for i in range(1, len(sums)):
        hour = sums[i] - sums[max(0, i - 4)]
        past = sums[max(0, i - 4)] - sums[max(0, i - 52)]
        scores.append(hour / max(past / 12, 0.5) if i > 52 else 0.0)
    return scores


def day_above_week(counts: list[int]) -> list[float]:
    """By how many standard deviations the mean of 24 hours lies above the mean of 7 days."""
    scores, total, squares, day = [], 0, 0, 0
    for i, n in enumerate(counts):
        total, squares, day = total + n, squares + n * n, day + n
        if i >= WEEK:
            old = counts[i - WEEK]
            total, squares = total - old, squares - old * old
        if i >= DAY:
            day -= counts[i - DAY]
        size = min(i + 1, WEEK)
        mean = total / size
        spread = math.sqrt(max(squares / size - mean * mean, 1e-9))
        scores.append((day / DAY - mean) / spread if i >= WEEK else 0.0)
    return scores


def ewma(counts: list[int], weight: float = 0.02) -> list[float]:
    """Distance from an exponentially weighted mean, in standard deviations weighted alike; it knows no hour and no weekday."""
    scores, mean, variance = [], float(counts[0]), max(float(counts[0]), 1.0)
    for count in counts:
        away = count - mean
        scores.append(away / math.sqrt(max(variance, 1.0)))
        mean += weight * away
        variance = (1 - weight) * (variance + weight * away * away)
    return scores


def _weeks_before(counts: list[int], i: int, near: int) -> list[int]:
    past = [i + d - WEEK * w for w in range(1, 7) for d in range(-near, near + 1)]
    return [counts[p] for p in past if 0 <= p < i]


def seasonal_mad(counts: list[int]) -> list[float]:
    """The reference's early detector: distance from the median of this hour in past weeks, in MADs."""
    scores = []
    for i, n in enumerate(counts):
        past = _weeks_before(counts, i, 2)
        if len(past) < 15:
            scores.append(0.0)
            continue
        middle = median(past)
        spread = 1.4826 * median(abs(v - middle) for v in past)
        scores.append((n - middle) / max(spread, math.sqrt(middle), 1.0))
    return scores


def seasonal_cusum(counts: list[int]) -> list[float]:
    """The reference's confirmed detector: CUSUM of the seasonal z on the square-root scale."""
    scores, total = [], 0.0
    for i, n in enumerate(counts):
        past = [2 * math.sqrt(v) for v in _weeks_before(counts, i, 2)]
        if len(past) < 15:
            scores.append(0.0)
            continue
        mean = sum(past) / len(past)
        spread = math.sqrt(sum((v - mean) ** 2 for v in past) / len(past))
        total = min(max(0.0, total + (2 * math.sqrt(n) - mean) / max(spread, 1.0) - 0.5), 60.0)
        scores.append(total)
    return scores


def _ours(series: Series) -> tuple[list[float], list[float]]:
    detector = SpikeDetector()
    readings = [detector.read(at, n) for at, n in series.rows()]
    return [r.early for r in readings], [r.confirmed for r in readings]


PEERS = {
    "last hour / 12 hours": last_hour_against_twelve,
    "24 h over 7 days + k sd": day_above_week,
    "seasonal MAD z (reference)": seasonal_mad,
    "EWMA": ewma,
}
"""Those to which the alarms on labelled counts are compared."""


def scores(series: Series) -> dict[str, list[float]]:
    """Return every detector's score for every bucket."""
    early, confirmed = _ours(series)
    return {
        "last hour / 12 hours": last_hour_against_twelve(series.counts),
        "24 h over 7 days + k sd": day_above_week(series.counts),
        "seasonal MAD z (reference)": seasonal_mad(series.counts),
        "seasonal CUSUM (reference)": seasonal_cusum(series.counts),
        "smeditor early": early,
        "smeditor confirmed": confirmed,
    }
