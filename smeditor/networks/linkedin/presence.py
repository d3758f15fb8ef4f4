"""Whether a comment or a reaction is still there: only LinkedIn's own 404 says that it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smeditor.exceptions import AuthExpired, FetchRefused, Gone, NetworkError, RateLimited
from smeditor.networks.base import Presence
from smeditor.networks.linkedin import parse, urns

if TYPE_CHECKING:
    from smeditor.networks.linkedin.network import LinkedIn


def check(network: LinkedIn, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return which comments and reactions are still there. Raises RateLimited and AuthExpired."""
    return {
        native_id: check_reaction(network, native_id)
        if urns.REACTION.fullmatch(native_id)
        else check_comment(network, native_id)
        for native_id in native_ids
    }


def check_comment(network: LinkedIn, urn: str) -> Presence:
    """Ask for one comment by itself."""
    match = urns.COMMENT.fullmatch(urn)
    if match is None:
        return Presence.UNKNOWN
    try:
        path = f"/socialActions/{urns.encoded(match['thread'])}/comments/{match['id']}"
        comment = network.api.ask("GET", path).object("created")
    except Gone:
        return Presence.DELETED
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return Presence.UNKNOWN
    created, changed = parse.stamp(comment.get("created")), parse.stamp(comment.get("lastModified"))
    return Presence.EDITED if created and changed and changed > created else Presence.ALIVE


def check_reaction(network: LinkedIn, urn: str) -> Presence:
    """Ask for one reaction by itself."""
    match = urns.REACTION.fullmatch(urn)
    if match is None:
        return Presence.UNKNOWN
    try:
        key = f"(actor:{urns.encoded(match['actor'])},entity:{urns.encoded(match['entity'])})"
        network.api.ask("GET", f"/reactions/{key}").object("reactionType")
    except Gone:
        return Presence.DELETED
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return Presence.UNKNOWN
    return Presence.ALIVE
