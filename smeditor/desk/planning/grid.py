"""The calendar's table: a week has a row for each account, a day a row for each hour, a month a row for each week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format

from smeditor.desk.planning.entries import Entry
from smeditor.desk.planning.period import Period, View
from smeditor.desk.planning.places import Place
from smeditor.models import Account, Delivery

IN_CELL = 3
"""Deliveries in one cell; how many more there are stands below them."""
PLACES_IN_CELL = 2
"""Free places in one cell."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of a row or a column."""

    label: str
    sublabel: str = ""
    now: bool = False
    """Whether the present day or hour lies in it."""


@dataclass(slots=True)
class Cell:
    """One field of the table: what goes out in it, what is free in it, and what it means to drop a delivery on it."""

    begin: datetime
    end: datetime
    day: date
    label: str
    """What the field is called when it is spoken."""
    account: int | None
    open: bool
    """Whether a delivery can still be moved into it: it is not over yet."""
    outside: bool = False
    """Whether the day belongs to the month before or after."""
    entries: list[Entry] = field(default_factory=list)
    number: int = 0
    places: list[Place] = field(default_factory=list)
    more: tuple[str, str] | None = None
    """How many are not shown, in words, and where they are."""
    url: str = ""
    """Where the day is shown by hours."""

    @property
    def left(self) -> int:
        """How many deliveries are not shown."""
        return self.number - len(self.entries)

    @property
    def first_places(self) -> list[Place]:
        """The free places that are shown."""
        return self.places[:PLACES_IN_CELL]


Found = dict[tuple[int | None, int], list[int]]
"""Keys of deliveries by account (None where all accounts share a cell) and column."""


def read(rows: QuerySet[Delivery], period: Period) -> tuple[Found, dict[tuple[int | None, int], int]]:
    """The first ``IN_CELL`` of each cell in the order of their slots, and how many each has.

    A cell is a column of ``period``, by account; in a month all accounts share it. The columns are told apart by
    instants, so that a day of 25 hours has 25.
    """
    bounds = [When(slot__lt=end, then=Value(number)) for number, (_begin, end) in enumerate(period.columns)]
    rows = rows.annotate(column=Case(*bounds, default=Value(len(bounds)), output_field=IntegerField()))
    cell: list[Any] = [F("column")] if period.view == View.MONTH else [F("account"), F("column")]
    place = Window(RowNumber(), partition_by=cell, order_by=["slot", "pk"])
    number = Window(Count("pk"), partition_by=cell)
    first = rows.annotate(place=place, number=number).filter(place__lte=IN_CELL)
    keys: Found = {}
    numbers = {}
    columns = ("pk", "account", "column", "number", "place")
    for pk, account, column, total, _place in sorted(first.values_list(*columns), key=lambda row: row[-1]):
        where = (None if period.view == View.MONTH else account, column)
        keys.setdefault(where, []).append(pk)
        numbers[where] = total
    return keys, numbers


@dataclass(frozen=True, slots=True)
class Grid:
    """The table: the heads of its columns, and its rows, each with its own head."""

    corner: str
    heads: list[Head]
    rows: list[tuple[Head, list[Cell]]]

    @property
    def width(self) -> int:
        """How many columns it has, with that of the heads."""
        return len(self.heads) + 1

    @property
    def cells(self) -> Iterable[Cell]:
        """All of its cells."""
        return (cell for _head, cells in self.rows for cell in cells)


def build(period: Period, accounts: Sequence[Account], now: datetime, titles: tuple[str, str, str]) -> Grid:
    """An empty table for ``period``. ``titles``: what stands above accounts, hours and weeks."""
    account_word, hour_word, week_word = titles
    columns = period.columns

    def cell(number: int, account: Account | None) -> Cell:
        begin, end = columns[number]
        day = period.wall(begin).date()
        label = date_format(day, "l j F")
        if period.view == View.DAY:
            label = f"{label}, {hour_label(period, begin)}"
        return Cell(
            begin=begin,
            end=end,
            day=day,
            label=f"{label}, {account}" if account else label,
            account=account.pk if account else None,
            open=end > now,
            outside=period.view == View.MONTH and day.month != period.day.month,
        )

    def account_head(account: Account) -> Head:
        return Head(account.handle or str(account), account.get_network_display())

    def present(number: int) -> bool:
        return columns[number][0] <= now < columns[number][1]

    if period.view == View.DAY:
        heads = [account_head(account) for account in accounts]
        rows = [
            (Head(hour_label(period, begin), now=present(number)), [cell(number, account) for account in accounts])
            for number, (begin, _end) in enumerate(columns)
        ]
        return Grid(hour_word, heads, rows)
    if period.view == View.MONTH:
        heads = [Head(date_format(day, "D")) for day in period.days[:7]]
        weeks = range(0, len(columns), 7)
        rows = [
            (Head(f"{period.days[first]:%V}"), [cell(number, None) for number in range(first, first + 7)])
            for first in weeks
        ]
        return Grid(week_word, heads, rows)
    heads = [Head(date_format(day, "D j"), now=present(number)) for number, day in enumerate(period.days)]
    rows = [(account_head(account), [cell(number, account) for number in range(len(columns))]) for account in accounts]
    return Grid(account_word, heads, rows)


def hour_label(period: Period, begin: datetime) -> str:
    """The hour as the clock shows it; one that comes twice that day with the name of its time (CEST, CET)."""
    wall = period.wall(begin)
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    return f"{wall:%H:%M %Z}" if twice else f"{wall:%H:%M}"
