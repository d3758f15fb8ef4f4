"""Recall and delay of the detectors at one false alarm a week, and the false alarms at the shipped thresholds."""

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import labelled_counts
from bench.detectors import PEERS, scores
from bench.series import BUCKET, BURST, CAP, START, TRAIN_WEEKS, WEEK, Series, real, rushed, simulated
from bench.sets import shared
from smeditor.insight.alerts.spikes import SpikeDetector

QUIET = 24
"""Buckets after an alarm in which the same detector's next one is the same alarm."""


JUDGED = range(401, 407)
"""Seeds that were kept for judging: the detectors were developed on 501 to 508, 601 to 606 and 701 to 708 (bursts: 1,000
more), and on One Million Posts folded onto 8, 9, 11, 12 and 13 weeks with bursts from seeds 2,500 and up."""


def alarms(score: list[float], threshold: float) -> list[int]:
    found: list[int] = []
    last = -QUIET
    for i in range(TRAIN_WEEKS * WEEK, len(score)):
        if score[i] >= threshold:
            if i - last >= QUIET:
                found.append(i)
            last = i
    return found


def threshold_for(calm: list[list[float]], per_week: float = 1.0) -> float:
    """Return the lowest threshold with at most ``per_week`` alarms a week on series that hold no burst.

    Infinite where even the highest value rings more often: a score that stops at a ceiling can't be made quieter.
    """
    weeks = sum(len(score) - TRAIN_WEEKS * WEEK for score in calm) / WEEK
    values = sorted({round(v, 3) for score in calm for v in score[TRAIN_WEEKS * WEEK :]}, reverse=True)
    limit = min(len(values) - 1, int(weeks * 40))

    def quiet(at: int) -> bool:
        return sum(len(alarms(score, values[at])) for score in calm) / weeks <= per_week

    if not quiet(0):
        return math.inf
    # Down from the top, for far below it alarms run into each other and grow fewer again.
    low, high = 0, 1
    while high < limit and quiet(high):
        low, high = high, 2 * high
    high = min(high, limit)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if quiet(middle) else (low, middle)
    return values[low]


def judged(score: list[float], bursts: list[tuple[int, int]], threshold: float) -> list[int | None]:
    """Return the delay in minutes of each burst's first bucket over the threshold, None where it was missed.

    A burst counts as missed where the score stood over the threshold in the bucket before it began.
    """
    delays: list[int | None] = []
    for start, _factor in bursts:
        hits = [step for step in range(BURST) if score[start + step] >= threshold]
        delays.append(15 * (hits[0] + 1) if hits and score[start - 1] < threshold else None)
    return delays


def as_shipped(series: Series) -> dict[str, list[int]]:
    """Return the buckets of the alerts of each kind that the shipped detector raises after the first weeks.

    An editor judges each as it comes: it is real if it rang in a burst that was put there, otherwise it is nothing.
    """
    places: dict[str, list[int]] = {"early": [], "confirmed": []}
    verdicts: dict[datetime, bool] = {}
    detector = SpikeDetector(verdicts=verdicts)
    for at, count in series.rows():
        place = (at - START) // BUCKET
        for alert in detector.observe(at, count):
            verdicts[at] = any(start <= place < start + BURST for start, _factor in series.bursts)
            if place >= TRAIN_WEEKS * WEEK:
                places[alert.kind].append(place)
    return places


def compare(calm: list[Series], spiking: list[Series]) -> dict[str, dict[str, float]]:
    calm_scores = [scores(series) for series in calm]
    spike_scores = [scores(series) for series in spiking]
    table = {}
    for name in calm_scores[0]:
        threshold = threshold_for([s[name] for s in calm_scores])
        delays = [
            d
            for series, s in zip(spiking, spike_scores, strict=True)
            for d in judged(s[name], series.bursts, threshold)
        ]
        detected = [d for d in delays if d is not None]
        table[name] = {
            "recall": round(len(detected) / len(delays), 3),
            "delay_minutes": median(detected) if detected else 0,
            "threshold": threshold,
        }
    weeks = sum(len(s.counts) - TRAIN_WEEKS * WEEK for s in calm) / WEEK
    rung_calm, rung = [as_shipped(s) for s in calm], [as_shipped(s) for s in spiking]
    for kind in ("early", "confirmed"):
        hits = [
            any(start <= place < start + BURST for place in places[kind])
            for series, places in zip(spiking, rung, strict=True)
            for start, _factor in series.bursts
        ]
        table[f"smeditor {kind}"] |= {
            "shipped_false_alarms_a_week": round(sum(len(places[kind]) for places in rung_calm) / weeks, 3),
            "shipped_recall": round(sum(hits) / len(hits), 3),
        }
    return table


