"""The embedded worker: Celery with threads, an in-process broker and its beat, in one process without a server."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping

from celery import Celery, current_app
from celery.beat import EmbeddedService, Scheduler
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import close_old_connections
from kombu import Exchange, Queue

from smeditor.schedule import LISTENING, ROUNDS, beat_schedule
from smeditor.wakeup import in_process

NEVER = 2**31


def configure(app: Celery) -> Celery:
    """Give a Celery app what the desk needs: its schedule, and delivery settings under which a crash loses no wake-up.

    ``polling_interval`` is that of the in-process broker; Redis needs a visibility time-out near the longest task
    (Celery 5.7's documentation, "Redis: visibility timeout").
    """
    embedded = in_process()
    app.conf.update(
        broker_url="memory://localhost/" if embedded else settings.CELERY_BROKER_URL,
        broker_connection_retry_on_startup=True,
        imports=tuple(dict.fromkeys((*app.conf.imports, "smeditor.tasks"))),
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="UTC",
        enable_utc=True,
        beat_schedule={**(app.conf.beat_schedule or {}), **beat_schedule()},
        beat_scheduler="celery.beat:Scheduler",
    )
    if embedded:
        app.conf.broker_transport_options = {"polling_interval": 0.5}
    elif settings.CELERY_BROKER_URL.startswith("redis"):
        app.conf.broker_transport_options = {"visibility_timeout": 120}
    _add_queue(app)
    _keep_connections(app)
    return app


def _add_queue(app: Celery) -> None:
    """Let a worker that is told of no queue take the app's own and the one for listening."""
    known = app.conf.task_queues or [_queue(app.conf.task_default_queue)]
    if isinstance(known, Mapping):
        app.conf.task_queues = {**known, LISTENING: {"exchange": LISTENING, "routing_key": LISTENING}}
    elif LISTENING not in [queue.name for queue in known]:
        app.conf.task_queues = [*known, _queue(LISTENING)]


def _queue(name: str) -> Queue:
    return Queue(name, Exchange(name), routing_key=name)


def _keep_connections(app: Celery) -> None:
    """Keep database connections from task to task as Django keeps them from request to request: by CONN_MAX_AGE.

    Celery closes them around every task, several times a second, unless it counts how often they were used
    (CELERY_DB_REUSE_MAX); Django's own rule also drops those that are broken.
    """
    app.conf["CELERY_DB_REUSE_MAX"] = NEVER
    for signal in (task_prerun, task_postrun):
        signal.connect(_as_django_does, dispatch_uid="smeditor.connections")


def _as_django_does(**kwargs: object) -> None:
    close_old_connections()


def get_app() -> Celery:
    """The host's Celery app where it has one, else one of our own: a site without Celery needs no further line."""
    app: Celery = current_app._get_current_object()
    if app.main in (None, "default", "__main__"):
        app = Celery("smeditor")
        app.set_default()
    return configure(app)


def run(concurrency: int = 4, loglevel: str = "WARNING", beat: bool = True, streams: bool = False) -> int:
    """Work until stopped. With ``beat`` the wake-ups come from a thread of this process. Returns the exit code.

    ``concurrency`` threads are left to sending, whatever else goes on: all other work has threads of its own, so that
    none of them, however long it waits for others, keeps a delivery waiting. With ``streams`` it holds open connections
    to the networks that tell at once what comes in.
    """
    # Who starts the worker has checked the settings. Celery would check all: templates, forms and addresses that are
    # loaded for nothing else.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    app = get_app()
    worker = app.Worker(
        hostname=f"desk@{socket.gethostname()}",
        pool="celery.concurrency.thread:TaskPool",
        concurrency=concurrency + sum(ROUNDS.values()),
        loglevel=loglevel,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    clock = EmbeddedService(app, max_interval=5, thread=True, scheduler_cls=Scheduler) if beat else None
    if clock:
        clock.daemon = True
        clock.start()
    ending = _follow_streams() if streams else None
    try:
        worker.start()
    finally:
        if ending:
            ending.set()
        if clock:
            clock.stop()
    return worker.exitcode or 0


def _follow_streams() -> threading.Event:
    """Follow the accounts' streams in a thread of its own. Returns what ends it when it is set."""
    from smeditor.listening.streams import Streams

    ending = threading.Event()
    threading.Thread(target=Streams().run, args=(ending,), name="streams", daemon=True).start()
    return ending
