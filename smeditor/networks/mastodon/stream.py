"""The stream of an account's notifications (https://docs.joinmastodon.org/methods/streaming/, 2026-11-30)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

PATH = "/api/v1/streaming/user/notification"


def notifications(network: Mastodon) -> Iterator[None]:
    """Yield for each notification that the server tells of; its signs of life (``:thump``) are passed over."""
    for line in network.stream_lines(f"{streaming_url(network)}{PATH}"):
        if line.startswith("event:"):
            yield None


def streaming_url(network: Mastodon) -> str:
    """Where the server streams: its own address, or a host of its own domain that it names.

    The token goes there, so that no other host is believed.
    """
    configuration = network.instance().get("configuration")
    urls = configuration.get("urls") if isinstance(configuration, dict) else None
    named = urls.get("streaming") if isinstance(urls, dict) else None
    own = httpx.URL(network.api.base_url)
    if not isinstance(named, str):
        return network.api.base_url
    try:
        url = httpx.URL(named.replace("wss://", "https://", 1).replace("ws://", "http://", 1))
    except httpx.InvalidURL:
        return network.api.base_url
    if url.scheme != own.scheme or not (url.host == own.host or url.host.endswith(f".{own.host}")):
        return network.api.base_url
    return str(url).rstrip("/")
