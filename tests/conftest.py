"""What every test stands on: patient property tests, and the furniture that Wagtail's migrations lay."""

from __future__ import annotations

import gc
import sys

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from tests.database import prepare_copies

# Speed is judged by bench/, never by a test: a busy machine must not fail a law.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

LEFT_OPEN = """
    SELECT pid, query, pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """The test database begins as a copy of a migrated one."""
    with django_db_blocker.unblock():
        prepare_copies()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, let go of in the end by every thread: PostgreSQL drops none that somebody still holds.

    A live server's threads hold a connection until they are collected; what is left is named and ended.
    """
    yield
    from django.db import connection

    gc.collect()
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(LEFT_OPEN)
                for pid, query, _ended in cursor.fetchall():
                    sys.stderr.write(f"a connection was left open: {pid} after {query[:200]}\n")


FLUSHING = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


def empties_the_database(item: pytest.Item) -> bool:
    """Whether a test ends by emptying every table, the rows that migrations made included."""
    marker = item.get_closest_marker("django_db")
    cls = getattr(item, "cls", None)
    return (
        bool(FLUSHING & set(getattr(item, "fixturenames", ())))
        or bool(marker and marker.kwargs.get("transaction"))
        or (cls is not None and issubclass(cls, TransactionTestCase))
    )


def make_fixtures() -> None:
    """Make again what Wagtail's own migrations make: a locale, the root page, a site, the root collection."""
    from django.conf import settings as django_settings
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Collection, Locale, Page, Site

    ContentType.objects.clear_cache()  # emptying the tables gave every model a new row
    if not Locale.objects.exists():
        Locale.objects.create(language_code=django_settings.LANGUAGE_CODE)
    if not Page.objects.exists():
        root = Page.add_root(instance=Page(title="Root", slug="root"))
        home = root.add_child(instance=Page(title="Welcome", slug="home"))
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    result = yield
    if nextitem is not None and empties_the_database(item):  # after the last test the database itself is gone
        with item.config.stash[blocking_manager_key].unblock():
            make_fixtures()
    return result
