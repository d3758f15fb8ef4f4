"""Settings of the benchmark: the newsroom's, with one network that is the benchmark's own server."""

from smeditor.conf import DEFAULTS
from tests.faults.settings import *  # noqa: F403
from tests.faults.settings import DATABASES, SMEDITOR

SMEDITOR = {**SMEDITOR, "NETWORKS": {"bench": "bench.delivery.network.Bench"}, "BATCH": DEFAULTS["BATCH"]}
DATABASES["default"]["CONN_MAX_AGE"] = 60  # as the newsroom's settings have it; the laboratory opens one for each task
