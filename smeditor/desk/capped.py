"""Counts that stop: a page reads no more of a large newsroom than of a small one to say how many there are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.functional import cached_property
from wagtail.admin.paginator import WagtailPaginator

from smeditor.desk.search import in_no_order, is_search

COUNTED = 1_000
"""What stands beside a name in the menu, on a tab or on the home page: nobody works off more than that by its number."""
LISTED = 1_000
"""Rows that a list can be leafed through; who looks for an older one narrows the list."""
FOUND = 300
"""Finds of a search that can be leafed through: each is read to be counted, and a frequent word's are many."""


def capped_count(rows: QuerySet[Any], most: int = COUNTED, *, in_order: bool = False) -> int:
    """Return how many ``rows`` there are, and ``most + 1`` for whatever is more: no further row is read.

    ``in_order``: count along the order of the rows, for which a list has an index; a database that is free to choose
    may walk through what is oldest, where nothing is open.
    """
    return (rows if in_order else rows.order_by()).values("pk")[: most + 1].count()


def shown(number: int, most: int = COUNTED) -> str:
    """Return a capped count as it is read: "12", or "1,000+" where there are more (in the interface's language)."""
    return f"{number_format(min(number, most), force_grouping=True)}{'+' if number > most else ''}"


class CappedPaginator(WagtailPaginator):
    """Wagtail's pages, of the first ``LISTED`` rows of a query, or of the first ``FOUND`` of a search.

    ``in_order``: as of :func:`capped_count`; a list that no index has in its order sets it to False.
    """

    in_order = True

    @cached_property
    def is_search(self) -> bool:
        """Whether the database is to find the words; PostgreSQL knows what holds a rare one by its key already."""
        rows = self.object_list
        return isinstance(rows, QuerySet) and any(map(is_search, rows.query.where.children))

    @property
    def most(self) -> int:
        """How many rows can be leafed through."""
        return FOUND if self.is_search else LISTED

    @cached_property
    def capped(self) -> int:
        """How many rows there are, at most one more than can be shown."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return super().count
        if self.is_search:
            return capped_count(in_no_order(rows), self.most)
        return capped_count(rows, self.most, in_order=self.in_order)

    @cached_property
    def count(self) -> int:
        """How many rows there are on all pages together."""
        return min(self.capped, self.most)

    @cached_property
    def items_count_label(self) -> str:
        """How many there are, in words."""
        number = shown(self.capped, self.most)
        return f"{number} {self.verbose_name if self.capped == 1 else self.verbose_name_plural}"


class UnorderedPaginator(CappedPaginator):
    """Pages of a list that no index has in its order."""

    in_order = False