def run(*, quick: bool = False) -> dict[str, Any]:
    """Return recall, delay in minutes and threshold of every detector, for three levels and for real counts."""
    seeds = range(JUDGED.start, JUDGED.start + 2) if quick else JUDGED
    table: dict[str, Any] = {}
    for level in (2.0, 20.0, 200.0):
        calm = [simulated(level, seed, bursts=False) for seed in seeds]
        table[f"{level:g} a bucket"] = compare(calm, [simulated(level, 1_000 + seed) for seed in seeds])
    posts = shared("data/triage/one_million_posts_folds1-7.jsonl")
    if posts is not None:
        for name, quieted in (
            ("One Million Posts", False),
            (f"One Million Posts, an article at most {CAP} an hour", True),
        ):
            spiking = [real(posts, 2_000 + seed, bursts=True, calm=quieted) for seed in seeds]
            table[name] = compare([real(posts, 0, bursts=False, calm=quieted)], spiking)
        table["alarms on One Million Posts as it was"] = explained(posts)
    if every := labelled_counts.tweets():
        table["labelled counts"] = labelled(every)
    return table


def labelled(every: Sequence[labelled_counts.Labelled]) -> dict[str, Any]:
    """Return what is found of labelled windows in real counts, as shipped and by peers that ring falsely once a week."""
    return {"as shipped": labelled_counts.judge(every, labelled_counts.as_shipped)} | {
        peer: labelled_counts.at_rate(every, scorer, 1.0) for peer, scorer in PEERS.items()
    }


def explained(posts: Path) -> dict[str, float]:
    """Return the shipped detector's alarms a week on the readers' own counts, and how many no rush explains.

    No burst was injected: these count as false above, though most are rushes to one article (``rushed``).
    """
    series, rushes = real(posts, 0, bursts=False), rushed(posts)
    weeks = (len(series.counts) - TRAIN_WEEKS * WEEK) / WEEK
    metrics: dict[str, float] = {}
    for kind, places in as_shipped(series).items():
        bare = [at for at in places if rushes.isdisjoint(range(at - 2, at + 3))]
        metrics[f"{kind}_a_week"] = round(len(places) / weeks, 3)
        metrics[f"{kind}_without_a_rush_a_week"] = round(len(bare) / weeks, 3)
    metrics["rush_share_of_buckets"] = round(sum(at >= TRAIN_WEEKS * WEEK for at in rushes) / (weeks * WEEK), 4)
    return metrics


def missed(metrics: dict[str, Any]) -> list[str]:
    """Return in words where the shipped detector gives more than one false alarm a week, or finds less than its peers.

    On the readers' own counts recall is not compared: a rush of theirs and an injected burst are the same thing.
    """
    found = []
    for name, table in metrics.items():
        if "smeditor early" not in table:
            continue
        ours = max(table[f"smeditor {kind}"]["recall"] for kind in ("early", "confirmed"))
        peers = max(row["recall"] for peer, row in table.items() if not peer.startswith("smeditor"))
        if ours < peers and name != "One Million Posts":
            found.append(f"alerts: recall {ours} on {name}, a peer has {peers}")
        for kind in ("early", "confirmed"):
            rate = table[f"smeditor {kind}"]["shipped_false_alarms_a_week"]
            if rate > 1:
                found.append(f"alerts: {rate} false {kind} alarms a week on {name}")
    worst = metrics.get("labelled counts", {}).get("as shipped", {}).get("worst_week", 0)
    if worst > 1:
        found.append(f"alerts: {worst} false alarms in a week on labelled counts")
    for key, rate in metrics.get("alarms on One Million Posts as it was", {}).items():
        if key.endswith("without_a_rush_a_week") and rate > 1:
            found.append(f"alerts: {rate} {key} on One Million Posts")
    return found
