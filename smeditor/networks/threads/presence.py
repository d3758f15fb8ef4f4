"""Whether reactions are still there. A failure is never a deletion.

Meta answers ``100/33`` alike for what does not exist and for what is not for us, so that one such answer proves nothing:
that our own token sees anything at all, and that the list of those who name the account (read to its end) does not show
it either, is asked besides. A post whose author made the profile private is gone for readers as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, FetchRefused, Gone, NetworkError, RateLimited, Refused
from smeditor.networks.kinds import Presence
from smeditor.networks.threads import parse
from smeditor.networks.threads.api import NO_SUCH_FIELD, lacks_permission
from smeditor.networks.threads.connecting import MENTIONS, READING

if TYPE_CHECKING:
    from smeditor.networks.threads.network import Threads

FIELDS = "id,hide_status"
MAX_PAGES = 20


def check(network: Threads, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return the presence of each of ``native_ids``. Raises RateLimited, and AuthExpired where our own token is refused."""
    found = {native_id: presence_of(network, native_id) for native_id in native_ids}
    gone = [native_id for native_id, presence in found.items() if presence is Presence.DELETED]
    if gone:
        shown, whole = _naming_us(network)
        absent = Presence.DELETED if whole else Presence.UNKNOWN
        found |= {native_id: Presence.ALIVE if native_id in shown else absent for native_id in gone}
    return found


def presence_of(network: Threads, native_id: str) -> Presence:
    """Ask for one post or reply by itself. DELETED is half a proof: Meta does not show it, though our token works."""
    if not parse.AN_ID.fullmatch(native_id):
        return Presence.UNKNOWN
    try:
        data = _shown(network, native_id)
    except Gone:
        return Presence.DELETED if _sees(network) else Presence.UNKNOWN
    except RateLimited:
        raise
    except AuthExpired as error:
        if not lacks_permission(error):
            raise
        return Presence.UNKNOWN
    except (NetworkError, FetchRefused):
        return Presence.UNKNOWN
    return Presence.HIDDEN if parse.is_hidden(data) else Presence.ALIVE


def _shown(network: Threads, native_id: str) -> dict[str, Any]:
    try:
        return network.call("GET", f"/{native_id}", params={"fields": FIELDS}).object("id")
    except Refused as error:
        if NO_SUCH_FIELD not in error.cause:
            raise
        return network.call("GET", f"/{native_id}", params={"fields": "id"}).object("id")


def _sees(network: Threads) -> bool:
    """Whether the account could see readers' replies at all: its token works, and the permission was granted."""
    if not network.may(READING):
        return False
    try:
        network.me(fresh=True)
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return False
    return True


def _naming_us(network: Threads) -> tuple[set[str], bool]:
    """The ids of all posts that name the account, and whether their list was read to its end."""
    if not network.may(MENTIONS):
        return set(), True  # none ever came home
    shown: set[str] = set()
    after = ""
    try:
        for _page in range(MAX_PAGES):
            params = {"fields": "id", "limit": "100"} | ({"after": after} if after else {})
            rows, following = parse.page_of(network.call("GET", "/me/mentions", params=params).data)
            shown |= {parse.id_in(row) for row in rows}
            if not following or following == after:
                return shown, not following
            after = following
    except RateLimited:
        raise
    except AuthExpired as error:
        if not lacks_permission(error):
            raise
        return set(), True
    except (NetworkError, FetchRefused):
        return shown, False
    return shown, False
