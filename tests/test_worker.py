"""Listening has a queue of its own beside whatever queues a site's Celery app has."""

from celery import Celery
from kombu import Exchange, Queue

from smeditor.schedule import LISTENING, READING, beat_schedule
from smeditor.worker import configure


def configured(**settings) -> Celery:
    app = Celery("site", set_as_current=False)
    app.conf.update(**settings)
    return configure(app)


def names(app: Celery) -> set[str]:
    """The queues that a worker takes from when it is told of none."""
    return set(app.amqp.queues.consume_from)


def test_a_worker_that_is_told_of_no_queue_takes_the_apps_own_and_that_of_listening():
    assert names(configured()) == {"celery", LISTENING}
    assert names(configured(task_default_queue="site")) == {"site", LISTENING}


def test_a_sites_own_queues_stay():
    queues = [Queue("pages", Exchange("pages"), routing_key="pages")]
    assert names(configured(task_queues=queues, task_default_queue="pages")) == {"pages", LISTENING}
    mapping = {"pages": {"exchange": "pages", "routing_key": "pages"}}
    assert names(configured(task_queues=mapping, task_default_queue="pages")) == {"pages", LISTENING}


def test_an_app_that_is_configured_twice_has_the_queue_once():
    app = configure(configured())
    assert [queue.name for queue in app.conf.task_queues].count(LISTENING) == 1


def test_what_reads_other_peoples_sites_goes_into_that_queue_and_nothing_else_does():
    there = {name for name, entry in beat_schedule().items() if entry["options"].get("queue") == LISTENING}
    assert there == {f"smeditor.{name}" for name in READING}
