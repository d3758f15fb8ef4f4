"""The Celery app of the fault harness's workers on Redis and RabbitMQ: pool processes that die at the named points."""

from __future__ import annotations

import os
from typing import Any

import django
from celery import Celery
from celery.signals import worker_process_init
from django.db import Error, connections

django.setup()

from tests.faults import worker  # noqa: E402 - the models need the setup

app = Celery("faults", broker=os.environ["CELERY_BROKER_URL"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 20} if os.environ["CELERY_BROKER_URL"].startswith("redis") else {},
    task_default_queue=os.environ["FAULTS_QUEUE"],
)


@worker_process_init.connect
def prepare(**kwargs: Any) -> None:
    worker.speed_up()
    worker.deadly_points(os.environ["FAULTS_KILLS"], float(os.environ["FAULTS_SHARE"]), os.getpid())
    if os.environ.get("FAULTS_BROKEN"):
        worker.break_fence()


@app.task(name="faults.tick", ignore_result=True)
def check() -> None:
    from smeditor.publishing.engine import tick

    try:
        tick(worker.harness_time(float(os.environ["FAULTS_STARTED"])), f"lab:{os.getpid()}:1")
    except Error:
        connections.close_all()
