"""What the stored events of Facebook's webhooks tell.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page (read 2026-11-30): ``feed`` has an ``item`` (``comment``,
``reaction``, ``post``, ``status``, ``photo`` …) and a ``verb`` (``add``, ``edited``, ``remove``, ``hide`` …); ``mention`` says that the
page was named. Deliveries come in any order: of a comment a removal is final, of a reaction the latest counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smeditor.exceptions import BadAnswer, FetchRefused, NetworkError
from smeditor.networks.base import Batch, InboundItem, Kind
from smeditor.networks.facebook import parse
from smeditor.networks.facebook.collect import MENTION_FIELDS
from smeditor.text.links import links_in

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

MOST_EVENTS = 1000
MOST_ASKED = 20
ADDED = frozenset({"add", "edit", "edited", "update"})
REMOVED = frozenset({"remove", "delete"})
POSTS = frozenset({"post", "status", "photo", "video", "share", "link", "album", "mention"})


class Reader:
    """Reads the events of one account, oldest first."""

    def __init__(self, network: Facebook) -> None:
        self.network = network
        self.items: dict[str, tuple[datetime, InboundItem | None]] = {}
        self.final: set[str] = set()
        self.asked = 0

    def read(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        """Return what the events tell; those that cannot be read are left to the collection."""
        for event in events[:MOST_EVENTS]:
            value = event.get("value")
            if isinstance(value, dict):
                with suppress(BadAnswer):
                    self._event(str(event.get("field") or ""), value, event.get("at"))
        return Batch(
            inbound=tuple(item for _at, item in self.items.values() if item is not None),
            deleted=tuple(native_id for native_id, (_at, item) in self.items.items() if item is None),
        )

    def _event(self, field: str, value: dict[str, Any], at: Any) -> None:
        item, verb = str(value.get("item") or ""), str(value.get("verb") or "")
        if parse.author_id(value) == self.network.page_id:
            return  # our own doing
        time = parse.when(at or value.get("created_time"))
        if field == "mention":
            self._mention(value, verb, time)
        elif field != "feed":
            return
        elif item == "comment":
            self._comment(value, verb, time)
        elif item in {"reaction", "like"}:
            self._reaction(value, verb, time)
        elif item in POSTS:
            self._post(value, verb, time)

    def _comment(self, value: dict[str, Any], verb: str, time: datetime) -> None:
        comment_id, post_id = parse.native_id(value.get("comment_id")), parse.native_id(value.get("post_id"))
        if verb in REMOVED:
            self._gone(comment_id, time)
        elif verb in ADDED and isinstance(value.get("message"), str):
            parent = value.get("parent_id")
            data = {
                "id": comment_id,
                "created_time": value.get("created_time"),
                "from": value.get("from"),
                "message": value["message"],
                "parent": {"id": parent} if parent and parent != post_id else None,
                "attachment": {} if value.get("photo") or value.get("video") else None,
            }
            inbound = parse.read_comment(data, post_id)
            self._put(inbound if verb == "add" else replace(inbound, edited_at=time), time)

    def _reaction(self, value: dict[str, Any], verb: str, time: datetime) -> None:
        if value.get("comment_id"):
            return  # readers' reactions to each other are not collected
        person = value.get("from")
        person_id = person.get("id") if isinstance(person, dict) else None
        if not isinstance(person_id, str) or not parse.A_PAGE.fullmatch(person_id):
            return
        post_id = parse.native_id(value.get("post_id"))
        at = parse.when(value.get("created_time") or int(time.timestamp()))
        inbound = parse.reaction_item(post_id, person, value.get("reaction_type") or "like", at)
        if verb in ADDED:
            self._put(inbound, time)
        elif verb in REMOVED:
            self._set(inbound.native_id, time, None)

    def _post(self, value: dict[str, Any], verb: str, time: datetime) -> None:
        post_id = parse.native_id(value.get("post_id"))
        if verb in REMOVED:
            self._gone(post_id, time)
        elif verb in ADDED and isinstance(value.get("message"), str):
            data = {**value, "id": post_id}
            self._put(parse.read_mention(data), time)

    def _mention(self, value: dict[str, Any], verb: str, time: datetime) -> None:
        written = value.get("comment_id") or value.get("post_id")
        native_id = parse.native_id(written)
        if verb in REMOVED:
            self._gone(native_id, time)
        elif verb in ADDED:
            data = self._asked(native_id, comment=bool(value.get("comment_id")))
            if data is None and isinstance(value.get("message"), str):
                data = {**value, "id": native_id, "created_time": value.get("created_time") or int(time.timestamp())}
            if data is not None:
                self._put(self._named(data, value), time)

    def _named(self, data: dict[str, Any], value: dict[str, Any]) -> InboundItem:
        """A mention in a post or in a comment, whose text is ``data``'s."""
        if not value.get("comment_id"):
            return parse.read_mention(data)
        comment = parse.read_comment(data, "")
        text = comment.text
        return InboundItem(
            kind=Kind.MENTION,
            native_id=comment.native_id,
            author=comment.author,
            published_at=comment.published_at,
            text=text,
            url=comment.url,
            in_reply_to=comment.in_reply_to,
            links=tuple(links_in(text)),
            has_media=comment.has_media,
        )

    def _asked(self, native_id: str, *, comment: bool) -> dict[str, Any] | None:
        """What was written, for the event of a mention often names only its id."""
        if self.asked >= MOST_ASKED:
            return None
        self.asked += 1
        params = {"fields": parse.COMMENT_FIELDS if comment else MENTION_FIELDS}
        with suppress(NetworkError, FetchRefused):
            return self.network.api.call("GET", f"/{native_id}", params=params).object("id", "created_time")
        return None

    def _put(self, inbound: InboundItem, time: datetime) -> None:
        self._set(inbound.native_id, time, inbound)

    def _gone(self, native_id: str, time: datetime) -> None:
        self.items[native_id] = (time, None)
        self.final.add(native_id)

    def _set(self, native_id: str, time: datetime, inbound: InboundItem | None) -> None:
        known = self.items.get(native_id)
        if native_id not in self.final and (known is None or known[0] <= time):
            self.items[native_id] = (time, inbound)
