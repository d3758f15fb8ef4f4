"""A model behind an address: any endpoint that answers as OpenAI's ``/v1/embeddings`` does, the newsroom's own included.

::

    SMEDITOR = {
        "EMBEDDING": "smeditor.networks.embedding_endpoint.Endpoint",
        "EMBEDDING_OPTIONS": {
            "url": "http://10.0.0.7:8080/v1/embeddings",
            "model": "multilingual-e5-small",
            "headers": {"Authorization": "Bearer …"},
            "private": True,
        },
    }

What leaves the house are readers' texts: a newsroom names an endpoint that it trusts with them.
Source: https://platform.openai.com/docs/api-reference/embeddings (request and answer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from smeditor.exceptions import BadAnswer
from smeditor.networks.client import GuardedClient

LONGEST = 8_000
"""Characters of a text that are sent: about what models of 2,048 tokens read."""
MOST_BYTES = 20_000_000
"""Of an answer: 64 vectors of 4,096 numbers, written out."""


class Endpoint:
    """An endpoint, asked in one request for a batch.

    ``url``: its whole address. ``model``: what it calls the model. ``headers``: such as its key. ``timeout``: seconds for
    a request. ``private``: whether it may lie in a private network. ``transport`` replaces the network.
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        private: bool = False,
        transport: Any = None,
    ) -> None:
        self.url, self.model = url, model
        self.version = f"{urlsplit(url).netloc.rpartition('@')[2]} {model}".strip()
        address = urlsplit(url)
        port = address.port or (443 if address.scheme == "https" else 80)
        self._client = GuardedClient(
            allowed_private_hosts=[f"{address.hostname}:{port}"] if private else [],
            timeout=timeout,
            max_bytes=MOST_BYTES,
            headers=headers,
            transport=transport,
        )

    def __call__(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """Return one vector for each text, in their order. Raises what the client raises, and BadAnswer."""
        # An empty input is refused by most; a space means as little.
        body: dict[str, Any] = {"input": [text[:LONGEST] or " " for text in texts], "encoding_format": "float"}
        if self.model:
            body["model"] = self.model
        response = self._client.request("POST", self.url, json=body)
        if response.status_code != 200:
            raise BadAnswer("The embedding endpoint refused.", cause=f"HTTP {response.status_code}")
        try:
            rows = sorted(response.json()["data"], key=lambda row: row["index"])
            return [[float(x) for x in row["embedding"]] for row in rows]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadAnswer("The embedding endpoint's answer cannot be read.", cause=type(error).__name__) from None
