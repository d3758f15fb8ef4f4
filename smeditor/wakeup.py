"""Waking the workers: a task is sent by its name, so that nothing that asks for one imports what the task calls."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction

logger = logging.getLogger("smeditor.tasks")


def in_process() -> bool:
    """Whether the broker is the worker's own memory."""
    return str(getattr(settings, "CELERY_BROKER_URL", "memory://") or "memory://").startswith("memory://")


def wake_up(name: str) -> None:
    """Send the task ``smeditor.<name>`` now. A broker that cannot be reached only costs the wait for the next beat."""
    if in_process():
        return  # the worker is another process and an in-process broker cannot reach it: the next beat will do
    from celery import current_app
    from kombu.exceptions import OperationalError

    try:
        current_app.send_task(f"smeditor.{name}", expires=30, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("no wake-up: the broker cannot be reached (%s)", type(error).__name__)


def wake(name: str) -> None:
    """Send the task ``smeditor.<name>`` once the transaction is committed. Losing it costs the wait for the next beat."""
    transaction.on_commit(lambda: wake_up(name), robust=True)
