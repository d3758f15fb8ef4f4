"""Settings of the fault harness's workers: the test suite's, with the fault harness's networks and its short time-outs."""

from newsroom.settings.testing import *  # noqa: F403
from newsroom.settings.testing import DATABASES, SMEDITOR, STORAGES, env

SMEDITOR = {
    **SMEDITOR,
    "TIME_ZONE": "Europe/Paris",
    "NETWORKS": {f"lab_{kind}": f"tests.faults.networks.{kind.title()}" for kind in ("plain", "blind")},
    "REQUEST_TIMEOUT": 15,
    "LEASE": 60,
    "BATCH": 3,
}
LANGUAGE_CODE = "en"


class _NoMigrations(dict):
    """Tables are made from the models: the fault harness needs them in seconds, and makes them for every run."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> None:
        return None


MIGRATION_MODULES = _NoMigrations()
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "memory://")
if "sqlite" not in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
if env.text("FAULTS_MEDIA"):
    # An image that one process stores is read by the others.
    STORAGES = {
        **STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": env.text("FAULTS_MEDIA")},
        },
    }
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"null": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["null"], "level": "CRITICAL"},
    "loggers": {"smeditor": {"handlers": ["null"], "propagate": False, "level": "CRITICAL"}},
}
if env.boolean("FAULTS_LOG"):
    LOGGING["handlers"]["file"] = {"class": "logging.StreamHandler"}
    LOGGING["loggers"]["smeditor"] = {"handlers": ["file"], "level": "INFO"}
