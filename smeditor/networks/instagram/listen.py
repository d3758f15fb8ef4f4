"""One collection: the posts in which the account was tagged, then the comments under its own posts.

``/me/tags`` and ``/{media}/comments`` with the replies inside it
(https://developers.facebook.com/documentation/instagram-platform/comment-moderation, 30 Nov 2026). Comments by people whom
the account has restricted are not given at all; nobody can edit a comment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, RateLimited
from smeditor.networks.graph.paging import page_of, pages
from smeditor.networks.inbound import Batch, InboundItem
from smeditor.networks.instagram import parse
from smeditor.networks.instagram.connecting import COMMENTS
from smeditor.networks.instagram.presence import lacks_permission, presence_of
from smeditor.networks.kinds import Presence
from smeditor.networks.messages import Ref
from smeditor.networks.stamps import Cursor
from smeditor.networks.walking import Walked, walk

if TYPE_CHECKING:
    from smeditor.networks.instagram.network import Instagram

PAGE = "50"
MAX_PAGES = 6
MAX_REPLY_LISTS = 10
"""Comments of one post whose replies do not fit into the list and are read by themselves in one collection."""
MAX_CONFIRMED = 20


class Collector:
    """Gathers one batch for ``network`` from where ``cursor`` stands."""

    def __init__(self, network: Instagram, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}
        self.me = network.me()

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in. Where the server fails half-way, what it gave is returned and the rest comes next time."""
        ids = list(dict.fromkeys(ref.uri for ref in ours if parse.AN_ID.fullmatch(ref.uri)))
        failed: NetworkError | None = None
        try:
            self._tags()
        except RateLimited:
            raise
        except AuthExpired as error:
            if not lacks_permission(error):
                raise
        except NetworkError as error:
            failed = error
        walked = walk(ids, self._walk) if self.network.may(COMMENTS) else Walked(len(ids))
        ended = walked.ended_by or failed
        if ended and not (walked.read or self.inbound or self.deleted):
            raise ended
        return Batch(tuple(self.inbound.values()), self.cursor.as_json(), False, tuple(self.deleted), walked.unread)

    def _tags(self) -> None:
        known, newest = set(self.cursor.mentions), list[str]()
        found: list[InboundItem] = []
        for page in pages(self.network.api, "/me/tags", {"fields": parse.TAG_FIELDS, "limit": PAGE}, MAX_PAGES):
            ids = [parse.id_in(row) for row in page.items]
            newest += [native_id for native_id in ids if native_id and native_id not in newest]
            found += [item for row in page.items if parse.id_in(row) not in known and (item := self._tagged(row))]
            if any(native_id in known for native_id in ids):
                break
        self.inbound |= {item.native_id: item for item in reversed(found)}
        self.cursor.mentions = list(dict.fromkeys([*newest, *self.cursor.mentions]))

    def _tagged(self, row: Mapping[str, Any]) -> InboundItem | None:
        try:
            return None if self._is_own(row) else parse.read_tagged(row)
        except BadAnswer:
            return None  # half a post; the others must still come in

    def _is_own(self, row: Mapping[str, Any]) -> bool:
        writer = row.get("from")
        given = writer.get("username") if isinstance(writer, Mapping) else None
        ours = parse.id_in(writer) == self.me.remote_id
        return ours or self.me.handle in {parse.name_of(row.get("username")), parse.name_of(given)}

    def _walk(self, media_id: str) -> None:
        known = self.cursor.thread(media_id)
        shown: set[str] = set()
        whole = False
        try:
            params = {"fields": parse.COMMENT_FIELDS, "limit": PAGE}
            for page in pages(self.network.api, f"/{media_id}/comments", params, MAX_PAGES):
                whole = not page.after
                for row in page.items:
                    whole = self._comment(row, media_id, known, shown) and whole
        except Gone:
            if presence_of(self.network, media_id, "id") is Presence.DELETED:
                self.deleted[media_id] = None
                self.cursor.threads.pop(media_id, None)
            return
        if whole:
            self._confirm_gone(known, [comment for comment in known if comment not in shown])

    def _comment(self, row: dict[str, Any], media_id: str, known: dict[str, str], shown: set[str]) -> bool:
        """Take a comment and its replies. Returns whether all of these were read."""
        native_id = parse.id_in(row)
        if not native_id:
            return True
        shown.add(native_id)
        self._take(row, media_id, "", known)
        replies, whole = self._replies(native_id, row.get("replies"))
        for reply in replies:
            shown.add(parse.id_in(reply))
            self._take(reply, media_id, native_id, known)
        return whole

    def _replies(self, comment_id: str, inside: Any) -> tuple[list[dict[str, Any]], bool]:
        if not isinstance(inside, dict):
            return [], True
        page = page_of(inside)
        if not page.after:
            return list(page.items), True
        rows: list[dict[str, Any]] = []
        whole = False
        params = {"fields": parse.REPLY_FIELDS, "limit": PAGE}
        for page in pages(self.network.api, f"/{comment_id}/replies", params, MAX_REPLY_LISTS):
            rows += page.items
            whole = not page.after
        return rows, whole

    def _take(self, row: Mapping[str, Any], media_id: str, parent_id: str, known: dict[str, str]) -> None:
        if self._is_own(row):
            return
        try:
            item = parse.read_comment(row, media_id, parent_id)
        except BadAnswer:
            return
        stamp = "hidden" if item.hidden else "shown"
        if known.get(item.native_id) != stamp:
            known[item.native_id] = stamp
            self.inbound[item.native_id] = item

    def _confirm_gone(self, known: dict[str, str], absent: list[str]) -> None:
        """Ask one by one for comments that the whole list does not show any more."""
        for comment in absent[:MAX_CONFIRMED]:
            if presence_of(self.network, comment) is Presence.DELETED:
                self.deleted[comment] = None
                known.pop(comment, None)
