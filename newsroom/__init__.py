"""The host: what a newspaper writes for itself around the desk."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]
