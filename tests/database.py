"""Migrated databases, made once for each state of the migrations, and copied for every test run and worker.

Migrating takes half a minute of a core, a copy a fraction of a second. The copy holds what the migrations made, so tests
run on the tables that an installation has. What other packages migrate is kept apart: when only a migration of ours
changes, nothing else is migrated again. All checkouts of one machine share the copies.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.apps import AppConfig, apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import pre_migrate

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "smeditor-test-databases"
PACKAGES = ("django", "wagtail")

MIGRATE = """
import sys, django
from django.core.management import call_command
django.setup()
for label in sys.argv[1:] or [None]:
    call_command("migrate", *([label] if label else []), verbosity=0)
"""


def is_ours(config: AppConfig) -> bool:
    """Whether an app lies in this checkout, so that its migrations change while one works."""
    return Path(config.path).is_relative_to(ROOT) and ".venv" not in Path(config.path).parts


def hash_of(configs: Iterable[AppConfig]) -> str:
    """Return a hash of all that makes the tables of ``configs``, and of the versions of what they run on."""
    digest = hashlib.sha256(sys.version.encode())
    for package in PACKAGES:
        digest.update(f"{package}={version(package)};".encode())
    for config in configs:
        digest.update(config.label.encode())
        made_after = "models/full_text.py"  # by a receiver of post_migrate
        for path in (*sorted(Path(config.path).glob("migrations/*.py")), *Path(config.path).glob(made_after)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock between processes: two workers, or two checkouts, must not make the same database twice."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(url: str, *labels: str) -> None:
    """Migrate the database at ``url`` in a process of its own: all apps, or those of ``labels`` one after the other."""
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run([sys.executable, "-c", MIGRATE, *labels], check=True, env=environment, cwd=ROOT)


def names() -> tuple[str, str, list[str]]:
    """Return the name of the database that others' apps migrated, that of the whole one, and the others' labels."""
    configs = list(apps.get_app_configs())
    others = [config for config in configs if not is_ours(config)]
    labels = [config.label for config in others if (Path(config.path) / "migrations").is_dir()]
    labels.sort(key=lambda label: label != "contenttypes")  # every other app's end writes rows into its tables
    return f"others_{hash_of(others)}", f"whole_{hash_of(configs)}", labels


def sqlite_template() -> Path:
    """Return the path of a migrated SQLite file, made where it is not there."""
    others, whole, labels = names()
    base, path, fresh = KEPT / f"{others}.sqlite3", KEPT / f"{whole}.sqlite3", KEPT / "fresh.sqlite3"
    with one_at_a_time():
        if not base.exists():
            fresh.unlink(missing_ok=True)
            migrate(f"sqlite:///{fresh}", *labels)
            fresh.rename(base)
        if not path.exists():
            shutil.copyfile(base, fresh)
            migrate(f"sqlite:///{fresh}")
            fresh.rename(path)
    return path


def postgres_template(connection: BaseDatabaseWrapper) -> str:
    """Return the name of a migrated PostgreSQL database that no one is connected to, made where it is not there."""
    others, whole, labels = (f"smeditor_{name}" if isinstance(name, str) else name for name in names())
    url = urlsplit(os.environ["DATABASE_URL"])
    with one_at_a_time(), connection._nodb_cursor() as cursor:
        for name, template, wanted in ((others, "template1", labels), (whole, others, [])):
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name])
            if cursor.fetchone():
                continue
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            migrate(urlunsplit(url._replace(path=f"/{name}")), *wanted)
            cursor.execute(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE true')  # only a finished one is ever copied
    return whole


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
