"""Real counts with windows in which something happened, as the Numenta Anomaly Benchmark publishes them.

The set (github.com/numenta/NAB, AGPL-3.0) is read where a checkout of it lies, ``SMEDITOR_NAB``; nothing of it is kept.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.series import BUCKET, WEEK
from smeditor.insight.alerts.spikes import detect
from smeditor.insight.alerts.thresholds import SILENCE

FOLDER = "realTweets"
"""What people wrote about ten firms; all else there measures machines, or is counted by the half hour."""
QUIET = round(SILENCE / BUCKET)
Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Labelled:
    """Counts in quarters of an hour, and the windows in which something happened."""

    name: str
    rows: list[tuple[datetime, int]]
    windows: list[Window]

    @property
    def judged_windows(self) -> list[Window]:
        """Those from the second week on: before, no detector knows the week."""
        return [window for window in self.windows if window[0] >= self.rows[WEEK][0]]

    def is_real(self, at: datetime) -> bool:
        """Whether something happened at that time."""
        return any(start <= at <= end for start, end in self.windows)


def tweets() -> list[Labelled]:
    """Return the series; none where no checkout is named."""
    root = Path(os.environ.get("SMEDITOR_NAB", "/nowhere"))
    labels = root / "labels" / "combined_windows.json"
    if not labels.is_file():
        return []
    return [
        Labelled(name, _counts(root / "data" / name), [(_time(start), _time(end)) for start, end in windows])
        for name, windows in json.loads(labels.read_text()).items()
        if name.startswith(FOLDER)
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _counts(path: Path) -> list[tuple[datetime, int]]:
    with path.open() as file:
        values = [(_time(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)]
    first = values[0][0].replace(minute=0, second=0)
    counts: Counter[int] = Counter()
    for at, value in values:
        counts[(at - first) // BUCKET] += round(value)
    return [(first + BUCKET * number, counts[number]) for number in range(max(counts) + 1)]


def of_scores(series: Labelled, scores: Sequence[float], threshold: float) -> list[datetime]:
    """The alarms of a detector that rings from ``threshold`` on, once for what burns on."""
    found, last = [], -QUIET
    for number, ((at, _count), score) in enumerate(zip(series.rows, scores, strict=True)):
        if score >= threshold:
            if number - last >= QUIET:
                found.append(at)
            last = number
    return found


def as_shipped(series: Labelled) -> list[datetime]:
    """Our alarms: both kinds of one fire are one."""
    found: list[datetime] = []
    for at in sorted({alert.at for alert in detect(series.rows)}):
        if not found or at - found[-1] >= SILENCE:
            found.append(at)
    return found


def judge(every: Sequence[Labelled], alarms: Callable[[Labelled], list[datetime]]) -> dict[str, Any]:
    """Return the windows found, the false alarms a week of a series from the second week on, and that of the worst week."""
    found, windows, false, weeks = 0, 0, Counter[int](), Counter[int]()
    for series in every:
        begin = series.rows[0][0]
        rung = [at for at in alarms(series) if at >= series.rows[WEEK][0]]
        windows += len(series.judged_windows)
        found += sum(any(start <= at <= end for at in rung) for start, end in series.judged_windows)
        false.update((at - begin) // timedelta(weeks=1) for at in rung if not series.is_real(at))
        weeks.update(range(1, -(-len(series.rows) // WEEK)))
    return {
        "windows": windows,
        "found": found,
        "false_a_week": round(sum(false.values()) / sum(weeks.values()), 2),
        "worst_week": round(max(false[week] / weeks[week] for week in weeks), 2),
    }


def at_rate(every: Sequence[Labelled], scores: Callable[[list[int]], list[float]], rate: float) -> dict[str, Any]:
    """The same of a detector with the lowest threshold, one for all series, that rings falsely ``rate`` times a week."""
    by_name = {series.name: scores([count for _at, count in series.rows]) for series in every}
    levels = sorted({round(score, 2) for found in by_name.values() for score in found if score > 0})
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        result = judge(every, lambda series, level=levels[middle]: of_scores(series, by_name[series.name], level))
        low, high = (low, middle) if result["false_a_week"] <= rate else (middle + 1, high)
    return judge(every, lambda series: of_scores(series, by_name[series.name], levels[high]))
