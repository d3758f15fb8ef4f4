"""Shortened links: where they lead, asked of the shortener alone and never of the place they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smeditor.exceptions import SmeditorError
from smeditor.networks.base import InboundItem

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient

SHORTENERS = frozenset(
    {
        "t.co",
        "bit.ly",
        "buff.ly",
        "ow.ly",
        "tinyurl.com",
        "is.gd",
        "v.gd",
        "dlvr.it",
        "lnkd.in",
        "fb.me",
        "youtu.be",
        "cutt.ly",
        "rebrand.ly",
        "shorturl.at",
        "tiny.cc",
        "rb.gy",
        "urlr.me",
        "frama.link",
        "huit.re",
        "s.42l.fr",
    }
)
LINKS = 20
"""Links that are asked about in one poll."""
HOPS = 3


class Expander:
    """Expands the links of one poll; each address is asked about once."""

    def __init__(self, client: GuardedClient) -> None:
        self.client = client
        self.known: dict[str, str] = {}

    def expand(self, inbound: Iterable[InboundItem]) -> tuple[InboundItem, ...]:
        """``inbound`` with the targets of shortened links added behind them."""
        return tuple(self._expand(item) for item in inbound)

    def _expand(self, item: InboundItem) -> InboundItem:
        added = [target for link in item.links if (target := self.target(link))]
        return replace(item, links=(*item.links, *added)) if added else item

    def target(self, link: str) -> str:
        """Where a shortened link leads; empty for every other link, and when it cannot be told."""
        if not is_short(link):
            return ""
        if link not in self.known and len(self.known) < LINKS:
            self.known[link] = self._ask(link)
        return self.known.get(link, "")

    def _ask(self, link: str) -> str:
        from smeditor.networks.client import joined

        for _hop in range(HOPS):
            try:
                answer = self.client.request("HEAD", link, timeout=5.0)
                if not answer.has_redirect_location:
                    return ""
                link = str(joined(answer))
            except SmeditorError:
                return ""
            if not is_short(link):
                return link
        return ""


def is_short(link: str) -> bool:
    """Whether the host of ``link`` is a known shortener; False for what is no address."""
    try:
        return (urlsplit(link).hostname or "").lower() in SHORTENERS
    except ValueError:
        return False
