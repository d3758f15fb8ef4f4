"""One collection: the posts that name the account, then the conversations under its own posts.

``/me/mentions`` and ``/{post}/conversation``
(https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies, 30 Nov 2026). Threads has no list of
who quoted, liked or reposted a post: a quote comes home where it names the account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, NetworkError, RateLimited
from smeditor.networks.inbound import Batch, InboundItem
from smeditor.networks.kinds import Kind, Presence
from smeditor.networks.messages import Ref
from smeditor.networks.stamps import Cursor
from smeditor.networks.threads import parse
from smeditor.networks.threads.api import lacks_permission
from smeditor.networks.threads.connecting import MENTIONS, READING
from smeditor.networks.threads.presence import presence_of
from smeditor.networks.walking import Walked, walk

if TYPE_CHECKING:
    from smeditor.networks.threads.network import Threads

PAGE = "50"
MAX_PAGES = 6
"""Pages of one list in one collection."""
MAX_LOOKUPS = 20
"""Mentions of one collection that are asked whether they stand in a conversation of ours."""
MAX_CONFIRMED = 20
"""Replies of one thread that are not shown any more and are asked for one by one in one collection."""


class Collector:
    """Gathers one batch for ``network`` from where ``cursor`` stands."""

    def __init__(self, network: Threads, cursor: Mapping[str, Any]) -> None:
        self.network = network
        self.cursor = Cursor.read(cursor)
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}
        self.me = network.me()
        self.lookups = 0

    def collect(self, ours: Sequence[Ref]) -> Batch:
        """Return what came in. Where the server fails half-way, what it gave is returned and the rest comes next time."""
        ids = list(dict.fromkeys(ref.uri for ref in ours if parse.AN_ID.fullmatch(ref.uri)))
        failed: NetworkError | None = None
        try:
            self._mentions({*ids, *self.cursor.threads})
        except RateLimited:
            raise
        except AuthExpired as error:
            if not lacks_permission(error):
                raise
        except NetworkError as error:
            failed = error
        walked = walk(ids, self._walk) if self.network.may(READING) else Walked(len(ids))
        ended = walked.ended_by or failed
        if ended and not (walked.read or self.inbound or self.deleted):
            raise ended
        return Batch(tuple(self.inbound.values()), self.cursor.as_json(), False, tuple(self.deleted), walked.unread)

    def _mentions(self, own: set[str]) -> None:
        if not self.network.may(MENTIONS):
            return
        known, newest, after = set(self.cursor.mentions), list[str](), ""
        found: list[InboundItem] = []
        for _page in range(MAX_PAGES):
            params = {"fields": parse.MENTION_FIELDS, "limit": PAGE} | ({"after": after} if after else {})
            rows, after = parse.page_of(self.network.call("GET", "/me/mentions", params=params).data)
            ids = [parse.id_in(row) for row in rows]
            newest += [native_id for native_id in ids if native_id and native_id not in newest]
            found += [item for row in rows if parse.id_in(row) not in known and (item := self._mention(row, own))]
            if not after or any(native_id in known for native_id in ids):
                break
        self.inbound |= {item.native_id: item for item in reversed(found)}
        self.cursor.mentions = list(dict.fromkeys([*newest, *self.cursor.mentions]))

    def _mention(self, row: Mapping[str, Any], own: set[str]) -> InboundItem | None:
        """A post that names us: a reply if it stands in a conversation of ours, else a quote of ours, else a mention."""
        if self._is_own(row):
            return None
        try:
            item = parse.read_item(row, Kind.MENTION)
            if item.quotes in own:
                return parse.read_item(row, Kind.QUOTE)
            place = self._place(item.native_id)
            if parse.id_in(place.get("root_post")) in own:
                return parse.read_item({**row, **place}, Kind.REPLY)
        except BadAnswer:
            return None  # half a post; the others must still come in
        return item

    def _place(self, native_id: str) -> Mapping[str, Any]:
        """Where a post that names us stands: the list of mentions does not say. Empty where it is not told."""
        if self.lookups >= MAX_LOOKUPS:
            return {}
        self.lookups += 1
        try:
            data = self.network.call("GET", f"/{native_id}", params={"fields": parse.PLACE_FIELDS}).object("id")
        except RateLimited:
            raise
        except NetworkError:
            return {}
        return {key: data[key] for key in ("root_post", "replied_to") if key in data}

    def _is_own(self, row: Mapping[str, Any]) -> bool:
        name = row.get("username")
        return row.get("is_reply_owned_by_me") is True or (isinstance(name, str) and name.lower() == self.me.handle)

    def _walk(self, post_id: str) -> None:
        known = self.cursor.thread(post_id)
        try:
            rows, whole = self._conversation(post_id)
        except Gone:
            if presence_of(self.network, post_id) is Presence.DELETED:
                self.deleted[post_id] = None
                self.cursor.threads.pop(post_id, None)
            return
        shown: set[str] = set()
        for row in rows:
            native_id = parse.id_in(row)
            shown.add(native_id)
            if not native_id or self._is_own(row):
                continue
            self._take(row, native_id, post_id, known)
        if whole:
            self._confirm_gone(known, [reply for reply in known if reply not in shown])

    def _conversation(self, post_id: str) -> tuple[list[dict[str, Any]], bool]:
        """All replies below a post, and whether they were read to their end."""
        rows: list[dict[str, Any]] = []
        after = ""
        for _page in range(MAX_PAGES):
            params = {"fields": parse.REPLY_FIELDS, "reverse": "true"} | ({"after": after} if after else {})
            page, following = parse.page_of(self.network.call("GET", f"/{post_id}/conversation", params=params).data)
            rows += page
            if not following or following == after:
                return rows, not following
            after = following
        return rows, False

    def _take(self, row: Mapping[str, Any], native_id: str, post_id: str, known: dict[str, str]) -> None:
        try:
            item = parse.read_item(row, Kind.REPLY, root=post_id)
        except BadAnswer:
            return
        stamp, before = stamp_of(item), known.get(native_id)
        if stamp == before:
            return
        known[native_id] = stamp
        if before is not None and before.partition("|")[0] != stamp.partition("|")[0]:
            item = replace(item, edited_at=datetime.now(UTC))
        self.inbound[native_id] = item

    def _confirm_gone(self, known: dict[str, str], absent: list[str]) -> None:
        """Ask one by one for replies that the whole conversation does not show any more."""
        for reply in absent[:MAX_CONFIRMED]:
            if presence_of(self.network, reply) is Presence.DELETED:
                self.deleted[reply] = None
                known.pop(reply, None)


def stamp_of(item: InboundItem) -> str:
    """What changes when a reply is edited or hidden. Threads gives no time of an edit."""
    return f"{hashlib.sha256(item.text.encode('utf-8', 'replace')).hexdigest()[:16]}|{int(item.hidden)}"
