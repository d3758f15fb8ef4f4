"""Where a rehearsal runs: on a database of its own in memory, without mail, cache or broker, and without a socket."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, router
from django.db.backends.sqlite3.base import DatabaseWrapper

from smeditor.publishing import heartbeat

logger = logging.getLogger("smeditor.publishing")

MISSING = object()
CALLS = ("connect", "connect_ex", "sendto", "sendmsg")


class SocketRefused(OSError):
    """Something wanted to leave the house during a rehearsal."""


@contextmanager
def isolated(changed_settings: Mapping[str, Any]) -> Iterator[list[str]]:
    """Run a block in this thread on an empty database in memory, under ``changed_settings``. Yields what wanted out.

    The newsroom's own connection is neither used nor closed: afterwards it is what it was.
    """
    refused: list[str] = []
    quiet = {
        **changed_settings,
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "CELERY_BROKER_URL": "memory://",
    }
    with ExitStack() as stack:
        for name, value in quiet.items():
            stack.enter_context(_swapped(settings, name, value))
        stack.enter_context(_caches())
        stack.enter_context(_no_sockets(refused))
        stack.enter_context(_own_database())
        heartbeat.forget()
        stack.callback(heartbeat.forget)
        yield refused


@contextmanager
def _swapped(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Let ``owner.name`` be ``value`` for a block; afterwards it is what it was, or is not there again."""
    kept = owner.__dict__.get(name, MISSING) if isinstance(owner, type) else getattr(owner, name, MISSING)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if kept is MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, kept)


@contextmanager
def _caches() -> Iterator[None]:
    kept = {alias: caches[alias] for alias in caches}
    try:
        for alias in kept:
            caches[alias] = LocMemCache(f"rehearsal-{alias}", {})
        yield
    finally:
        for alias, cache in kept.items():
            caches[alias] = cache


@contextmanager
def _no_sockets(refused: list[str]) -> Iterator[None]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        refused.append(repr(args[-1])[:100] if args else "")
        raise SocketRefused("Nothing leaves the house in a rehearsal.")

    with ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(_swapped(socket.socket, name, refuse))
        stack.enter_context(_swapped(socket, "getaddrinfo", refuse))
        yield


@contextmanager
def _own_database() -> Iterator[None]:
    kept, routers = connections[DEFAULT_DB_ALIAS], router.routers
    plain = connections.configure_settings(
        {DEFAULT_DB_ALIAS: {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    )
    own = DatabaseWrapper(plain[DEFAULT_DB_ALIAS], DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS], router.routers = own, []
    try:
        _create_tables()
        yield
    finally:
        connections[DEFAULT_DB_ALIAS], router.routers = kept, routers
        own.close()


def _create_tables() -> None:
    """The tables of every model, without indexes, and without asking whether what a row refers to was copied as well."""
    with connection.schema_editor() as editor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                try:
                    editor.execute(*editor.table_sql(model))
                except DatabaseError as error:  # a type that only another database has, in a table of the host's
                    logger.info("rehearsal: no table for %s (%s)", model._meta.label, type(error).__name__)
        editor.deferred_sql.clear()
    connection.disable_constraint_checking()
