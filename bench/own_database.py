"""A benchmark on a new database of its own, in a process of its own: what it leaves is removed whatever becomes of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile


def run_again(module: str, kind: str = "") -> int:
    """Run ``module`` again with ``DATABASE_URL`` set, and return its exit code.

    ``kind``: ``postgres`` or ``sqlite``; empty: PostgreSQL where one answers, else SQLite in a file.
    """
    from tests.faults.__main__ import POSTGRES, database, reachable

    kind = kind or ("postgres" if reachable(POSTGRES) else "sqlite")
    with tempfile.TemporaryDirectory() as folder, database(kind, folder) as url:
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
        try:
            return process.wait()
        finally:
            process.terminate()  # interrupted: let it end what it has started, before its database goes
            process.wait()


def stopped(number: int, frame: object) -> None:
    """End as after an error when a signal comes: an interrupted run still removes its database and ends its processes."""
    sys.exit(128 + number)
