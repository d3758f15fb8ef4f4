"""The demo's database file: a copy of a kept one, or made from the models where none of this state is kept yet."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper

from newsroom.demo import tables

PACKAGES = ("django", "wagtail")
UNFINISHED = 1
"""SQLite's ``user_version`` of a file whose tables are being made: what is left of it is no database."""


def prepare(connection: BaseDatabaseWrapper, kept: Path) -> None:
    """Give the database of ``connection`` the tables of this checkout.

    A new SQLite file becomes a copy of the one in the folder ``kept`` that was made from the same migrations, models and
    packages, and is made and kept there where there is none. One with data is migrated if it comes from another state,
    as every other kind of database is.
    """
    if connection.vendor != "sqlite":
        call_command("migrate", verbosity=0, interactive=False)
        return
    path, state = Path(connection.settings_dict["NAME"]), state_of_tables()
    copy, number = kept / f"tables-{state}.sqlite3", int(state[:7], 16)
    if not path.exists() or _number(connection) == UNFINISHED:
        connection.close()
        _remove(path)
        if copy.exists():
            shutil.copyfile(copy, path)
        else:
            _create(connection, number)
            _keep(connection, copy)
    elif _number(connection) != number:
        call_command("migrate", verbosity=0, interactive=False)
        _set_number(connection, number)


def state_of_tables() -> str:
    """Return a hash of all that decides what the tables are: migrations, our models, the packages' versions."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        digest.update(f"{package}={version(package)};".encode())
    for path in _sources():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield Path(tables.__file__)
    for config in apps.get_app_configs():
        folder = Path(config.path)
        yield from sorted(folder.glob("migrations/*.py"))
        if config.name.partition(".")[0] in {"newsroom", "smeditor"}:  # others' models are known by their version
            yield from sorted(folder.glob("models/*.py"))


def _create(connection: BaseDatabaseWrapper, number: int) -> None:
    _set_number(connection, UNFINISHED)
    tables.create_all(connection)
    _set_number(connection, number)


def _keep(connection: BaseDatabaseWrapper, copy: Path) -> None:
    """Store the database of ``connection`` as ``copy``, whole or not at all, instead of those of earlier states."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    for earlier in copy.parent.glob("tables-*.sqlite3"):
        earlier.unlink(missing_ok=True)
    half = copy.with_suffix(".half")
    half.unlink(missing_ok=True)
    connection.ensure_connection()
    target = sqlite3.connect(half)
    try:
        connection.connection.backup(target)
    finally:
        target.close()
    half.rename(copy)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _number(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA user_version")
        return cursor.fetchone()[0]


def _set_number(connection: BaseDatabaseWrapper, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA user_version = {number:d}")
