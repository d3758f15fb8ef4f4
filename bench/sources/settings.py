"""Settings of the benchmark's workers: the shipped limits and time-outs, a plan and hosts from the environment."""

from newsroom.settings.env import items
from smeditor.conf import DEFAULTS
from tests.faults.settings import *  # noqa: F403
from tests.faults.settings import DATABASES, SMEDITOR

SMEDITOR = {
    **SMEDITOR,
    **{name: DEFAULTS[name] for name in ("NETWORKS", "BATCH", "LEASE", "REQUEST_TIMEOUT", "POLL_THREADS")},
    "ALLOWED_PRIVATE_HOSTS": items("SMEDITOR_ALLOWED_PRIVATE_HOSTS"),
}
if "sqlite" not in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # as the newsroom's settings have it
MIGRATION_MODULES: dict[str, str] = {}  # with the indexes and triggers that real tables have
