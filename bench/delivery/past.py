"""Deliveries of years past, written by the database itself: a million in seconds instead of minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
MOVED = {"slot", "due_at", "sent_at"}
NUMBERS = {
    "postgresql": "SELECT generate_series(1, %s) AS n",
    "sqlite": "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < %s) SELECT n FROM counted",
}
LATER = {
    "postgresql": "{column} + n * interval '1 second'",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', {column}, '+' || n || ' seconds')",
}


def add_past(account: Any, number: int) -> None:
    """Write ``number`` deliveries that were sent long ago, a second apart, and let the database count its rows anew."""
    from django.db import connection

    from smeditor.models import Delivery, Post

    first = Delivery.objects.create(
        post=Post.objects.create(text="Past", live=True),
        account=account,
        state=Delivery.State.SENT,
        slot=LONG_AGO,
        due_at=LONG_AGO,
        sent_at=LONG_AGO,
        followed_up_at=LONG_AGO,
    )
    vendor, table = connection.vendor, connection.ops.quote_name(Delivery._meta.db_table)
    columns = [field.column for field in Delivery._meta.local_concrete_fields if field.column != "id"]
    names = ", ".join(map(connection.ops.quote_name, columns))
    values = ", ".join(_value(connection.ops.quote_name(column), column, vendor) for column in columns)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, ({NUMBERS[vendor]}) AS numbers WHERE id = %s"  # noqa: S608 - names of our own table
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [number - 1, first.pk])
        cursor.execute("ANALYZE")


def _value(quoted: str, column: str, vendor: str) -> str:
    if column == "occurrence":
        return "n"
    return LATER[vendor].format(column=quoted) if column in MOVED else quoted
