"""The file of an SQLite database holds readers' words and sealed secrets: only its owner may read it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

OWNER_ONLY = 0o600


def connect() -> None:
    """Close the file at each connection; SQLite gives its journal files the mode of the database."""
    connection_created.connect(close_to_others, dispatch_uid="newsroom.database_file")


def close_to_others(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Take the rights of group and others off the database file, if it is one and ours."""
    if connection.vendor != "sqlite":
        return
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or name.startswith("file:"):
        return
    for suffix in ("", "-wal", "-shm", "-journal"):
        path = Path(f"{name}{suffix}")
        try:
            if path.stat().st_mode & 0o077:
                os.chmod(path, OWNER_ONLY)
        except OSError:  # it is not there, or somebody else's to set
            continue
