"""Lists that the API gives in pages. Their order and their cursors are the server's own: only the Link header has them."""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from smeditor.networks.http import Answer

PAGE = "80"


class Caller(Protocol):
    """What can call the API: :class:`smeditor.networks.mastodon.network.Mastodon`."""

    def call(self, method: str, path: str, **kwargs: Any) -> Answer:
        """Ask the server once; ``kwargs`` are those of :meth:`smeditor.networks.http.JsonApi.call`."""


def next_max_id(headers: httpx.Headers) -> str:
    """The ``max_id`` of the next page from a Link header, or nothing. The address itself is never followed."""
    link = httpx.Response(200, headers=headers).links.get("next", {}).get("url", "")
    try:
        return httpx.URL(link).params.get("max_id", "")
    except httpx.InvalidURL:
        return ""


def read_list(network: Caller, path: str, max_pages: int) -> tuple[list[Any], bool]:
    """Return the items of a list and whether it was read to its end."""
    items: list[Any] = []
    before = ""
    for _page in range(max_pages):
        params = {"limit": PAGE} | ({"max_id": before} if before else {})
        answer = network.call("GET", path, params=params)
        items += answer.array()
        following = next_max_id(answer.headers)
        if not following or following == before:
            return items, not following
        before = following
    return items, False
