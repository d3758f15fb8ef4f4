"""One collection: notifications first, then the threads of our messages for what notifications leave out.

A reply that does not name us, a like by someone we filter, a quote on a server without quote notifications, an edit
and a deletion show only there. Twenty of our messages cost one call; a thread is walked only when its counts moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import BadAnswer, Gone, NetworkError, Refused
from smeditor.networks.base import Batch, InboundItem, Kind, Presence, Ref
from smeditor.networks.http import objects
from smeditor.networks.mastodon import parse
from smeditor.networks.mastodon.cursor import Cursor, Thread
from smeditor.networks.mastodon.limits import understands_quotes
from smeditor.networks.mastodon.notifications import Notifications
from smeditor.networks.mastodon.paging import read_list
from smeditor.networks.mastodon.presence import check_status
from smeditor.networks.walking import Walked, walk

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

MAX_PAGES = 5
MAX_WATCHED = 200
"""Replies whose edit or disappearance is looked for in one collection, the newest first."""
MAX_CONFIRMED = 20
"""Disappeared replies of a thread, and disappeared messages of ours, that are asked for one by one in one collection."""


class Collector:
    """Gathers one batch for ``network`` from where ``cursor`` stands."""

    def __init__(self, network: Mastodon, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.host = network.api.host
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}
        self.missing: set[str] = set()
        self.changed: set[str] = set()
        self.notifications = Notifications(network, self.cursor)

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in. Where the server fails half-way, what it gave is returned and the rest comes next time."""
        more = self.notifications.read()
        self._add(self.notifications.found)
        walked = self._threads(list(dict.fromkeys(ref.uri for ref in ours)))
        if walked.ended_by and not (walked.read or self.inbound or self.deleted):
            raise walked.ended_by
        return Batch(tuple(self.inbound.values()), self.cursor.as_json(), more, tuple(self.deleted), walked.unread)

    def _add(self, found: Sequence[InboundItem]) -> None:
        self.inbound |= {inbound.native_id: inbound for inbound in found}

    def _threads(self, ids: list[str]) -> Walked:
        try:
            statuses = self.network.statuses(ids) if ids else {}
            self._confirm_own_gone([status_id for status_id in ids if status_id not in statuses])
            self._watch([self.cursor.thread(status_id) for status_id in statuses])
        except NetworkError as error:
            return Walked(unread=tuple(ids), ended_by=error)
        return walk(list(statuses), lambda status_id: self._walk(status_id, statuses[status_id]))

    def _walk(self, status_id: str, status: dict[str, Any]) -> None:
        with suppress(Gone, Refused, BadAnswer):  # it will not be read sooner for being asked again; its counts stay
            self._thread(status_id, status)

    def _confirm_own_gone(self, missing: list[str]) -> None:
        """Ask one by one for messages of ours that the server leaves out: somebody may have deleted them there by hand."""
        for status_id in missing[:MAX_CONFIRMED]:
            if check_status(self.network, status_id) is Presence.DELETED:
                self.deleted[status_id] = None
                self.cursor.threads.pop(status_id, None)

    def _watch(self, threads: list[Thread]) -> None:
        """Note which known replies are not shown any more, and which of the others were edited or answered."""
        watched = {reply: stamp for thread in threads for reply, stamp in thread.inbound.items()}
        newest = sorted(watched, key=lambda status_id: (len(status_id), status_id))[-MAX_WATCHED:]
        shown = self.network.statuses(newest) if newest else {}
        self.missing = {status_id for status_id in newest if status_id not in shown}
        self.changed = {status_id for status_id, status in shown.items() if stamp_of(status) != watched.get(status_id)}

    def _thread(self, status_id: str, status: dict[str, Any]) -> None:
        thread = self.cursor.thread(status_id)
        now = parse.read_metrics(status)
        self._reach(status_id, Kind.LIKE, thread.likes, now.likes)
        thread.likes = now.likes or 0
        self._reach(status_id, Kind.REPOST, thread.reposts, now.reposts)
        thread.reposts = now.reposts or 0
        touched = self.changed & thread.inbound.keys()
        if touched or now.replies != thread.replies:
            self._replies(status_id, thread)
            thread.replies = now.replies or 0
        if touched or now.quotes is None or now.quotes != thread.quotes:
            self._quotes(status_id, thread)
            thread.quotes = now.quotes or 0
        self._confirm_gone(thread)

    def _reach(self, status_id: str, kind: Kind, before: int, count: int | None) -> None:
        """Read who liked or boosted, unless the notifications of this collection explain the count."""
        if count is None or count == before + self.notifications.reach[status_id, kind]:
            return
        people, _whole = read_list(self.network, f"/api/v1/statuses/{status_id}/{parse.REACH_LISTS[kind]}", MAX_PAGES)
        at = datetime.now(UTC)
        for person in people:
            inbound = parse.read_reach(person, kind, status_id, at, self.host)
            if parse.account_id({"account": person}) != self.notifications.me:
                self.inbound.setdefault(inbound.native_id, inbound)

    def _replies(self, status_id: str, thread: Thread) -> None:
        context = self.network.call("GET", f"/api/v1/statuses/{status_id}/context").object()
        for reply in objects(context.get("descendants")):
            self._take(reply, Kind.REPLY, thread, root=status_id)

    def _quotes(self, status_id: str, thread: Thread) -> None:
        if not understands_quotes(self.network.instance()):
            return
        quotes, _whole = read_list(self.network, f"/api/v1/statuses/{status_id}/quotes", MAX_PAGES)
        for quote in quotes:
            self._take(quote, Kind.QUOTE, thread, subject=status_id)

    def _take(self, status: Any, kind: Kind, thread: Thread, *, root: str = "", subject: str = "") -> None:
        """Add a reply or quote that is new or was edited since it was last seen; not our own messages."""
        inbound = parse.read_status(status, kind, self.host, root=root, subject=subject)
        stamp, known = stamp_of(status), thread.inbound.get(inbound.native_id)
        thread.inbound[inbound.native_id] = stamp
        if parse.account_id(status) == self.notifications.me:
            return
        if known is None or known.partition("|")[0] != stamp.partition("|")[0]:
            if kind is Kind.QUOTE and self.inbound.get(inbound.native_id, inbound).kind is Kind.REPLY:
                return
            self.inbound[inbound.native_id] = inbound

    def _confirm_gone(self, thread: Thread) -> None:
        """Ask one by one for the replies that are not shown any more: only a 404 or 410 is a deletion."""
        for reply in sorted(self.missing & thread.inbound.keys())[:MAX_CONFIRMED]:
            if check_status(self.network, reply) is Presence.DELETED:
                self.deleted[reply] = None
                thread.inbound.pop(reply, None)


def stamp_of(status: dict[str, Any]) -> str:
    """What changes when a status is edited or answered."""
    return f"{status.get('edited_at') or ''}|{parse.count_of(status, 'replies_count') or 0}"
