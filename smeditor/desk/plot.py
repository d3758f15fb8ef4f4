"""A plot of what came beside what was expected, as plain numbers for an SVG that a template draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

WIDTH, HEIGHT, FOOT = 640, 180, 24
PLOT_HEIGHT = HEIGHT - FOOT


@dataclass(frozen=True)
class Bar:
    """One bar: its moment (or what stands for it), both values, and its place and size in the drawing's units."""

    at: datetime | str
    came: float
    expected: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plot:
    """``bars`` of what came; ``line``: the points of what was expected; ``top``: the largest value."""

    bars: list[Bar]
    line: str
    top: float
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = PLOT_HEIGHT


def plot(series: Sequence[object], most: int = 96) -> Plot | None:
    """Draw the last ``most`` of ``[[time, came, expected]]``; None when there is nothing to draw."""
    rows = [row for row in series if isinstance(row, list | tuple) and len(row) >= 3][-most:]
    if not rows:
        return None
    top = max(max(float(row[1]), float(row[2])) for row in rows) or 1.0
    step = WIDTH / len(rows)
    bars, points = [], []
    for number, (at, came, expected, *_rest) in enumerate(rows):
        height = round(PLOT_HEIGHT * float(came) / top, 1)
        x = round(number * step, 1)
        bars.append(
            Bar(
                _moment(at),
                float(came),
                float(expected),
                x,
                round(PLOT_HEIGHT - height, 1),
                round(step * 0.8, 1),
                height,
            )
        )
        points.append(f"{x + step * 0.4:.1f},{PLOT_HEIGHT - PLOT_HEIGHT * float(expected) / top:.1f}")
    return Plot(bars, " ".join(points), top)


def _moment(at: object) -> datetime | str:
    try:
        return parse_datetime(str(at)) or str(at)
    except ValueError:
        return str(at)
