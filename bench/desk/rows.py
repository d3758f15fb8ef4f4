"""Tables written from dictionaries: by COPY on PostgreSQL, in long inserts on SQLite, a million rows in a minute."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

ORDINARY = re.compile(r"[^\\\n\r\t]*").fullmatch
ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})

INDEXES = """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
             AND (tablename LIKE 'smeditor%' OR tablename = 'wagtailsearch_indexentry')
             AND indexname NOT IN (SELECT conname FROM pg_constraint)"""


class Table:
    """One table: what a row does not name has the field's default, put into text once."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.fields = model._meta.local_concrete_fields
        self.names = [field.attname for field in self.fields]
        self.json = {field.attname for field in self.fields if isinstance(field, models.JSONField)}
        self.defaults = {field.attname: _default(field) for field in self.fields if not field.primary_key}
        self.place = {name: place for place, name in enumerate(self.names)}
        self.line = [as_copied(self._encoded(name, self.defaults.get(name))) for name in self.names]
        self.number = 0

    def next(self) -> int:
        """Return the next free primary key."""
        self.number += 1
        return self.number

    def write(self, rows: Iterable[dict[str, Any]]) -> int:
        """Write ``rows`` (by column name, the primary key included) in one transaction. Returns how many."""
        began, count = time.perf_counter(), 0
        quote = connection.ops.quote_name
        table, columns = quote(self.model._meta.db_table), ", ".join(quote(field.column) for field in self.fields)
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for batch in batches(map(self._copied, rows), 2_000):
                        copy.write("".join(batch))
                        count += len(batch)
            else:
                marks = ", ".join(["%s"] * len(self.names))
                insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names only
                for batch in batches(map(self._values, rows), 5_000):
                    cursor.executemany(insert, batch)
                    count += len(batch)
        if count:
            print(f"{count:>11,} {self.model._meta.label:<34} {time.perf_counter() - began:6.1f} s", flush=True)
        return count

    def _encoded(self, name: str, value: Any) -> Any:
        return json.dumps(value) if name in self.json and value is not None else value

    def _copied(self, row: dict[str, Any]) -> str:
        line = self.line.copy()
        for name, value in row.items():
            line[self.place[name]] = as_copied(self._encoded(name, value))
        return "\t".join(line) + "\n"

    def _values(self, row: dict[str, Any]) -> tuple[Any, ...]:
        filled = {**self.defaults, **row}
        return tuple(as_inserted(self._encoded(name, filled[name])) for name in self.names)


def _default(field: models.Field) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    if isinstance(field, models.JSONField) and not field.has_default():
        return None
    value = field.get_db_prep_save(field.get_default(), connection) if _is_encrypted(field) else field.get_default()
    is_text = isinstance(field, models.CharField | models.TextField)
    return "" if value is None and not field.null and is_text else value


def _is_encrypted(field: models.Field) -> bool:
    return type(field).__name__.startswith("Encrypted")


def as_copied(value: Any) -> str:
    """Return a value in the text format of PostgreSQL's COPY."""
    if isinstance(value, str):
        return value if ORDINARY(value) else value.translate(ESCAPED)
    if value is None:
        return "\\N"
    return ("f", "t")[value] if isinstance(value, bool) else str(value)


def as_inserted(value: Any) -> Any:
    """Return a value as SQLite takes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.hex if isinstance(value, uuid.UUID) else value


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of at most ``size`` rows."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


@contextmanager
def unchecked() -> Iterator[None]:
    """Write first and check nothing; PostgreSQL builds its indexes afterwards and learns what lies where.

    SQLite is told nothing of it: in a newsroom nobody tells it either.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("PRAGMA foreign_keys = OFF")
            yield
            return
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        reset_sequences()
        cursor.execute("VACUUM (ANALYZE)")


def tidy() -> None:
    """Leave PostgreSQL's tables as autovacuum does in a newsroom, of which it knows the statistics; SQLite has no such thing."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def reset_sequences() -> None:
    """Let the next row of each table have a key that is free."""
    tables = [model for model in apps.get_models() if model._meta.managed]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
