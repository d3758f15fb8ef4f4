"""Whether reactions are still there. A failure is never a deletion.

Meta answers ``100/33`` alike for what does not exist and for what is not for us (and, for a while in 2026, for what was
there: gitroomhq/postiz-app#1562), so that one such answer proves nothing: the account itself must answer, and the list of
posts that tag it, read to its end, must not show it either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smeditor.exceptions import AuthExpired, FetchRefused, Gone, NetworkError, RateLimited
from smeditor.networks.graph.errors import FORBIDDEN
from smeditor.networks.graph.paging import pages
from smeditor.networks.instagram import parse
from smeditor.networks.instagram.connecting import COMMENTS
from smeditor.networks.kinds import Presence

if TYPE_CHECKING:
    from smeditor.networks.instagram.network import Instagram

MAX_PAGES = 20


def lacks_permission(error: NetworkError) -> bool:
    """Whether an error says that a permission was not granted, and nothing of the token itself."""
    number = error.code.partition("/")[0]
    return number.isdigit() and int(number) in FORBIDDEN


def check(network: Instagram, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return the presence of each of ``native_ids``. Raises RateLimited, and AuthExpired where our own token is refused."""
    found = {native_id: presence_of(network, native_id) for native_id in native_ids}
    gone = [native_id for native_id, presence in found.items() if presence is Presence.DELETED]
    if gone:
        shown, whole = _tagging_us(network)
        absent = Presence.DELETED if whole else Presence.UNKNOWN
        found |= {native_id: Presence.ALIVE if native_id in shown else absent for native_id in gone}
    return found


def presence_of(network: Instagram, native_id: str, fields: str = "id,hidden") -> Presence:
    """Ask for one comment by itself. DELETED is half a proof: Meta does not show it, though our token works."""
    if not parse.AN_ID.fullmatch(native_id):
        return Presence.UNKNOWN
    try:
        data = network.call("GET", f"/{native_id}", params={"fields": fields}).object("id")
    except Gone:
        return Presence.DELETED if _sees(network) else Presence.UNKNOWN
    except RateLimited:
        raise
    except AuthExpired as error:
        if not lacks_permission(error):
            raise
        return Presence.UNKNOWN
    except (NetworkError, FetchRefused):
        # a post that tags us has no ``hidden``: it is asked for without it
        return presence_of(network, native_id, "id") if "hidden" in fields else Presence.UNKNOWN
    return Presence.HIDDEN if data.get("hidden") is True else Presence.ALIVE


def _sees(network: Instagram) -> bool:
    """Whether the account could see readers' comments at all: its token works, and the permission was granted."""
    if not network.may(COMMENTS):
        return False
    try:
        network.me(fresh=True)
    except (RateLimited, AuthExpired):
        raise
    except (NetworkError, FetchRefused):
        return False
    return True


def _tagging_us(network: Instagram) -> tuple[set[str], bool]:
    """The ids of all posts that tag the account, and whether their list was read to its end."""
    shown: set[str] = set()
    whole = False
    try:
        for page in pages(network.api, "/me/tags", {"fields": "id", "limit": "100"}, MAX_PAGES):
            shown |= {parse.id_in(row) for row in page.items}
            whole = not page.after
    except RateLimited:
        raise
    except AuthExpired as error:
        if not lacks_permission(error):
            raise
        return set(), True  # none ever came home
    except (NetworkError, FetchRefused):
        return shown, False
    return shown, whole
