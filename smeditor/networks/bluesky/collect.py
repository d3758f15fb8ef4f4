"""Collecting what readers wrote or did: the account's notifications, and the threads, likes, reposts and quotes of
chosen posts.

Two routes, because each misses something: notifications leave out deep replies and those by muted readers, and come
sorted by a time that an author may claim; threads know nothing of mentions elsewhere. Both give one reaction the same
``native_id``.

The cursor: ``until``, the time down to which notifications are known; ``page`` and ``high`` while a longer sweep is
under way; ``counts``, the public counts of our posts at the last look, so that lists are read only where they changed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smeditor.exceptions import BadAnswer, Gone
from smeditor.networks.base import Author, Batch, Kind, Ref, Seen
from smeditor.networks.bluesky import parse
from smeditor.networks.bluesky.limits import LOOKUP, PAGE
from smeditor.networks.bluesky.session import Session

logger = logging.getLogger(__name__)

ABOUT_POSTS = {"reply", "mention", "quote"}
ACTS = {
    "like": Kind.LIKE,
    "like-via-repost": Kind.LIKE,
    "repost": Kind.REPOST,
    "repost-via-repost": Kind.REPOST,
}
OVERLAP = timedelta(minutes=15)
"""The AppView indexes late now and then: so much of the known time is read again at each sweep."""
SWEEP_PAGES = 5
LIST_PAGES = 10
THREAD_DEPTH = 20
THREAD_LOOKS = 10
COUNTS_KEPT = 500


class Collector:
    """One call of ``collect``: gathers reactions for the account behind ``session``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ours = session.did
        self.seen: dict[str, Seen] = {}
        self.deleted: list[str] = []
        self.authors: dict[str, Author] = {}
        """Readers by DID, from views that hold their description."""

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref]) -> Batch:
        """See :meth:`smeditor.networks.base.Network.collect`."""
        sweep, more = self._notifications(cursor)
        counts = dict(cursor.get("counts") or {})
        for ref in ours:
            fresh = self._walk(ref.uri, counts.pop(ref.uri, None))
            if fresh is not None:
                counts[ref.uri] = fresh
        self._ask_for_wishes()
        kept = dict(list(counts.items())[-COUNTS_KEPT:])
        return Batch(tuple(self.seen.values()), {**sweep, "counts": kept}, more, tuple(self.deleted))

    # notifications

    def _notifications(self, cursor: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        until = parse.moment(cursor.get("until"))
        page, high = cursor.get("page"), parse.moment(cursor.get("high"))
        for _ in range(SWEEP_PAGES):
            data = self.session.get(
                "app.bsky.notification.listNotifications", limit=PAGE, cursor=page, priority="false"
            ).object("notifications")
            times = [self._notification(entry) for entry in _entries(data["notifications"])]
            known = [time for time in times if time]
            high = max([*known, *([high] if high else [])], default=None)
            page = _page(data)
            if not page or (until and known and min(known) < until):
                return _finished(until, high), False
        return {"until": _write(until), "page": page, "high": _write(high)}, True

    def _notification(self, entry: Mapping[str, Any]) -> datetime | None:
        """Keep what a notification tells; return its time."""
        reason = entry.get("reason")
        at = parse.moment(entry.get("indexedAt"))
        if reason in ABOUT_POSTS:
            self._keep(parse.post, entry, self.ours, described=True)
        elif reason in ACTS and at:
            record = entry.get("record")
            subject = record.get("subject") if isinstance(record, dict) else None
            uri = subject.get("uri") if isinstance(subject, dict) else None
            if isinstance(uri, str) and parse.owner(uri) == self.ours:
                own = str(entry.get("uri") or "")
                self._keep(parse.act, ACTS[reason], entry.get("author"), uri, at, own, described=True)
        return at

    # threads and lists

    def _walk(self, uri: str, before: Sequence[int] | None) -> list[int] | None:
        """Read the thread of one of our posts and the lists that grew; return its counts, None where it is gone."""
        try:
            root = self._thread(uri)
        except Gone:
            self.deleted.append(uri)
            return None
        if root is None:
            return list(before) if before else None
        counts = parse.metrics(root)
        fresh = [counts.likes or 0, counts.reposts or 0, counts.quotes or 0]
        likes, reposts, quotes = (
            [new != old for new, old in zip(fresh, before, strict=False)] if before else map(bool, fresh)
        )
        if likes:
            self._likes(uri)
        if reposts:
            self._reposts(uri)
        if quotes:
            self._quotes(uri)
        return fresh

    def _thread(self, uri: str) -> dict[str, Any] | None:
        """Keep every reply below ``uri`` and return its post view (None where a block hides it)."""
        pending, first = [uri], None
        for _ in range(THREAD_LOOKS):
            if not pending:
                break
            top = self._thread_part(pending.pop(0))
            for depth, node in _flatten(top):
                view = node.get("post")
                if not isinstance(view, dict):
                    if node.get("notFound") and isinstance(node.get("uri"), str):
                        self.deleted.append(node["uri"])
                    continue
                if first is None:
                    first = view
                elif node is not top:
                    self._keep(parse.post, view, self.ours)
                if depth == THREAD_DEPTH and view.get("replyCount") and isinstance(view.get("uri"), str):
                    pending.append(view["uri"])
        return first

    def _thread_part(self, uri: str) -> dict[str, Any]:
        data = self.session.get("app.bsky.feed.getPostThread", uri=uri, depth=THREAD_DEPTH, parentHeight=0)
        thread = data.object("thread")["thread"]
        if not isinstance(thread, dict):
            raise BadAnswer("The AppView answered with no thread.")
        return thread

    def _likes(self, uri: str) -> None:
        for like in self._list("app.bsky.feed.getLikes", "likes", uri):
            at = parse.published(like.get("createdAt"), parse.moment(like.get("indexedAt")))
            self._keep(parse.act, Kind.LIKE, like.get("actor"), uri, at, described=True)

    def _reposts(self, uri: str) -> None:
        now = datetime.now(UTC)
        for profile in self._list("app.bsky.feed.getRepostedBy", "repostedBy", uri):
            self._keep(parse.act, Kind.REPOST, profile, uri, now, described=True)

    def _quotes(self, uri: str) -> None:
        for view in self._list("app.bsky.feed.getQuotes", "posts", uri):
            self._keep(parse.post, view, self.ours)

    def _list(self, nsid: str, key: str, uri: str) -> Iterator[dict[str, Any]]:
        page = None
        for _ in range(LIST_PAGES):
            data = self.session.get(nsid, uri=uri, limit=PAGE, cursor=page).object(key)
            yield from _entries(data[key])
            page = _page(data)
            if not page:
                return

    # keeping

    def _keep(self, read_one: Callable[..., Seen], *parts_of_it: Any, described: bool = False) -> None:
        """Keep one reaction, once. What breaks the lexicon is left out and told to the log: the others must not wait."""
        try:
            seen = read_one(*parts_of_it)
        except BadAnswer as error:
            logger.warning("Bluesky: a reaction that breaks its lexicon was left out (%s)", error.cause)
            return
        if described:
            self.authors[seen.author.remote_id] = seen.author
        self.seen.setdefault(seen.native_id, seen)

    def _ask_for_wishes(self) -> None:
        """Complete the authors that came without their description, in which they may ask not to be collected."""
        unread = {seen.author.remote_id for seen in self.seen.values()} - self.authors.keys() - {self.ours}
        for part in parts(sorted(unread), LOOKUP):
            answer = self.session.get("app.bsky.actor.getProfiles", actors=part)
            for profile in _entries(answer.object("profiles")["profiles"]):
                try:
                    author = parse.author(profile)
                except BadAnswer:
                    continue
                self.authors[author.remote_id] = author
        for native_id, seen in self.seen.items():
            self.seen[native_id] = replace(seen, author=self.authors.get(seen.author.remote_id, seen.author))


def parts(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """Cut ``items`` into lists of at most ``size``."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def _flatten(top: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Walk a thread view from its top, each node with its depth, without recursion."""
    waiting = [(0, top)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting += [(depth + 1, reply) for reply in _entries(node.get("replies"))]


def _finished(until: datetime | None, high: datetime | None) -> dict[str, Any]:
    """The cursor after a whole sweep: next time down to a little before the newest that was seen."""
    newest = high - OVERLAP if high else None
    known = [time for time in (until, newest) if time]
    return {"until": _write(max(known))} if known else {}


def _write(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _entries(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [entry for entry in value if isinstance(entry, dict)]


def _page(data: Mapping[str, Any]) -> str | None:
    page = data.get("cursor")
    return page if isinstance(page, str) and page else None
