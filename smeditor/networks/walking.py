"""Walking several threads in one collection: what one failure means for the others, and what stays to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smeditor.exceptions import AuthExpired, NetworkError, RateLimited

ENOUGH = 3
"""So many failures in a row are the server's, and it is left alone; fewer may be a thread's own."""


@dataclass(frozen=True)
class Walked:
    """What became of a walk: ``read`` threads, the ids of the ``unread`` ones, and the error that ended it, if one did."""

    read: int = 0
    unread: tuple[str, ...] = ()
    ended_by: NetworkError | None = None


def walk(ids: Sequence[str], read: Callable[[str], None]) -> Walked:
    """Read each thread of ``ids``. One that cannot be read hides no other; a server that fails is asked no more.

    A limit that is reached or a token that is refused ends the walk at once. Raises nothing of the network's.
    """
    unread: list[str] = []
    in_a_row = 0
    for place, thread_id in enumerate(ids):
        try:
            read(thread_id)
        except (RateLimited, AuthExpired) as error:
            return _ended(place, unread, ids[place:], error)
        except NetworkError as error:
            unread.append(thread_id)
            in_a_row += 1
            if in_a_row == ENOUGH:
                return _ended(place + 1, unread, ids[place + 1 :], error)
        else:
            in_a_row = 0
    return Walked(len(ids) - len(unread), tuple(unread))


def _ended(asked: int, unread: list[str], rest: Sequence[str], error: NetworkError) -> Walked:
    return Walked(asked - len(unread), (*unread, *rest), error)
