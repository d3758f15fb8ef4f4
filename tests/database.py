"""A migrated database, made once for each state of the migrations, and copied for every test run and worker.

Migrating takes half a minute of a core, a copy a fraction of a second. The copy holds what the migrations made, so tests
run on the tables that an installation has. A changed migration, package or engine makes another copy.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import pre_migrate

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "databases"
PACKAGES = ("django", "wagtail", "django-taggit", "modelsearch")


def migrations_hash() -> str:
    """Return a hash of every migration of every installed app, of the settings' apps and of the packages' versions."""
    digest = hashlib.sha256(sys.version.encode())
    for package in PACKAGES:
        digest.update(f"{package}={version(package)};".encode())
    for config in apps.get_app_configs():
        digest.update(config.label.encode())
        for path in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(path.name.encode() + path.read_bytes())
        if not (Path(config.path) / "migrations").is_dir():  # an app without migrations: its models are its tables
            for path in sorted(Path(config.path).glob("models*.py")):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock between processes: the workers of a run must not make the same file twice."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """Migrate the database at ``url`` in a process of its own."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"], check=True, env=environment
    )


def sqlite_template() -> Path:
    """Return the path of a migrated SQLite file, made where it is not there."""
    path = KEPT / f"{migrations_hash()}.sqlite3"
    with one_at_a_time():
        if not path.exists():
            fresh = path.with_suffix(".fresh")
            fresh.unlink(missing_ok=True)
            migrate(f"sqlite:///{fresh}")
            fresh.rename(path)
    return path


def postgres_template(connection: BaseDatabaseWrapper) -> str:
    """Return the name of a migrated PostgreSQL database that no one is connected to, made where it is not there."""
    name = f"smeditor_template_{migrations_hash()}"
    url = urlsplit(os.environ["DATABASE_URL"])
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # let go of at the end of the connection
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name])
        if not cursor.fetchone():
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
            migrate(urlunsplit(url._replace(path=f"/{name}")))
            cursor.execute(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE true')  # only a finished one is ever copied
    return name


def prepare_copies() -> None:
    """Let Django's test databases begin as copies of the migrated one: nothing is left to migrate in them."""
    connection = connections["default"]
    test = connection.settings_dict["TEST"]
    test["MIGRATE"] = False
    if connection.vendor == "postgresql":
        test["TEMPLATE"] = postgres_template(connection)
        return
    template = sqlite_template()
    filled: set[str] = set()

    def fill(using: str, **_kwargs: object) -> None:
        if using in filled:
            return
        filled.add(using)
        copied = connections[using]
        copied.ensure_connection()
        with sqlite3.connect(template) as source:
            source.backup(copied.connection)

    pre_migrate.connect(fill, weak=False, dispatch_uid="tests.database.fill")
