"""The plans by which the database answers what the code asks, with the very parameters it is asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

EXPLAIN = {"postgresql": "EXPLAIN ", "sqlite": "EXPLAIN QUERY PLAN "}
EXPLAINED = ("SELECT", "UPDATE", "DELETE")


def plans_of(run: Callable[[], Any]) -> str:
    """Return the plans of all that ``run`` asks the database, one text. A query set that it returns is read.

    The statements are explained with their parameters as parameters: written as literals, SQLite would prove for a
    partial index what it cannot prove in real life.
    """
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(EXPLAINED) and not many:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        found = run()
        if isinstance(found, QuerySet):
            list(found)
    lines: list[str] = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(EXPLAIN[connection.vendor] + sql, params)
            lines += [sql, *(str(row[-1]) for row in cursor.fetchall()), ""]
    return "\n".join(lines)


def refresh_statistics(models: Iterable[type[Model]]) -> None:
    """Let PostgreSQL's planner know these tables as they are; SQLite's knows nothing of them, in a newsroom as here.

    It weighs an index by its pages, and those that rolled-back tests left in it are none of this table's.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"REINDEX TABLE {connection.ops.quote_name(model._meta.db_table)}")
        cursor.execute("ANALYZE")


def index_names(models: Iterable[type[Model]]) -> dict[str, str]:
    """Every index that ``models`` declare, by what it is called, or its model and field: its name in the database."""
    declared = {index.name: index.name for model in models for index in model._meta.indexes}
    for model in models:
        inherited = {field.name for base in model._meta.get_parent_list() for field in base._meta.fields}
        for field in model._meta.local_fields:
            if field.db_index and not field.unique and not field.remote_field and field.name not in inherited:
                declared[f"{model.__name__}.{field.name}"] = f"{model._meta.db_table}_{field.column}"
    return declared
