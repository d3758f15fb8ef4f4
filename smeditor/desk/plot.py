"""A plot of what came beside what was expected, as plain numbers for an SVG that a template draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, Table

from smeditor.desk.tables import MomentColumn

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


TABLE = [
    MomentColumn("at", label=_("When")),
    Column("came", label=capfirst(_("came")), accessor=lambda bar: number_format(round(bar.came))),
    Column("expected", label=capfirst(_("expected")), accessor=lambda bar: number_format(bar.expected, 1)),
]


@dataclass(frozen=True)
class Plot:
    """``bars`` of what came; ``line``: the points of what was expected; ``top``: the largest value.

    ``with_expected``: whether what was expected is shown at all.
    """

    bars: list[Bar]
    line: str
    top: float
    with_expected: bool = True
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = PLOT_HEIGHT

    @property
    def table(self) -> Table:
        """The same in numbers, for whoever cannot see a drawing."""
        return Table(TABLE if self.with_expected else TABLE[:-1], self.bars)


def plot(series: Sequence[object], most: int = 96, with_expected: bool = True) -> Plot | None:
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
    return Plot(bars, " ".join(points), top, with_expected)


def _moment(at: object) -> datetime | str:
    try:
        return parse_datetime(str(at)) or str(at)
    except ValueError:
        return str(at)
