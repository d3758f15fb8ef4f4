"""Celery entry points. Each is a wake-up that calls one function of a package; losing all of them loses nothing.

The database is the queue: a task never carries a delivery's id, a slot or a payload, and none is ever sent with ``eta``
or ``countdown``. Running a task twice, or on two machines at once, is harmless.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from smeditor.accounts import consent
from smeditor.accounts.connect import check_accounts
from smeditor.conversations import reader_operations
from smeditor.digests import sending, tip_notices
from smeditor.insight.alerts import watch as alert_watch
from smeditor.insight.concerns import membership
from smeditor.insight.labels import intake, rerun_history, trained_models
from smeditor.insight.meaning import stored as meaning
from smeditor.insight.tips import sealing
from smeditor.listening import poll, webhooks
from smeditor.listening import recheck as rechecks
from smeditor.listening import results as measurements
from smeditor.listening.webmentions import verify
from smeditor.mentions import announcements
from smeditor.publishing import approval_requests, clashes, corrections, reminders, rules
from smeditor.publishing.checks import link_asking, record
from smeditor.publishing.engine import clock, tick
from smeditor.schedule import ROUNDS

# A slow network must not take every thread of a small worker.
_turns = {name: threading.BoundedSemaphore(rounds) for name, rounds in ROUNDS.items()}


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


@worker_shutting_down.connect
def stop(**kwargs: Any) -> None:
    """Begin nothing more: a round of listening would otherwise go on for up to a minute."""
    poll.stopping.set()


@shared_task(name="smeditor.send", ignore_result=True)
def send() -> None:
    """Send what is due, read back what is unknown, reap what a dead worker left; hide and like what editors asked for."""
    tick(clock.now(), worker_name())
    reader_operations.run_due(clock.now())


@shared_task(name="smeditor.write", ignore_result=True)
def write() -> None:
    """Compare breaking stories with what is queued, and turn published articles into posts."""

    def work() -> None:
        clashes.run_due(timezone.now())
        rules.run_due(timezone.now())

    _in_turn("write", work)


@shared_task(name="smeditor.listen", ignore_result=True)
def listen() -> None:
    """Collect reactions."""
    _in_turn("listen", lambda: poll.run_due(clock.now(), worker_name()))


@shared_task(name="smeditor.recheck", ignore_result=True)
def recheck() -> None:
    """Check stored reactions again: erase what is gone, forget the text whose time is over."""

    def work() -> None:
        rechecks.run_due(timezone.now())
        webhooks.forget_old(timezone.now())

    _in_turn("recheck", work)


@shared_task(name="smeditor.results", ignore_result=True)
def results() -> None:
    """Ask the networks how what was sent fared, where its plan says so."""
    _in_turn("results", lambda: measurements.run_due(timezone.now()))


@shared_task(name="smeditor.mentions", ignore_result=True)
def mentions() -> None:
    """Verify that pages link to us that were said to, and tell the pages that our articles link to."""

    def work() -> None:
        verify.run_due(clock.now())
        announcements.run_due(clock.now())

    _in_turn("mentions", work)


@shared_task(name="smeditor.check", ignore_result=True)
def check() -> None:
    """Ask whether the links of posts open, and forget what the checks found long ago."""

    def work() -> None:
        link_asking.run_due(timezone.now())
        record.forget_old(timezone.now())

    _in_turn("check", work)


@shared_task(name="smeditor.understand", ignore_result=True)
def understand() -> None:
    """Learn from editors, label new reactions, read what they mean and group them into concerns."""

    def work() -> None:
        trained_models.run_due(timezone.now())
        intake.run_due(timezone.now())
        meaning.run_due(timezone.now())
        intake.compare_due(timezone.now())
        rerun_history.run_due(timezone.now())
        membership.run_due(timezone.now())

    _in_turn("understand", work)


@shared_task(name="smeditor.watch", ignore_result=True)
def watch() -> None:
    """Count people by quarter of an hour, and see whether something spikes."""
    _in_turn("watch", lambda: alert_watch.run_due(timezone.now()))


@shared_task(name="smeditor.digests", ignore_result=True)
def digests() -> None:
    """Send the digests that are due, announce the unread tips that are about to go, erase those whose time is over."""

    def work() -> None:
        sending.run_due(timezone.now())
        tip_notices.announce(timezone.localdate())
        sealing.purge(timezone.localdate())

    _in_turn("digests", work)


@shared_task(name="smeditor.accounts", ignore_result=True)
def accounts() -> None:
    """Renew the accounts' tokens and check them from time to time, announce what ends and which hold is to be reviewed.

    Close the corrections that were carried out since.
    """

    def work() -> None:
        reminders.remind(timezone.now())
        approval_requests.remind(timezone.now())
        corrections.resolve(timezone.now())
        consent.forget_old(timezone.now())
        check_accounts(timezone.now())

    _in_turn("accounts", work)
