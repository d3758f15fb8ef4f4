"""The benchmark's network: what a real adapter does for one plain post, over the guarded client."""

from typing import Any

from smeditor.networks.base import Capabilities
from tests.faults.networks import OverHttp


class Bench(OverHttp):
    slug = "bench"
    kind = "bench"
    capabilities = Capabilities(idempotent_send=True, read_back=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client.timeout = 15.0
