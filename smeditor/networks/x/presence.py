"""Whether reactions are still there. Only X's own "not found" of a post by its id is a deletion; a failure never is.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors ("partial errors"), read 2026-11-30: a lookup of a hundred ids
answers 200 with the posts that are there and a problem for each other one. Likes and reposts are not asked for: X charges a
cent for each person of a list of which it shows a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, FetchRefused, NetworkError, RateLimited
from smeditor.networks.http import objects
from smeditor.networks.kinds import Presence
from smeditor.networks.x import parse
from smeditor.networks.x.errors import NOT_FOUND, problem_type

if TYPE_CHECKING:
    from smeditor.networks.x.network import X

LOOKUP = 100
WITHHELD = {"not-authorized-for-resource", "resource-unavailable", "disallowed-resource"}


def check(network: X, native_ids: Sequence[str]) -> dict[str, Presence]:
    """Return the presence of each of ``native_ids``. Raises RateLimited and AuthExpired: nothing is known then."""
    found = dict.fromkeys(native_ids, Presence.UNKNOWN)
    posts = list(dict.fromkeys(native_id for native_id in native_ids if parse.id_or_nothing(native_id)))
    for start in range(0, len(posts), LOOKUP):
        part = posts[start : start + LOOKUP]
        try:
            found |= presences(network.posts(part), part)
        except (RateLimited, AuthExpired):
            raise
        except (NetworkError, FetchRefused):
            continue
    return found


def presences(data: dict[str, Any], ids: Sequence[str]) -> dict[str, Presence]:
    """What an answer to a lookup of ``ids`` says of each that it speaks of."""
    found: dict[str, Presence] = {}
    for problem in objects(data.get("errors")):
        post_id = id_of(problem)
        if post_id in ids:
            found[post_id] = _presence(problem)
    for post in objects(data.get("data")):
        post_id = parse.id_or_nothing(post.get("id"))
        if not post_id:
            continue
        versions = parse.history(post)
        for version in {post_id, *versions} & set(ids):
            found[version] = Presence.EDITED if len(versions) > 1 else Presence.ALIVE
    return found


def id_of(problem: dict[str, Any]) -> str:
    """The post that a partial error is about, empty where it is about something else."""
    if problem.get("resource_type") not in {None, "tweet"}:
        return ""
    given = [problem.get("resource_id"), problem.get("value")]
    return next((found for value in given if (found := parse.id_or_nothing(value))), "")


def _presence(problem: dict[str, Any]) -> Presence:
    kind = problem_type(problem)
    if kind == NOT_FOUND:
        return Presence.DELETED
    if kind in WITHHELD:
        detail = problem.get("detail")
        suspended = isinstance(detail, str) and "suspended" in detail.lower()
        return Presence.SUSPENDED if suspended else Presence.PROTECTED
    return Presence.UNKNOWN
