"""One collection: who wrote on the page or named it, then the comments and reactions under our posts.

The edges and their parameters are those of Meta's machine-readable description; what they mean is documented at
https://developers.facebook.com/docs/graph-api/reference/page/tagged, …/page/visitor_posts, …/object/comments (``filter=stream``: answers among the comments; ``order=reverse_chronological``), …/object/reactions
(no times; who reacted is told only where Facebook may tell it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, RateLimited, Refused
from smeditor.networks.base import Batch, InboundItem, Presence, Ref
from smeditor.networks.facebook import parse
from smeditor.networks.facebook.cursor import Cursor, Stamp, Thread, Trail
from smeditor.networks.facebook.presence import Checker, count_of
from smeditor.networks.graph.paging import Page, page_of, pages, read_page
from smeditor.networks.walking import Walked, walk

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

LISTS = ("tagged", "visitor_posts")
MENTION_FIELDS = "id,message,created_time,from{id,name},permalink_url,attachments{url,unshimmed_url,media_type}"
PAGE = 100
LIST_PAGES = 3
THREAD_PAGES = 10
REACTION_PAGES = 10
MAX_CONFIRMED = 20
"""Of what is not shown any more so many are asked for in one collection."""
OVERLAP = timedelta(hours=1)
"""What is this much older than the newest is read again: comments that were held back for review appear late."""


class Collector:
    """Gathers one batch for ``network`` from where ``cursor`` stands."""

    def __init__(self, network: Facebook, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: list[str] = []
        self.unfinished: list[str] = []
        self.checker = Checker(network)
        self.confirmed = 0

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in. Where Facebook fails half-way, what it gave is returned and the rest comes next time."""
        more, failed = self._lists()
        ids = list(dict.fromkeys(ref.uri for ref in ours if parse.AN_ID.fullmatch(ref.uri)))
        walked = Walked(unread=tuple(ids), ended_by=failed) if _ends(failed) else walk(ids, self._walk)
        error = failed or walked.ended_by
        if error and not (walked.read or self.inbound or self.deleted):
            raise error
        unread = tuple(dict.fromkeys([*walked.unread, *self.unfinished]))
        return Batch(tuple(self.inbound.values()), self.cursor.as_json(), more, tuple(self.deleted), unread)

    # the page's lists

    def _lists(self) -> tuple[bool, NetworkError | None]:
        more, failed = False, None
        for name in LISTS:
            trail = self.cursor.lists.setdefault(name, Trail())
            params = {"fields": MENTION_FIELDS, "limit": PAGE}
            try:
                path = f"/{self.network.page_id}/{name}"
                more = self._follow(trail, path, params, LIST_PAGES, parse.read_mention) or more
            except (AuthExpired, RateLimited) as error:
                return more, error
            except Refused:
                continue  # a permission that was not granted, or a list that this page does not have
            except NetworkError as error:
                failed = error
        return more, failed

    def _follow(
        self,
        trail: Trail,
        path: str,
        params: Mapping[str, Any],
        most: int,
        read: Callable[[dict[str, Any]], InboundItem],
        first: Page | None = None,
    ) -> bool:
        """Read a list, newest first, down to what is known. Returns whether more waits: the trail then says where."""
        page, resumed = first, bool(trail.after)
        shown: dict[str, datetime] = {}
        for _number in range(most):
            if page is None:
                try:
                    after = {"after": trail.after} if trail.after else {}
                    page = read_page(self.network.api.call("GET", path, params={**params, **after}))
                except Refused:
                    if not resumed:
                        raise
                    trail.after, trail.reached = "", None  # cursors do not last: it begins anew next time
                    return True
            times = self._taken(trail, page, read)
            shown |= times
            if not trail.after and times:
                trail.reached = max([*times.values(), *([trail.reached] if trail.reached else [])])
            known = trail.newest - OVERLAP if trail.newest else None
            if not page.after or (known and times and min(times.values()) < known):
                trail.newest, trail.after, trail.reached = trail.reached or trail.newest, "", None
                if not resumed:
                    self._missing(trail, shown, whole=not page.after)
                return False
            trail.after, page = page.after, None
        return True

    def _taken(self, trail: Trail, page: Page, read: Callable[[dict[str, Any]], InboundItem]) -> dict[str, datetime]:
        """Add what is new or was changed on a page. Returns the times of all that stands there, by id."""
        times: dict[str, datetime] = {}
        for data in page.items:
            with suppress(BadAnswer):  # what cannot be read hides nothing else
                inbound = read(data)
                times[inbound.native_id] = inbound.published_at
                if inbound.author.remote_id != self.network.page_id:
                    self._take(trail, inbound)
        return times

    def _take(self, trail: Trail, inbound: InboundItem) -> None:
        stamp, written = Stamp.of(inbound), trail.known.get(inbound.native_id)
        trail.known[inbound.native_id] = str(stamp)
        if written == str(stamp):
            return
        if written is not None and Stamp.read(written).text != stamp.text:
            inbound = replace(inbound, edited_at=datetime.now(UTC))  # Facebook tells not when
        self.inbound.setdefault(inbound.native_id, inbound)

    def _missing(self, trail: Trail, shown: Mapping[str, datetime], *, whole: bool) -> None:
        """Ask for what was there and is not shown any more. Only Facebook's own word makes it a deletion."""
        oldest = 0 if whole or not shown else int(min(shown.values()).timestamp())
        missing = [
            native_id
            for native_id, written in trail.known.items()
            if native_id not in shown and Stamp.read(written).at > oldest
        ][: MAX_CONFIRMED - self.confirmed]
        self.confirmed += len(missing)
        for native_id, presence in (self.checker.check(missing) if missing else {}).items():
            if presence is Presence.DELETED:
                self.deleted.append(native_id)
                trail.known.pop(native_id, None)

    # the threads of our posts

    def _walk(self, post_id: str) -> None:
        try:
            self._thread(post_id)
        except Gone:
            if self.checker.check([post_id])[post_id] is Presence.DELETED:
                self.deleted.append(post_id)
                self.cursor.threads.pop(post_id, None)
        except (Refused, BadAnswer):
            return  # it will not be read sooner for being asked again at once

    def _thread(self, post_id: str) -> None:
        thread = self.cursor.thread(post_id)
        comments = f"comments.filter(stream).order(reverse_chronological).limit({PAGE}).summary(true)"
        fields = f"id,{comments}{{{parse.COMMENT_FIELDS}}}"
        if "_" in post_id:  # a video by itself counts no reactions
            fields += f",{parse.REACTIONS}.limit({PAGE}).summary(true){{{parse.REACTION_FIELDS}}}"
        post = self.network.api.call("GET", f"/{post_id}", params={"fields": fields}).object("id")
        self._comments(post_id, thread, post)
        self._reactions(post_id, thread, post)

    def _comments(self, post_id: str, thread: Thread, post: dict[str, Any]) -> None:
        part = post.get("comments")
        first = page_of(part) if isinstance(part, dict) else Page(())
        params = {
            "fields": parse.COMMENT_FIELDS,
            "filter": "stream",
            "order": "reverse_chronological",
            "limit": PAGE,
        }

        def read(data: dict[str, Any]) -> InboundItem:
            return parse.read_comment(data, post_id)

        # A reading that was broken off goes on where it stopped; what is new since waits for the one after.
        more = self._follow(
            thread.comments,
            f"/{post_id}/comments",
            params,
            THREAD_PAGES,
            read,
            None if thread.comments.after else first,
        )
        if more:
            self.unfinished.append(post_id)

    def _reactions(self, post_id: str, thread: Thread, post: dict[str, Any]) -> None:
        part = post.get(parse.REACTIONS)
        total = count_of(part)
        if not isinstance(part, dict) or total is None or total == thread.reactions:
            return
        now = datetime.now(UTC)
        page = page_of(part)
        self._take_reactions(page, post_id, now)
        if page.after:
            params = {"fields": parse.REACTION_FIELDS, "limit": PAGE}
            for further in pages(self.network.api, f"/{post_id}/{parse.REACTIONS}", params, REACTION_PAGES):
                self._take_reactions(further, post_id, now)
        thread.reactions = total

    def _take_reactions(self, page: Page, post_id: str, now: datetime) -> None:
        for data in page.items:
            inbound = parse.read_reaction(data, post_id, now)
            if inbound and inbound.author.remote_id != self.network.page_id:
                self.inbound.setdefault(inbound.native_id, inbound)


def _ends(error: NetworkError | None) -> bool:
    return isinstance(error, AuthExpired | RateLimited)
