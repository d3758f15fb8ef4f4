"""Migrating works in a bare clone, and the tables that the demo makes from the models are those that it makes there."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PREPARE = """
import sys, django
from pathlib import Path
django.setup()
from django.db import connection
from newsroom.demo import database
database.prepare(connection, Path(sys.argv[1]))
"""
OURS = ("DJANGO_", "NEWSROOM_", "SMEDITOR_", "DATABASE_", "CELERY_", "CACHE_", "EMAIL_", "PYTHONPATH", "PYTEST_")
ONE_EACH = {"translation_key", "applied"}
"""Columns that differ in every database."""
NOT_COMPARED = {"sqlite_sequence", "auth_permission.name"}
"""What SQLite keeps for itself, and the wording of permissions, in which Django's own migrations differ."""
VIRTUAL = re.compile(r"(_fts|_words)(_\w+)?$")
"""The tables of full-text indexes, whose pages are SQLite's own affair."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prepare(tmp_path_factory):
    """Prepare a database file as the demo does; returns its path."""
    folder = tmp_path_factory.mktemp("tables")

    def prepared(name: str) -> Path:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / name}"}
        subprocess.run([sys.executable, "-c", PREPARE, str(folder / "kept")], cwd=ROOT, env=environment, check=True)
        return folder / name

    return prepared


@pytest.fixture(scope="module")
def made(prepare) -> sqlite3.Connection:
    database = sqlite3.connect(prepare("made.sqlite3"))
    yield database
    database.close()


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """The tracked files as they stand here, and nothing else: no environment, no folder made by hand."""
    folder = tmp_path_factory.mktemp("bare") / "clone"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    manage(folder, "migrate", "--verbosity=0")
    return folder


def manage(clone: Path, *arguments: str) -> None:
    """What a newcomer types first."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def migrated(clone) -> sqlite3.Connection:
    database = sqlite3.connect(clone / "var" / "newsroom.sqlite3")
    yield database
    database.close()


def schema(database: sqlite3.Connection) -> dict[tuple[str, str], Counter[str]]:
    """The definition of each table, index and trigger by kind and name; the order of a table's columns does not count."""
    rows = database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
    return {(kind, name): Counter(parts(sql) if kind == "table" else [sql]) for kind, name, sql in rows}


def parts(sql: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE, and what stands around them."""
    head, body, depth = sql.partition("(")[0], sql.partition("(")[2].rpartition(")")[0], 0
    found = [""]
    for sign in body:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [head, *(re.sub(r"\s+", " ", part).strip() for part in found)]


def contents(database: sqlite3.Connection) -> dict[str, Counter[tuple]]:
    """The rows of each table; a row that another refers to stands in the place of its number."""

    def ask(sql: str, *parameters: object) -> list[sqlite3.Row]:
        cursor = database.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, parameters).fetchall()

    names = [row["name"] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [name for name in names if not VIRTUAL.search(name) and name not in NOT_COMPARED]
    keys = {
        table: {row["from"]: (row["table"], row["to"]) for row in ask(f"PRAGMA foreign_key_list({table})")}
        for table in tables
    }

    def read(table: str, row: sqlite3.Row) -> tuple:
        cells = {}
        for column in sorted(row.keys()):
            if column in {"id", *ONE_EACH} or f"{table}.{column}" in NOT_COMPARED:
                continue
            cells[column] = row[column]
            if column in keys[table] and row[column] is not None:
                other, key = keys[table][column]
                [target] = ask(f"SELECT * FROM {other} WHERE {key} = ?", row[column])  # noqa: S608 - the schema's own names
                cells[column] = read(other, target)
        return tuple(cells.items())

    return {table: Counter(read(table, row) for row in ask(f"SELECT * FROM {table}")) for table in tables}  # noqa: S608


def test_migrate_works_in_a_bare_clone(clone):
    """U8: it failed until somebody had made ``var/``."""
    manage(clone, "migrate", "--check")
    manage(clone, "check")
    assert (clone / "var" / "newsroom.sqlite3").stat().st_mode & 0o777 == 0o600


def test_the_schema_is_that_of_the_migrations(made, migrated):
    assert schema(made) == schema(migrated)


def test_the_rows_are_those_that_the_migrations_write(made, migrated):
    ours, theirs = contents(made), contents(migrated)
    assert {
        table: (rows - theirs[table], theirs[table] - rows) for table, rows in ours.items() if rows != theirs[table]
    } == {}


def test_the_next_database_is_a_copy_of_the_first(prepare, made):
    [kept] = (Path(made.execute("PRAGMA database_list").fetchone()[2]).parent / "kept").iterdir()
    marker = sqlite3.connect(kept)
    with marker:
        marker.execute("CREATE TABLE marker (id)")
    marker.close()
    copied = sqlite3.connect(prepare("copied.sqlite3"))
    assert ("table", "marker") in schema(copied)
    copied.close()


def test_one_whose_making_was_broken_off_is_begun_again(prepare, made):
    whole = schema(made)
    path = prepare("broken.sqlite3")
    path.unlink()
    half = sqlite3.connect(path)
    half.executescript("CREATE TABLE wagtailcore_page (id); PRAGMA user_version = 1;")
    half.close()
    again = sqlite3.connect(prepare("broken.sqlite3"))
    assert whole.items() <= schema(again).items()
    again.close()


def test_one_with_data_of_an_earlier_state_is_migrated_and_kept(prepare, made):
    path = prepare("earlier.sqlite3")
    earlier = sqlite3.connect(path)
    earlier.executescript("PRAGMA user_version = 99; UPDATE wagtailcore_site SET site_name = 'La Vigie';")
    earlier.close()
    later = sqlite3.connect(prepare("earlier.sqlite3"))
    assert later.execute("SELECT site_name FROM wagtailcore_site").fetchone() == ("La Vigie",)
    assert later.execute("PRAGMA user_version").fetchone() == made.execute("PRAGMA user_version").fetchone()
    later.close()
