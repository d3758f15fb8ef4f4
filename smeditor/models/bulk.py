"""Writing many rows at once: changing each to values of its own, and inserting what nobody needs as objects."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.constants import OnConflict

PARAMETERS = 900
"""Values in one statement: the oldest SQLite takes 999."""


def update_rows(rows: Iterable[Model], names: Sequence[str]) -> int:
    """Write the fields ``names`` of ``rows``, all of one model and all stored; return how many were changed.

    As ``QuerySet.bulk_update``, whose CASE compares each row with every value: here the values are a table that the rows
    are joined with (``UPDATE … FROM (VALUES …)``). Two hundred rows with six fields: 15 ms against 133 ms on PostgreSQL,
    3 ms against 119 ms on SQLite. Sends no signals.
    """
    left = iter(rows)
    first = next(left, None)
    if first is None:
        return 0
    model = type(first)
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in names]
    columns = [model._meta.pk, *(field for field in fields if isinstance(field, Field))]
    size = max(1, PARAMETERS // len(columns))
    batch = [first, *islice(left, size - 1)]
    if not _joins(connection):
        return model._default_manager.bulk_update([*batch, *left], list(names))
    changed = 0
    while batch:
        changed += _update(connection, model, columns, batch)
        batch = list(islice(left, size))
    return changed


def insert_rows(
    model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, ignore_conflicts: bool = False
) -> None:
    """Insert ``rows``, tuples of values of the fields ``names``: all that ``model`` has but its number.

    As ``QuerySet.bulk_create``, without an object for each row: nobody learns their numbers. Sends no signals.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = [
        [field.get_db_prep_save(value, connection=connection) for value in values]
        for field, values in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_plain_type(connection, field)}[]" for field in fields)
            conflict = "ON CONFLICT DO NOTHING" if ignore_conflicts else ""
            cursor.execute(f"INSERT INTO {into} SELECT * FROM UNNEST({arrays}) {conflict}", columns)  # noqa: S608 - names only
        else:
            insert = connection.ops.insert_statement(OnConflict.IGNORE if ignore_conflicts else None)
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{insert} {into} VALUES ({marks})", list(zip(*columns, strict=True)))


def _plain_type(connection: BaseDatabaseWrapper, field: Field[Any, Any]) -> str:
    """The type of a column without its length: a cast to a length would cut what is too long, and say nothing."""
    return (field.db_type(connection) or "text").partition("(")[0]


def _joins(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database can update from a table of values: PostgreSQL, and SQLite from 3.33 on."""
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version_info >= (3, 33)
    return connection.vendor == "postgresql"


def _update(connection: BaseDatabaseWrapper, model: type[Model], columns: Sequence[Any], rows: Sequence[Model]) -> int:
    quote = connection.ops.quote_name
    names = [quote(field.column) for field in columns]
    marks = ", ".join(["%s"] * len(columns))
    # The first row tells PostgreSQL the types: it takes a bare value for text.
    typed = ", ".join(_typed(connection, field) for field in columns)
    values = ", ".join([f"({typed})", *[f"({marks})"] * (len(rows) - 1)])
    changes = ", ".join(f"{name} = given.column{place}" for place, name in enumerate(names[1:], 2))
    table = quote(model._meta.db_table)
    # Both engines name the columns of bare values column1, column2, …
    statement = (
        f"UPDATE {table} SET {changes} "  # noqa: S608 - names of our own tables and columns only
        f"FROM (VALUES {values}) AS given WHERE {table}.{names[0]} = given.column1"
    )
    parameters = [
        field.get_db_prep_save(getattr(row, field.attname), connection=connection) for row in rows for field in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def _typed(connection: BaseDatabaseWrapper, field: Any) -> str:
    return f"%s::{_plain_type(connection, field)}" if connection.vendor == "postgresql" else "%s"
