"""Accounts and hashtags by the beginning of their names (https://docs.joinmastodon.org/methods/search/, 2026-11-30)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.networks.marks import MOST_FOUND, FoundMark, MarkKind, usable
from smeditor.networks.mastodon.parse import LONGEST_NAME
from smeditor.text.normal import normalise_text

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

TYPES = {MarkKind.MENTION: "accounts", MarkKind.TAG: "hashtags"}


def marks(network: Mastodon, kind: MarkKind, query: str) -> list[FoundMark]:
    """Ask what this server knows already (``resolve`` is left off: that would ask another server for each letter)."""
    if kind not in TYPES:
        raise network.unsupported(_("search for names"))
    parameters = {"q": query, "type": TYPES[kind], "limit": MOST_FOUND}
    answer = network.call("GET", "/api/v2/search", params=parameters).object()
    found = answer.get(TYPES[kind])
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return usable(network, kind, _accounts(rows) if kind is MarkKind.MENTION else _tags(rows))


def _accounts(rows: list[dict[str, Any]]) -> Iterator[FoundMark]:
    for row in rows:
        yield FoundMark(f"@{row.get('acct')}", normalise_text(str(row.get("display_name") or ""), LONGEST_NAME))


def _tags(rows: list[dict[str, Any]]) -> Iterator[FoundMark]:
    for row in rows:
        yield FoundMark(f"#{row.get('name')}")
