"""One life of a worker: the desk's own Celery worker, forked from a process that has loaded everything.

It dies by SIGKILL, or is frozen by SIGSTOP, at the named points of a sending, as it was given to it at birth.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, NoReturn

from celery import Celery, signals
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.db import connection
from django.utils import timezone

from smeditor import conf, tasks
from smeditor import worker as desk_worker
from smeditor.accounts import clients
from smeditor.networks.client import GuardedClient
from smeditor.networks.registry import network_classes
from smeditor.publishing.engine import clock as engine_clock
from smeditor.publishing.engine import fault_points
from tests.faults import statements
from tests.faults.clocks import JUMPS, SPEED, HarnessClock

THREADS = {"postgresql": 2, "sqlite": 1}
"""A process that is frozen while another of its threads holds SQLite's one lock would only stop the fault harness."""
WAKE_UP_EVERY = 0.1
WRONG_CLOCKS = 0.3
"""The share of workers whose machine's clock is wrong."""
LOST_STATEMENTS = 0.001
"""The share of statements before which the database is lost."""


@dataclass(frozen=True)
class Life:
    """What is given to a worker at birth: the share of its comings to a point at which it dies or is frozen there."""

    clock: HarnessClock
    log: str
    deadly: Mapping[str, float]
    freezing: Mapping[str, float]
    disturbed: bool
    """Whether its clock may be wrong and its database be lost."""
    seed: int


def install(clock: HarnessClock) -> None:
    """Let this process, and whatever is forked from it, live in the fault harness's time."""

    class HarnessDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return clock.machine()

    of_the_database = engine_clock.of_the_database
    timezone.now = clock.machine
    network_classes()  # each is loaded, so that every module that asks what time it is can be told
    for name, module in list(sys.modules.items()):
        if (
            name.startswith(("smeditor.networks.", "smeditor.exceptions"))
            and getattr(module, "datetime", None) is datetime
        ):
            module.datetime = HarnessDatetime  # type: ignore[attr-defined]
    engine_clock.of_the_database = lambda: clock.true(of_the_database().timestamp())
    engine_clock.Clock.elapsed = lambda self: (time.monotonic() - self._from) * SPEED  # type: ignore[method-assign]
    engine_clock.Clock.monotonic = lambda self, moment: (  # type: ignore[method-assign]
        self._from + (moment - self.start).total_seconds() / SPEED
    )
    clients.guarded_client = lambda: GuardedClient(
        allowed_private_hosts=conf.get("ALLOWED_PRIVATE_HOSTS"), timeout=conf.get("REQUEST_TIMEOUT") / SPEED
    )


def configure_celery(queue: str) -> None:
    """The desk's own Celery settings, with a queue of one's own and the waiting times of the fault harness."""
    as_in_production = desk_worker.configure

    def configure(app: Celery) -> Celery:
        as_in_production(app)
        app.conf.update(
            task_default_queue=queue, task_queues=None, worker_enable_remote_control=False, broker_pool_limit=None
        )  # nothing but sending goes on here, so nothing is listened to
        if str(settings.CELERY_BROKER_URL).startswith("redis"):
            app.conf.broker_transport_options = {"visibility_timeout": 3, "global_keyprefix": f"{queue}:"}
        elif str(settings.CELERY_BROKER_URL).startswith("memory"):
            app.conf.broker_transport_options = {"polling_interval": 0.05}
        return app

    desk_worker.configure = configure
    options = {"expires": 5}
    desk_worker.beat_schedule = lambda: {
        "smeditor.send": {"task": "smeditor.send", "schedule": WAKE_UP_EVERY, "options": options}
    }


def load() -> None:
    """Import everything that a worker needs, before it is forked a thousand times."""
    import celery.apps.worker
    import celery.concurrency.thread
    import celery.worker.autoscale
    import celery.worker.components
    import celery.worker.consumer
    import celery.worker.strategy  # noqa: F401
    import cryptography.fernet  # noqa: F401
    import nh3  # noqa: F401

    network_classes()
    warnings.filterwarnings("ignore", category=SecurityWarning)  # CI's machines are root's, and end with the run
    os.environ["CELERY_SKIP_CHECKS"] = "true"
    app = desk_worker.get_app()
    app.finalize()
    app.loader.init_worker()
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=3)
    tasks.send.run()


def remove_queue(name: str) -> None:
    """Leave nothing on a broker that others use too."""
    with desk_worker.get_app().connection_for_write() as broker:
        broker.default_channel.queue_delete(name)
    if settings.CELERY_BROKER_URL.startswith("redis"):
        import redis

        with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
            for key in client.scan_iter(f"{name}:*"):
                client.delete(key)


def break_fence() -> None:
    """The deliberately broken engine: nobody asks for the fence, and a dead worker's sending is simply due again."""
    from smeditor.models import Attempt, Delivery
    from smeditor.publishing.engine import claim, reap

    claim.owned = lambda delivery: Delivery.objects.filter(pk=delivery.pk)

    def due_again(now: datetime, limit: int = 100) -> int:
        dead = Delivery.objects.filter(claim.free(now), state=Delivery.State.SENDING)
        Attempt.objects.filter(delivery__in=dead, state="sending").update(state="not_sent")
        return dead.update(state=Delivery.State.SCHEDULED, lease_until=None)

    reap.reap = due_again


def fateful_points(life: Life, dice: random.Random, tell: Callable[[str], None]) -> None:
    """Die or freeze at a share of the points, after writing down which one it was."""

    def reach(name: str) -> None:
        fate = dice.random()
        if fate < life.deadly.get(name, 0.0):
            tell(f"kill {name}")
            os.kill(os.getpid(), signal.SIGKILL)
        elif fate > 1 - life.freezing.get(name, 0.0):
            tell(f"freeze {name}")
            os.kill(os.getpid(), signal.SIGSTOP)

    fault_points.reach = reach


def live(life: Life) -> NoReturn:
    """Work in this forked process, with several threads, until killed."""
    dice = random.Random(life.seed)
    log = os.open(life.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(line: str) -> None:
        os.write(log, f"{line}\n".encode())

    if life.disturbed and connection.vendor == "postgresql" and dice.random() < WRONG_CLOCKS:
        life.clock.own = dice.choice(JUMPS)
        tell("clock forward" if life.clock.own > 0 else "clock backward")
    fateful_points(life, dice, tell)
    if life.disturbed:
        statements.install(LOST_STATEMENTS, dice, tell)

    @signals.task_prerun.connect(weak=False)
    def notice(task: Any = None, **kwargs: Any) -> None:
        if (task.request.delivery_info or {}).get("redelivered"):
            tell("redelivered")

    threads, embedded = THREADS[connection.vendor], settings.CELERY_BROKER_URL.startswith("memory")
    try:
        desk_worker.run(concurrency=threads, loglevel="CRITICAL", beat=embedded)
    finally:
        os._exit(0)


def beat() -> NoReturn:
    """A beat in this forked process: it wakes the workers up through the broker and knows of no other beat."""
    from celery.beat import Scheduler, Service

    try:
        Service(desk_worker.get_app(), max_interval=WAKE_UP_EVERY, scheduler_cls=Scheduler).start(embedded_process=True)
    finally:
        os._exit(0)
