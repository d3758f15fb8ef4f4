"""Whether reactions are still there. Only the server's own "this does not exist" is a deletion; a failure never is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smeditor.exceptions import AuthExpired, FetchRefused, Gone, NetworkError, RateLimited, Refused
from smeditor.networks.base import Presence
from smeditor.networks.mastodon.paging import read_list
from smeditor.networks.mastodon.parse import REACH_LISTS

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

MAX_PAGES = 25
"""Pages of eighty likes or boosts that are read to prove that one is gone."""


def check(network: Mastodon, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return the presence of each of ``native_ids``: statuses, and likes or boosts as ``parse.read_reach`` names them.

    Raises RateLimited and, when it is our own token that is refused, AuthExpired: nothing is known then.
    """
    reach = [native_id for native_id in native_ids if "/" in native_id]
    statuses = [native_id for native_id in native_ids if "/" not in native_id]
    return _statuses(network, statuses) | _reach(network, reach)


def _statuses(network: Mastodon, ids: Sequence[str]) -> dict[str, Presence]:
    try:
        found = network.statuses(ids)
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return dict.fromkeys(ids, Presence.UNKNOWN)
    presences = {
        status_id: Presence.EDITED if status.get("edited_at") else Presence.ALIVE for status_id, status in found.items()
    }
    return {native_id: presences.get(native_id) or check_status(network, native_id) for native_id in ids}


def check_status(network: Mastodon, status_id: str) -> Presence:
    """Ask for one status by itself, which is what proves that it is gone."""
    try:
        network.call("GET", f"/api/v1/statuses/{status_id}").object("id")
    except Gone:
        return Presence.DELETED
    except RateLimited:
        raise
    except AuthExpired:
        network.me(fresh=True)
        return Presence.PROTECTED
    except Refused as error:
        return Presence.PROTECTED if error.status == 403 else Presence.UNKNOWN
    except (NetworkError, FetchRefused):
        return Presence.UNKNOWN
    return Presence.ALIVE


def _reach(network: Mastodon, ids: Sequence[str]) -> dict[str, Presence]:
    lists: dict[tuple[str, str], list[str]] = {}
    for native_id in ids:
        subject, name, _account = [*native_id.split("/"), "", ""][:3]
        lists.setdefault((subject, name), []).append(native_id)
    found: dict[str, Presence] = {}
    for (subject, name), members in lists.items():
        found |= _members(network, subject, name, members)
    return found


def _members(network: Mastodon, subject: str, name: str, members: list[str]) -> dict[str, Presence]:
    if name not in REACH_LISTS.values():
        return dict.fromkeys(members, Presence.UNKNOWN)
    try:
        accounts, complete = read_list(network, f"/api/v1/statuses/{subject}/{name}", MAX_PAGES)
    except Gone:
        return dict.fromkeys(members, Presence.DELETED)
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return dict.fromkeys(members, Presence.UNKNOWN)
    there = {f"{subject}/{name}/{account.get('id')}" for account in accounts if isinstance(account, dict)}
    absent = Presence.DELETED if complete else Presence.UNKNOWN
    return {native_id: Presence.ALIVE if native_id in there else absent for native_id in members}
