"""Celery entry points. Each is a wake-up that calls one function of a room; losing all of them loses nothing.

The database is the queue: a task never carries a delivery's id, a slot or a payload, and none is ever sent with ``eta``
or ``countdown``. Running a task twice, or on two machines at once, is harmless.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from smeditor import conf

logger = logging.getLogger("smeditor.tasks")

# A slow network must not take every thread of a small worker: one round of each kind at a time in a process.
_turns = {
    name: threading.Lock() for name in ("write", "listen", "recheck", "understand", "watch", "letters", "accounts")
}


def worker_name() -> str:
    """``host:pid:thread``: who holds a lease."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident() % 100_000}"


def _in_turn(name: str, work: Callable[[], Any]) -> Any:
    if not _turns[name].acquire(blocking=False):
        return None
    try:
        return work()
    finally:
        _turns[name].release()


@shared_task(name="smeditor.send", ignore_result=True)
def send() -> None:
    """Send what is due, read back what is unknown, reap what a dead worker left."""
    from smeditor.publishing.engine import clock, tick

    tick(clock.now(), worker_name())


@shared_task(name="smeditor.write", ignore_result=True)
def write() -> None:
    """Turn published articles into posts."""
    from smeditor.publishing.rules import run_due

    _in_turn("write", lambda: run_due(timezone.now()))


@shared_task(name="smeditor.listen", ignore_result=True)
def listen() -> None:
    """Collect reactions."""
    from smeditor.listening import poll

    _in_turn("listen", lambda: poll.run_due(timezone.now(), worker_name()))


@shared_task(name="smeditor.recheck", ignore_result=True)
def recheck() -> None:
    """Keep stored reactions true: look again at them, erase what is gone, forget the words whose time is over."""
    from smeditor.listening import recheck

    _in_turn("recheck", lambda: recheck.run_due(timezone.now()))


@shared_task(name="smeditor.understand", ignore_result=True)
def understand() -> None:
    """Learn from editors, label new reactions and group them into concerns."""
    from smeditor.insight.concerns import membership
    from smeditor.insight.labels import intake, rerun_history, trained_models

    def work() -> None:
        trained_models.run_due(timezone.now())
        intake.run_due(timezone.now())
        rerun_history.run_due(timezone.now())
        membership.run_due(timezone.now())

    _in_turn("understand", work)


@shared_task(name="smeditor.watch", ignore_result=True)
def watch() -> None:
    """Count people by quarter of an hour, and see whether something starts to burn."""
    from smeditor.insight.alerts import watch

    _in_turn("watch", lambda: watch.run_due(timezone.now()))


@shared_task(name="smeditor.letters", ignore_result=True)
def letters() -> None:
    """Send the digests that are due, announce the unread tips that are about to go, erase those whose time is over."""
    from smeditor.digests import tip_notices
    from smeditor.digests.sending import run_due
    from smeditor.insight.tips import sealing

    def work() -> None:
        run_due(timezone.now())
        tip_notices.announce(timezone.localdate())
        sealing.purge(timezone.localdate())

    _in_turn("letters", work)


@shared_task(name="smeditor.accounts", ignore_result=True)
def accounts() -> None:
    """Check the accounts' tokens and limits from time to time, announce what expires and which hold is to be reviewed."""
    from smeditor.accounts.connect import look_after
    from smeditor.publishing import reminders

    def work() -> None:
        reminders.remind(timezone.now())
        look_after(timezone.now())

    _in_turn("accounts", work)


def in_process() -> bool:
    """Whether the broker is the worker's own memory."""
    return str(getattr(settings, "CELERY_BROKER_URL", "memory://") or "memory://").startswith("memory://")


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The host's Celery beat schedule for the desk. Intervals in seconds; a late wake-up expires instead of piling up."""
    tick = conf.get("TICK") or (2 if in_process() else 1)
    # What a minute's wait does not hurt is not asked every few seconds: an idle newsroom should cost nearly nothing.
    intervals = {"send": tick, "write": 2 * tick, "listen": 5 * tick, "understand": 5 * tick}
    intervals |= dict.fromkeys(("recheck", "watch", "letters", "accounts"), 60)
    return {
        f"smeditor.{name}": {
            "task": f"smeditor.{name}",
            "schedule": float(seconds),
            "options": {"expires": max(10.0, 2.0 * seconds)},
        }
        for name, seconds in intervals.items()
    }


def wake_up(task: Any) -> None:
    """Ask the workers to look at the queue now. A broker that cannot be reached only costs the wait for the next beat."""
    if in_process():
        return  # the worker is another process and an in-process broker cannot reach it: the next beat will do
    try:
        current_app.send_task(task.name, expires=30, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("no wake-up: the broker cannot be reached (%s)", type(error).__name__)
