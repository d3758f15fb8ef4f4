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


def look(network: Mastodon, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return the presence of each of ``native_ids``: statuses, and likes or boosts as ``parse.read_reach`` names them.

    Raises RateLimited and, when it is our own token that is refused, AuthExpired: nothing can be told then.
    """
    reach = [one for one in native_ids if "/" in one]
    statuses = [one for one in native_ids if "/" not in one]
    return _statuses(network, statuses) | _reach(network, reach)


def _statuses(network: Mastodon, ids: Sequence[str]) -> dict[str, Presence]:
    try:
        found = network.statuses(ids)
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return dict.fromkeys(ids, Presence.UNKNOWN)
    told = {
        status_id: Presence.EDITED if status.get("edited_at") else Presence.ALIVE for status_id, status in found.items()
    }
    return {one: told.get(one) or look_at_one(network, one) for one in ids}


def look_at_one(network: Mastodon, status_id: str) -> Presence:
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
    for one in ids:
        subject, name, _account = [*one.split("/"), "", ""][:3]
        lists.setdefault((subject, name), []).append(one)
    told: dict[str, Presence] = {}
    for (subject, name), members in lists.items():
        told |= _members(network, subject, name, members)
    return told


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
    return {one: Presence.ALIVE if one in there else absent for one in members}
