"""Whether what was read from feeds and pages is still there."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urldefrag

from smeditor.accounts.clients import guarded_client
from smeditor.exceptions import Gone, SmeditorError, TooLarge
from smeditor.models import Reaction
from smeditor.networks.base import Kind, Presence
from smeditor.networks.client import GuardedClient
from smeditor.networks.pages import PageSource

FETCHES = 20
"""Pages that are fetched in one look; the others are looked at in the next."""


def look_on_web(rows: Sequence[Reaction]) -> dict[int, Presence]:
    """Return by reaction id what their pages tell. Comments on one page cost one fetch. Raises nothing."""
    by_page: dict[str, list[Reaction]] = {}
    for row in rows:
        page = row.source.url if row.source and row.source.kind == "page" else row.url
        by_page.setdefault(urldefrag(page)[0], []).append(row)
    told: dict[int, Presence] = {}
    with guarded_client() as client:
        for page, some in list(by_page.items())[:FETCHES]:
            told |= _page(client, page, some)
    return told


def _page(client: GuardedClient, page: str, rows: Sequence[Reaction]) -> dict[int, Presence]:
    if not page:
        return {}
    try:
        result = PageSource(client).fetch(page)
    except Gone:
        return {row.pk: Presence.DELETED for row in rows}
    except TooLarge:
        return {row.pk: Presence.ALIVE if row.kind == Kind.FEED else Presence.UNKNOWN for row in rows}
    except SmeditorError:
        return {}
    there = {comment.native_id for comment in result.comments}
    # A page on which no comment at all can be read any more has changed its structure, or asks who we are.
    absent = Presence.DELETED if there else Presence.UNKNOWN
    return {row.pk: Presence.ALIVE if row.kind == Kind.FEED or row.native_id in there else absent for row in rows}
