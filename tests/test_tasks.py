"""Celery entry points: thin, harmless when repeated, and never a timer for a slot."""

import threading

import pytest
from celery import current_app

from smeditor import tasks
from smeditor.schedule import beat_schedule
from smeditor.wakeup import wake_up
from smeditor.worker import get_app

NAMES = [
    "send",
    "write",
    "accounts",
    "listen",
    "recheck",
    "results",
    "mentions",
    "check",
    "understand",
    "watch",
    "digests",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.django_db
def test_every_task_runs_on_an_empty_newsroom(name):
    getattr(tasks, name)()


def test_the_beat_wakes_every_package_and_its_messages_expire():
    schedule = beat_schedule()
    assert sorted(entry["task"] for entry in schedule.values()) == sorted(f"smeditor.{name}" for name in NAMES)
    assert all(entry["options"]["expires"] > entry["schedule"] for entry in schedule.values())


@pytest.mark.parametrize(
    ("broker", "set_to", "seconds"), [("memory://", None, 2), ("redis://r", None, 1), ("redis://r", 3, 3)]
)
def test_the_queue_is_looked_at_every_second_every_other_in_one_process_or_as_it_is_set(
    settings, broker, set_to, seconds
):
    settings.CELERY_BROKER_URL = broker
    settings.SMEDITOR = {**settings.SMEDITOR, "TICK": set_to}
    assert beat_schedule()["smeditor.send"]["schedule"] == seconds


def test_a_wake_up_to_a_broker_that_is_gone_costs_nothing(settings, monkeypatch):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    def refuse(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse, raising=False)
    wake_up("send")


def test_one_process_takes_one_turn_of_a_kind_at_a_time():
    entered, leave = threading.Event(), threading.Event()

    def hold():
        entered.set()
        leave.wait(5)

    holder = threading.Thread(target=tasks._in_turn, args=("recheck", hold))
    holder.start()
    entered.wait(5)
    ran = []
    tasks._in_turn("recheck", lambda: ran.append(1))
    leave.set()
    holder.join()
    assert ran == []


def test_the_host_app_is_configured_so_that_a_crash_loses_no_wake_up():
    conf = get_app().conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
