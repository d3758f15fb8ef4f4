"""The tables of the test databases, made from the models in a second: migrating takes half a minute of a core.

``tests/newsroom/test_demo_tables.py`` (SQLite) and ``tests/newsroom/test_postgresql_tables.py`` hold them against those that
the migrations make.
"""

from __future__ import annotations

from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import pre_migrate
from django.test import override_settings

from newsroom.demo import tables


def make_from_models(folder: Path) -> None:
    """Let Django's test databases begin with the tables and rows of a migrated one: nothing is left to migrate.

    SQLite's is a file in ``folder``: the threads of a live server would share the one connection of a database in memory,
    and with it their transactions.
    """
    connection = connections["default"]
    connection.settings_dict["TEST"]["MIGRATE"] = False
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
    pre_migrate.connect(_make, weak=False, dispatch_uid="tests.database.make")


def _make(using: str, **_kwargs: object) -> None:
    connection = connections[using]
    if not connection.introspection.table_names():  # the signal comes once for every application
        with override_settings(MIGRATION_MODULES={}):  # hidden by ``MIGRATE``, and some tables are made by hand in them
            tables.create_all(connection)
        if connection.vendor == "postgresql":
            _collate_paths(connection)
            _keep_own_statistics(connection)


def _collate_paths(connection: BaseDatabaseWrapper) -> None:
    """Let the paths of trees be compared byte by byte, as Wagtail's first migration does on PostgreSQL alone."""
    with connection.cursor() as cursor:
        for table in ("wagtailcore_page", "wagtailcore_collection"):
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "path" TYPE varchar(255) COLLATE "C"')


def _keep_own_statistics(connection: BaseDatabaseWrapper) -> None:
    """Keep the server's autovacuum away: it sees no row of a test's transaction, and would tell the planner that none is there."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET (autovacuum_enabled = off)")
