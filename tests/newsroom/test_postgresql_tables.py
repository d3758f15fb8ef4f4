"""On PostgreSQL, the tables that the tests make from the models are those that migrating makes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = """
    SELECT relation.relname, attname, CASE WHEN attidentity = '' THEN format_type(atttypid, atttypmod) END, attnotnull,
        attidentity::text, pg_get_expr(adbin, adrelid), coll.collname, attgenerated::text
    FROM pg_attribute
    JOIN pg_class relation ON relation.oid = attrelid AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
    JOIN pg_namespace space ON space.oid = relnamespace AND nspname = 'public'
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    LEFT JOIN pg_collation coll ON coll.oid = attcollation
"""
"""Not how wide a column is that counts itself: for tables of many-to-many relations Django's own migrations take the
site's ``DEFAULT_AUTO_FIELD``, its models the application's."""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = """
    SELECT tablename, indexname, indexdef, obj_description(format('%I', indexname)::regclass) FROM pg_indexes
    WHERE schemaname = 'public'
"""
TRIGGERS = "SELECT event_object_table, trigger_name, action_statement FROM information_schema.triggers"
APPLIED = "SELECT app, name FROM django_migrations"
PACKAGES_OWN = re.compile(r"(wagtail|taggit|auth|django)")
"""Tables that packages migrate: what they once renamed kept its constraints' names, by which nobody asks for them."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="these are PostgreSQL's"),
]


@pytest.fixture(scope="module")
def migrated(django_db_setup, django_db_blocker):
    """Answer a query in a database of its own that ``migrate`` has made; returns how often each row is there."""
    import psycopg

    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_migrated"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        environment = {**os.environ, "DATABASE_URL": url}
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        with psycopg.connect(url) as database:
            yield lambda query: Counter(database.execute(query).fetchall())
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def made(query: str) -> Counter[tuple]:
    """The same of the database that the tests stand on."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return Counter(cursor.fetchall())


def without_others_names(rows: Counter[tuple]) -> Counter[tuple]:
    """Rows of table, name, definition: the names that packages' migrations left are taken out, ours stay."""
    plain: Counter[tuple] = Counter()
    for (table, name, definition, *rest), times in rows.items():
        if PACKAGES_OWN.match(table):
            definition, name = definition.replace(f" {name} ", " "), ""
        plain[(table, name, definition, *rest)] += times
    return plain


@pytest.mark.parametrize("query", [COLUMNS, TRIGGERS, APPLIED], ids=["columns", "triggers", "applied"])
def test_what_is_made_is_what_is_migrated(migrated, query):
    ours, theirs = made(query), migrated(query)
    assert (ours - theirs, theirs - ours) == (Counter(), Counter())


@pytest.mark.parametrize("query", [CONSTRAINTS, INDEXES], ids=["constraints", "indexes"])
def test_what_is_constrained_and_indexed_is_the_same(migrated, query):
    ours, theirs = without_others_names(made(query)), without_others_names(migrated(query))
    assert (ours - theirs, theirs - ours) == (Counter(), Counter())
