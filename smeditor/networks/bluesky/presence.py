"""Whether reactions are still there. Absence from a list proves nothing on Bluesky: a block hides as well.

``getPosts`` tells of 25 posts at once which are alive. Each one that it leaves out is asked for alone, where a block, a
deactivated account and a deletion answer differently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from smeditor.exceptions import BadAnswer, Gone, NetworkError, Refused, Temporary
from smeditor.networks.base import Kind, Presence
from smeditor.networks.bluesky.limits import LIST_PAGES, LOOKUP, PAGE, POST, parts
from smeditor.networks.bluesky.session import ACCOUNT_STOPPED, Session
from smeditor.networks.bluesky.uri import engagement_id, read, read_engagement_id

LISTS = {
    Kind.LIKE: ("app.bsky.feed.getLikes", "likes"),
    Kind.REPOST: ("app.bsky.feed.getRepostedBy", "repostedBy"),
}


def check(session: Session, native_ids: Sequence[str]) -> dict[str, Presence]:
    """See :meth:`smeditor.networks.base.Network.check`. A request that failed for a passing reason is UNKNOWN."""
    found = dict.fromkeys(native_ids, Presence.UNKNOWN)
    posts, engagements = [], defaultdict(list)
    for native_id in native_ids:
        engagement = read_engagement_id(native_id)
        if engagement:
            engagements[engagement[0], engagement[1]].append(native_id)
        elif _is_post(native_id):
            posts.append(native_id)
    for part in parts(posts, LOOKUP):
        found |= _patiently(part, partial(_posts, session, part))
    for (subject, kind), wanted in engagements.items():
        found |= _patiently(wanted, partial(_engagements, session, subject, kind, wanted))
    return found


def _patiently(wanted: Sequence[str], ask: Callable[[], dict[str, Presence]]) -> dict[str, Presence]:
    """A request that failed proves nothing; a refused session and a rate limit end the whole check."""
    try:
        return ask()
    except (Temporary, BadAnswer, Refused):
        return dict.fromkeys(wanted, Presence.UNKNOWN)


def _posts(session: Session, uris: Sequence[str]) -> dict[str, Presence]:
    answer = session.get("app.bsky.feed.getPosts", uris=list(uris)).object("posts")
    views = answer["posts"] if isinstance(answer["posts"], list) else []
    alive = {view.get("uri") for view in views if isinstance(view, dict)}
    found: dict[str, Presence] = {}
    for uri in uris:
        found |= {uri: Presence.ALIVE} if uri in alive else _patiently([uri], partial(_alone, session, uri))
    return found


def _alone(session: Session, uri: str) -> dict[str, Presence]:
    return {uri: _presence_of(session, uri)}


def _presence_of(session: Session, uri: str) -> Presence:
    try:
        answer = session.get("app.bsky.feed.getPostThread", uri=uri, depth=0, parentHeight=0)
    except Gone:
        return _without(session, read(uri).repo)
    thread = answer.object("thread")["thread"]
    if not isinstance(thread, dict):
        return Presence.UNKNOWN
    if thread.get("blocked"):
        return Presence.PROTECTED
    if thread.get("notFound"):
        return _without(session, read(uri).repo)
    return Presence.ALIVE if isinstance(thread.get("post"), dict) else Presence.UNKNOWN


def _without(session: Session, did: str) -> Presence:
    """A post is gone: deleted, unless its author only deactivated the account and may come back."""
    try:
        session.get("app.bsky.actor.getProfile", actor=did)
    except NetworkError as error:
        if error.code == "AccountDeactivated":
            return Presence.PROTECTED
        if error.code in ACCOUNT_STOPPED or isinstance(error, Refused | Gone):
            return Presence.DELETED
        raise
    return Presence.DELETED


def _engagements(session: Session, subject: str, kind: Kind, wanted: Sequence[str]) -> dict[str, Presence]:
    """Likes and reposts are there while their doer stands in the list; a list that was not read whole proves nothing."""
    nsid, key = LISTS[kind]
    found, page, missing = {}, None, set(wanted)
    for _ in range(LIST_PAGES):
        try:
            data = session.get(nsid, uri=subject, limit=PAGE, cursor=page).object(key)
        except Gone:
            return dict.fromkeys(wanted, Presence.DELETED)
        for entry in data[key] if isinstance(data[key], list) else []:
            actor = entry.get("actor", entry) if isinstance(entry, dict) else {}
            native_id = engagement_id(kind, subject, str(actor.get("did") if isinstance(actor, dict) else ""))
            if native_id in missing:
                missing.discard(native_id)
                found[native_id] = Presence.ALIVE
        page = data.get("cursor")
        if not missing:
            return found
        if not page:
            return found | dict.fromkeys(missing, Presence.DELETED)
    return found | dict.fromkeys(missing, Presence.UNKNOWN)


def _is_post(native_id: str) -> bool:
    try:
        return read(native_id).collection == POST
    except ValueError:
        return False
