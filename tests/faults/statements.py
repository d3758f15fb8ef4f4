"""Losing the database between two statements of one worker: before a statement, after it, and after a commit.

What fails after it was done is the hard one: the worker believes that nothing was written, and it was.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

Tell = Callable[[str], None]
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def install(share: float, dice: random.Random, tell: Tell) -> None:
    """From now on ``share`` of this process's statements are lost before, another after they were carried out, and ten
    times that share of its commits, which are fewer, after they were carried out.
    """

    def lossy(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        fate = dice.random()
        if fate < share:
            tell("fault statement lost")
            raise _lost(context["connection"])
        done = execute(sql, params, many, context)
        # SQLite's connection is not lost, and would keep the transaction open of which Django knows nothing.
        if fate > 1 - share and not sql.startswith("BEGIN"):
            tell("fault statement's answer lost")
            raise _lost(context["connection"])
        return done

    def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
        if lossy not in connection.execute_wrappers:  # it outlives the connection that is lost
            connection.execute_wrappers.append(lossy)

    connection_created.connect(watch, weak=False)
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def lossy_commit(self: BaseDatabaseWrapper) -> None:
        commit(self)
        if dice.random() < 10 * share:
            tell("fault commit's answer lost")
            raise _lost(self)

    BaseDatabaseWrapper._commit = lossy_commit  # type: ignore[attr-defined]


def _lost(connection: BaseDatabaseWrapper) -> OperationalError:
    """Break the connection below the driver, where there is one, and tell what its caller would be told."""
    if connection.vendor == "postgresql" and connection.connection is not None:
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    return OperationalError("lost by the fault harness")
