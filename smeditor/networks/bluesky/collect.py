"""Collecting what readers wrote or did: notifications, and the threads, likes, reposts and quotes of chosen posts.

Two routes, because each misses something: notifications leave out deep replies and those by muted readers, and come
sorted by a time that an author may claim; threads know nothing of mentions elsewhere. Both give one reaction the same
``native_id``. Our own messages are left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smeditor.exceptions import BadAnswer, Gone, NetworkError
from smeditor.networks.base import Author, Batch, InboundItem, Kind, Presence, Ref
from smeditor.networks.bluesky import parse, presence
from smeditor.networks.bluesky.cursor import Cursor, Thread, stamp_of
from smeditor.networks.bluesky.limits import LIST_PAGES, LOOKUP, PAGE, parts
from smeditor.networks.bluesky.session import Session
from smeditor.networks.bluesky.uri import read
from smeditor.networks.walking import walk

logger = logging.getLogger(__name__)

ABOUT_POSTS = {"reply", "mention", "quote"}
REACH = {
    "like": Kind.LIKE,
    "like-via-repost": Kind.LIKE,
    "repost": Kind.REPOST,
    "repost-via-repost": Kind.REPOST,
}
OVERLAP = timedelta(minutes=15)
"""The AppView indexes late now and then: so much of the known time is read again at each sweep."""
SWEEP_PAGES = 5
THREAD_DEPTH = 20
THREAD_REQUESTS = 10
MAX_CONFIRMED = 25
"""Disappeared replies that are looked for one by one in one collection."""


class Collector:
    """One call of ``collect``: gathers reactions for the account behind ``session`` from where ``cursor`` stands."""

    def __init__(self, session: Session, cursor: Mapping[str, Any]) -> None:
        self.session = session
        self.ours = session.did
        self.cursor = Cursor.read(cursor)
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}
        self.missing: list[str] = []
        self.now = datetime.now(UTC)
        self.authors: dict[str, Author] = {}
        """Readers by DID, from views that hold their description."""

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in. Where the server fails half-way, what it gave is returned and the rest comes next time."""
        more = self._notifications()
        walked = walk(list(dict.fromkeys(ref.uri for ref in ours)), self._walk)
        if walked.ended_by and not (walked.read or self.inbound or self.deleted):
            raise walked.ended_by
        if not walked.ended_by:
            with suppress(NetworkError):  # what is not shown any more is looked for again with the next walk
                self._confirm_gone()
        self._ask_for_wishes()
        return Batch(tuple(self.inbound.values()), self.cursor.as_json(), more, tuple(self.deleted), walked.unread)

    # notifications

    def _notifications(self) -> bool:
        """Read from the newest down to what is known, some pages in one collection; return whether more waits."""
        cursor = self.cursor
        for _ in range(SWEEP_PAGES):
            data = self.session.get(
                "app.bsky.notification.listNotifications", limit=PAGE, cursor=cursor.page or None, priority="false"
            ).object("notifications")
            times = [time for entry in _entries(data["notifications"]) if (time := self._notification(entry))]
            cursor.high = max([*times, *([cursor.high] if cursor.high else [])], default=None)
            cursor.page = _page(data)
            if not cursor.page or (cursor.until and times and min(times) < cursor.until):
                self._finish_sweep()
                return False
        return True

    def _finish_sweep(self) -> None:
        """The next sweep goes down to a little before the newest that this one saw, never further than before."""
        known = [time for time in (self.cursor.until, self.cursor.high and self.cursor.high - OVERLAP) if time]
        self.cursor.until = max(known, default=None)
        self.cursor.page, self.cursor.high = "", None

    def _notification(self, entry: Mapping[str, Any]) -> datetime | None:
        """Keep what a notification is about; return its time."""
        reason, at = entry.get("reason"), parse.moment(entry.get("indexedAt"))
        if reason in ABOUT_POSTS:
            self._keep(parse.post, entry, self.ours, described=True, recent=self.cursor.recent)
        elif reason in REACH and at:
            record = entry.get("record")
            subject = record.get("subject") if isinstance(record, dict) else None
            uri = subject.get("uri") if isinstance(subject, dict) else None
            if isinstance(uri, str) and parse.owner(uri) == self.ours:
                what = (REACH[reason], entry.get("author"), uri, at, str(entry.get("uri") or ""))
                self._keep(parse.engagement, *what, described=True, recent=self.cursor.recent)
        return at

    # threads and lists

    def _walk(self, uri: str) -> None:
        """Read the thread of one of our posts and the lists that changed."""
        try:
            root, replies = self._thread(uri)
        except Gone:
            if not self._stands_in_our_repository(uri):
                self.deleted[uri] = None
                self.cursor.threads.pop(uri, None)
            return
        except BadAnswer as error:
            logger.warning("Bluesky: a thread cannot be read and waits for the next time (%s)", error.cause)
            return
        if root is None:
            return
        thread, now = self.cursor.thread(uri), parse.metrics(root)
        shown = {view.get("uri") for view in replies}
        for view in replies:
            self._keep(parse.post, view, self.ours, thread=thread)
        if now.quotes or thread.quotes:
            for view in self._list("app.bsky.feed.getQuotes", "posts", uri):
                shown.add(view.get("uri"))
                self._keep(parse.post, view, self.ours, thread=thread)
        if now.likes != thread.likes:
            for like in self._list("app.bsky.feed.getLikes", "likes", uri):
                at = parse.published(like.get("createdAt"), parse.moment(like.get("indexedAt")))
                self._keep(parse.engagement, Kind.LIKE, like.get("actor"), uri, at, described=True)
        if now.reposts != thread.reposts:
            for profile in self._list("app.bsky.feed.getRepostedBy", "repostedBy", uri):
                self._keep(parse.engagement, Kind.REPOST, profile, uri, self.now, described=True)
        self.missing += [known for known in thread.inbound if known not in shown]
        thread.likes, thread.reposts, thread.quotes = now.likes or 0, now.reposts or 0, now.quotes or 0

    def _thread(self, uri: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The post view of ``uri`` (None where a block hides it) and those of every reply below it."""
        pending, root, replies = [uri], None, []
        for _ in range(THREAD_REQUESTS):
            if not pending:
                break
            top = self._thread_part(pending.pop(0))
            for depth, node in _flatten(top):
                view = node.get("post")
                if not isinstance(view, dict):
                    continue
                if node is not top:
                    replies.append(view)
                elif root is None:
                    root = view
                if depth == THREAD_DEPTH and view.get("replyCount") and isinstance(view.get("uri"), str):
                    pending.append(view["uri"])
        return root, replies

    def _thread_part(self, uri: str) -> dict[str, Any]:
        data = self.session.get("app.bsky.feed.getPostThread", uri=uri, depth=THREAD_DEPTH, parentHeight=0)
        thread = data.object("thread")["thread"]
        if not isinstance(thread, dict):
            raise BadAnswer(cause="getPostThread without a thread")
        return thread

    def _stands_in_our_repository(self, uri: str) -> bool:
        """Whether a post of ours that the AppView does not know is there all the same.

        The AppView is late, by minutes on a busy day; our repository never is.
        """
        place = read(uri)
        try:
            self.session.get(
                "com.atproto.repo.getRecord", repo=place.repo, collection=place.collection, rkey=place.rkey
            )
        except Gone:
            return False
        return True

    def _list(self, nsid: str, key: str, uri: str) -> Iterator[dict[str, Any]]:
        page = None
        for _ in range(LIST_PAGES):
            data = self.session.get(nsid, uri=uri, limit=PAGE, cursor=page).object(key)
            yield from _entries(data[key])
            page = _page(data)
            if not page:
                return

    # keeping

    def _keep(
        self,
        read_view: Callable[..., InboundItem],
        *fields: Any,
        described: bool = False,
        recent: dict[str, None] | None = None,
        thread: Thread | None = None,
    ) -> None:
        """Keep one reaction that is new or was edited since ``recent`` or ``thread`` saw it; not our own.

        What breaks the lexicon is left out and logged: the others must not wait for it.
        """
        try:
            inbound = read_view(*fields)
        except BadAnswer as error:
            logger.warning("Bluesky: a reaction that breaks its lexicon was left out (%s)", error.cause)
            return
        if inbound.author.remote_id == self.ours:
            return
        if described:
            self.authors[inbound.author.remote_id] = inbound.author
        stamp = stamp_of(inbound)
        if recent is not None:
            if stamp in recent:
                return
            recent[stamp] = None
        if thread is not None:
            before = thread.inbound.get(inbound.native_id)
            thread.inbound[inbound.native_id] = stamp
            if before == stamp:
                return
            if before:
                self.inbound[inbound.native_id] = replace(inbound, edited_at=self.now)
        self.inbound.setdefault(inbound.native_id, inbound)

    def _confirm_gone(self) -> None:
        """Look for what is not shown any more: not being shown is no deletion yet."""
        wanted = self.missing[:MAX_CONFIRMED]
        found = presence.check(self.session, wanted) if wanted else {}
        for uri in wanted:
            if found.get(uri) is Presence.DELETED:
                self.deleted[uri] = None
                for thread in self.cursor.threads.values():
                    thread.inbound.pop(uri, None)

    def _ask_for_wishes(self) -> None:
        """Complete the authors that came without their description, in which they may ask not to be collected."""
        unread = {inbound.author.remote_id for inbound in self.inbound.values()} - self.authors.keys()
        for part in parts(sorted(unread), LOOKUP):
            answer = self.session.get("app.bsky.actor.getProfiles", actors=part)
            for profile in _entries(answer.object("profiles")["profiles"]):
                try:
                    author = parse.author(profile)
                except BadAnswer:
                    continue
                self.authors[author.remote_id] = author
        for native_id, inbound in self.inbound.items():
            self.inbound[native_id] = replace(
                inbound, author=self.authors.get(inbound.author.remote_id, inbound.author)
            )


def _flatten(top: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Walk a thread view from its top, each node with its depth, without recursion."""
    waiting = [(0, top)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting += [(depth + 1, reply) for reply in _entries(node.get("replies"))]


def _entries(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [entry for entry in value if isinstance(entry, dict)]


def _page(data: Mapping[str, Any]) -> str:
    page = data.get("cursor")
    return page if isinstance(page, str) else ""
