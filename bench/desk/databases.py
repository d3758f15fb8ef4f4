"""The databases of the bench: filled once, measured as a copy, and kept for the next time where that is asked for."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "bench"
"""Where databases of SQLite are kept."""
FILLED_BY = (
    *("smeditor/migrations/*.py", "newsroom/articles/migrations/*.py", "newsroom/demo/**/*.py", "smeditor/models/*.py"),
    *(f"bench/desk/{name}.py" for name in ("fill", "inbound", "language", "newsroom", "outbound", "outcome", "rows")),
)
"""What a filled database depends on: another one is filled as soon as any of it changes."""
Fill = Callable[[str], object]
"""Fills the empty database of a URL."""


def fingerprint(*also: str) -> str:
    """Return what tells one filled database from another: the files that it is made by, and ``also``."""
    result = hashlib.sha256("\n".join(also).encode())
    for path in sorted({path for pattern in FILLED_BY for path in ROOT.glob(pattern)}):
        result.update(path.read_bytes())
    return result.hexdigest()[:10]


@contextmanager
def filled(server: str, name: str, fill: Fill, *, kept_as: str = "") -> Iterator[str]:
    """Yield the URL of a database that ``fill`` has filled; it is dropped afterwards.

    ``server``: the URL of a PostgreSQL server, anything else for SQLite. ``kept_as``: the fingerprint under which a filled
    one is kept; what is measured is then a copy of it, so that measuring changes nothing for the next time.
    """
    make = _postgres if server.startswith("postgres") else _sqlite
    with make(server, name, fill, kept_as) as url:
        yield url


@contextmanager
def _sqlite(_server: str, name: str, fill: Fill, kept_as: str) -> Iterator[str]:
    kept = FOLDER / f"{name}_{kept_as}.sqlite3"
    with tempfile.TemporaryDirectory() as folder:
        measured = Path(folder) / f"{name}.sqlite3"
        url = f"sqlite:///{measured}"
        if kept_as and kept.exists():
            _copy(kept, measured)
        else:
            fill(url)
        if kept_as and not kept.exists():
            FOLDER.mkdir(parents=True, exist_ok=True)
            for other in FOLDER.glob(f"{name}_*"):
                other.unlink()
            _copy(measured, kept)
        yield url


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)


@contextmanager
def _postgres(server: str, name: str, fill: Fill, kept_as: str) -> Iterator[str]:
    import psycopg

    prefix = f"smeditor_bench_{name}"
    measured, kept = f"{prefix}_measured", f"{prefix}_{kept_as}"
    with psycopg.connect(server, autocommit=True) as connection:

        def run(statement: str) -> None:
            connection.execute(statement)

        def url(database: str) -> str:
            return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))

        run(f'DROP DATABASE IF EXISTS "{measured}"')
        there = {found for (found,) in connection.execute("SELECT datname FROM pg_database")}
        if kept not in there:
            for other in there:
                if kept_as and other.startswith(f"{prefix}_"):
                    run(f'DROP DATABASE IF EXISTS "{other}"')
            run(f'CREATE DATABASE "{measured}"')
            fill(url(measured))
            if kept_as:
                run(f'ALTER DATABASE "{measured}" RENAME TO "{kept}"')
        if kept_as:
            run(f'CREATE DATABASE "{measured}" TEMPLATE "{kept}" STRATEGY FILE_COPY')
        try:
            yield url(measured)
        finally:
            run(f'DROP DATABASE IF EXISTS "{measured}" WITH (FORCE)')
