"""What every test stands on: patient property tests, the rows that Wagtail's migrations write, and shared layers."""

from __future__ import annotations

import gc
import sys

import pytest
from django.test import SimpleTestCase, TestCase
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from tests import layers
from tests.chromium import chromium  # noqa: F401 - a fixture
from tests.database import make_from_models

# Speed is judged by bench/, never by a test: a busy machine must not fail a law.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _no_secrets_of_others():
    """What an earlier test had as a secret is an ordinary word in this one."""
    from smeditor import redaction
    from smeditor.listening import webhooks

    redaction._known.values.clear()
    webhooks.recent_apps.clear()


LEFT_OPEN = """
    SELECT pid, query, pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """The test database begins with the tables and rows of a migrated one."""
    make_from_models(tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, let go of in the end by every thread: PostgreSQL drops none that somebody still holds.

    A live server's threads hold a connection until they are collected; what is left is named and ended.
    """
    yield
    from django.db import connection

    gc.collect()
    with django_db_blocker.unblock():
        layers.arrange([])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(LEFT_OPEN)
                for pid, query, _ended in cursor.fetchall():
                    sys.stderr.write(f"a connection was left open: {pid} after {query[:200]}\n")


FLUSHING = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


def is_djangos_own(item: pytest.Item) -> bool:
    """Whether a test stands in a class of Django's, which opens and closes its own transactions."""
    cls = getattr(item, "cls", None)
    return cls is not None and issubclass(cls, SimpleTestCase)


def empties_the_database(item: pytest.Item) -> bool:
    """Whether a test ends by emptying every table, the rows that migrations made included."""
    marker = item.get_closest_marker("django_db")
    return (
        bool(FLUSHING & set(getattr(item, "fixturenames", ())))
        or bool(marker and marker.kwargs.get("transaction"))
        or (is_djangos_own(item) and not issubclass(item.cls, TestCase))
    )


def fill_again() -> None:
    """Write again what Wagtail's own migrations write: a locale, the root page, a site, groups, a workflow."""
    from django.contrib.contenttypes.models import ContentType

    from newsroom.demo import tables

    ContentType.objects.clear_cache()  # emptying the tables gave every model a new row
    tables.add_rows()


def touches_the_database(item: pytest.Item) -> bool:
    """Whether a test stands on the database that ``DATABASE_URL`` names: one that has its own is not concerned."""
    asked = {"db", *FLUSHING} & set(getattr(item, "fixturenames", ()))
    return bool(asked or item.get_closest_marker("django_db")) or is_djangos_own(item)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]):
    """Mark what touches the database, and begin with the files that take long: begun last, they are waited for."""
    for item in items:
        if touches_the_database(item):
            item.add_marker("database")
    yield
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if is_djangos_own(item) or empties_the_database(item):
        with item.config.stash[blocking_manager_key].unblock():
            layers.arrange([])


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef, request: pytest.FixtureRequest) -> None:
    """Lay what a test stands on just before its own transaction begins."""
    if fixturedef.argname == "_django_db_helper" and not (
        is_djangos_own(request.node) or empties_the_database(request.node)
    ):
        with request.config.stash[blocking_manager_key].unblock():
            layers.arrange(layers.wanted_by(request.node))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    result = yield
    if nextitem is not None and empties_the_database(item):  # after the last test the database itself is gone
        with item.config.stash[blocking_manager_key].unblock():
            fill_again()
    return result
