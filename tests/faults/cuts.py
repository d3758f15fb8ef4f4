"""Cutting connections during work: PostgreSQL's, Redis', RabbitMQ's. Only the fault harness's own."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from typing import Any

from django.conf import settings
from django.db import Error, connection


def database(dice: random.Random) -> bool:
    """PostgreSQL: end the connection of some worker. False where there is nothing to cut."""
    if connection.vendor != "postgresql":
        return False
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        others = [row[0] for row in cursor.fetchall()]
        if others:
            cursor.execute("SELECT pg_terminate_backend(%s)", [dice.choice(others)])
            return True
    return False


class BrokerCuts:
    """Redis by CLIENT KILL, on the fault harness's own database number; RabbitMQ at the relay before it."""

    def __init__(self, relay: int) -> None:
        self.relay = relay
        self.redis: Any = None
        if settings.CELERY_BROKER_URL.startswith("redis"):
            import redis

            self.redis = redis.Redis.from_url(settings.CELERY_BROKER_URL)

    def cut(self, dice: random.Random) -> bool:
        if self.relay:
            os.kill(self.relay, signal.SIGUSR1)
            return True
        if self.redis is None:
            return False
        number = str(self.redis.connection_pool.connection_kwargs.get("db", 0))
        own = self.redis.client_id()
        others = [client["id"] for client in self.redis.client_list() if client["db"] == number]
        others = [name for name in others if name != str(own)]
        return bool(others and self.redis.client_kill_filter(_id=dice.choice(others)))
