"""The newsroom's Celery app: ``celery -A newsroom worker`` and ``celery -A newsroom beat`` when it grows."""

import os

from celery import Celery

from smeditor.worker import configure

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.production")

app = Celery("newsroom")
app.autodiscover_tasks()


@app.on_after_configure.connect
def configure_desk(sender: Celery, **kwargs: object) -> None:
    """Give Celery the desk's queues and its clock."""
    configure(sender)
