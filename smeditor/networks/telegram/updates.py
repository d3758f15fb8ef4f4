"""What a bot's updates tell: comments in the discussion group, their edits, and reactions beneath posts.

https://core.telegram.org/bots/api#update (2026-11-30). A post appears in the discussion group as an automatic forward, and
comments hang beneath that. An update names only what it answers directly; which post a deeper answer belongs to is known from
the ``message_thread_id``, once the forward or a first comment was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smeditor.networks.base import Author, InboundItem, Kind
from smeditor.networks.http import objects
from smeditor.networks.telegram import parse
from smeditor.networks.telegram.cursor import MAX_KINDS, Cursor, is_count
from smeditor.networks.telegram.ids import address, comment_address, native_id

WANTED = ("message", "edited_message", "message_reaction_count")
"""What the bot asks for. ``message_reaction_count`` is told only where it is named."""
MOST_REACTIONS = 200
"""Reactions of a kind beneath a post that are counted one by one."""
ANONYMOUS = "reactions"


@dataclass(frozen=True)
class Place:
    """Where we are: the channel with its id, its user name and whether everybody can read it; group and bot as known."""

    channel: int
    name: str
    group: int | None
    bot: int
    bot_name: str

    @property
    def public(self) -> bool:
        """Whether what is written beneath the posts can be read by everybody."""
        return bool(self.name)

    def post_address(self, message_id: int) -> str:
        """The address of a post in the channel."""
        return address({"id": self.channel, "username": self.name}, message_id)


class Updates:
    """Reads updates one after another into ``inbound`` and ``deleted``, and moves ``cursor`` (threads, counts).

    ``remembers``: the cursor is kept between readings, so that a thread that is not known is none of ours. ``first_of``:
    the first message of an album by the native id of any of its messages.
    """

    def __init__(self, place: Place, cursor: Cursor, *, remembers: bool, first_of: Mapping[str, str]) -> None:
        self.place = place
        self.cursor = cursor
        self.remembers = remembers
        self.first_of = dict(first_of)
        self.albums: dict[str, str] = {}
        self.inbound: dict[str, InboundItem] = {}
        self.deleted: dict[str, None] = {}

    def take(self, update: Mapping[str, Any]) -> None:
        """Read one update; what is not understood is passed over."""
        for name in ("message", "edited_message"):
            message = update.get(name)
            if isinstance(message, dict):
                self._message(message)
        counted = update.get("message_reaction_count")
        if isinstance(counted, dict):
            self._reactions(counted)

    def _message(self, message: dict[str, Any]) -> None:
        group, own_number = parse.chat_id(message.get("chat")), parse.number(message.get("message_id"))
        if group is None or group != self.place.group or own_number is None:
            return
        if message.get("is_automatic_forward") is True:
            self._remember(message)
            return
        answered = message.get("reply_to_message")
        answered = answered if isinstance(answered, dict) else {}
        if answered.get("is_automatic_forward") is True:
            self._remember(answered)
        author, at = parse.read_author(message), parse.moment(message.get("date"))
        if author is None or at is None or author.remote_id == str(group) or not parse.is_written(message):
            return
        found = self._position(message, answered, group)
        if found is None:
            return
        kind, parent, root = found
        item = InboundItem(
            kind=kind,
            native_id=native_id(group, own_number),
            author=author,
            published_at=at,
            text=parse.read_text(message) if self.place.public else "",
            url=self._address(root, message, own_number),
            edited_at=parse.moment(message.get("edit_date")),
            in_reply_to=parent,
            root=root,
            links=parse.read_links(message) if self.place.public else (),
            has_media=parse.has_files(message),
            public=self.place.public,
        )
        self.inbound.pop(item.native_id, None)
        self.inbound[item.native_id] = item

    def _position(self, message: dict[str, Any], answered: dict[str, Any], group: int) -> tuple[Kind, str, str] | None:
        """(kind, what it answers, our post) of a message in the group; None where it is not about us."""
        answered_number, top = parse.number(answered.get("message_id")), parse.number(message.get("message_thread_id"))
        parent = native_id(group, answered_number) if answered_number else ""
        root = self.cursor.threads.get(parent) or (self.cursor.threads.get(native_id(group, top), "") if top else "")
        if root:
            return Kind.COMMENT, root if not parent or parent in self.cursor.threads else parent, root
        if parent and self._is_ours(answered):
            return Kind.COMMENT, parent, ""
        if parse.read_mentions(message) & {self.place.name.lower(), self.place.bot_name.lower()} - {""}:
            return Kind.MENTION, parent, ""
        if parent and top and not self.remembers:
            return Kind.COMMENT, parent, ""
        return None

    def _is_ours(self, message: dict[str, Any]) -> bool:
        sender, user = message.get("sender_chat"), message.get("from")
        if isinstance(sender, dict):
            return parse.chat_id(sender) == self.place.channel
        return isinstance(user, dict) and user.get("id") == self.place.bot

    def _remember(self, forward: dict[str, Any]) -> None:
        """Keep which post an automatic forward stands for; all messages of an album stand for its first."""
        origin, own_number = forward.get("forward_origin"), parse.number(forward.get("message_id"))
        if (
            not isinstance(origin, dict)
            or own_number is None
            or parse.chat_id(origin.get("chat")) != self.place.channel
        ):
            return
        number = parse.number(origin.get("message_id"))
        if number is None or self.place.group is None:
            return
        post = native_id(self.place.channel, number)
        post = self.first_of.get(post, post)
        album = forward.get("media_group_id")
        if isinstance(album, str) and album:
            post = self.albums.setdefault(album, post)
        top = native_id(self.place.group, own_number)
        self.cursor.threads[top] = self.cursor.threads.pop(top, post)

    def _address(self, root: str, message: dict[str, Any], own_number: int) -> str:
        post = root.partition("/")[2]
        if post:
            return comment_address(self.place.post_address(int(post)), own_number)
        return address(message["chat"], own_number)

    def _reactions(self, counted: dict[str, Any]) -> None:
        """Compare how often readers reacted to a post with what was known: each reaction more is a like of its own."""
        message_id, at = parse.number(counted.get("message_id")), parse.moment(counted.get("date"))
        if parse.chat_id(counted.get("chat")) != self.place.channel or message_id is None or at is None:
            return
        post = native_id(self.place.channel, message_id)
        post = self.first_of.get(post, post)
        known, counts = self.cursor.counts.pop(post, {}), read_counts(counted.get("reactions"))
        for kind, count in counts.items():
            for place in range(known.get(kind, 0) + 1, count + 1):
                self._like(post, kind, place, at)
        for kind, count in known.items():
            for place in range(counts.get(kind, 0) + 1, min(count, MOST_REACTIONS) + 1):
                self.deleted[reaction_id(post, kind, place)] = None
                self.inbound.pop(reaction_id(post, kind, place), None)
        self.cursor.counts[post] = counts

    def _like(self, post: str, kind: str, place: int, at: Any) -> None:
        """Note one reaction. Telegram does not tell whose: all of a channel's are those of one who is not known."""
        item = InboundItem(
            kind=Kind.LIKE,
            native_id=reaction_id(post, kind, place),
            author=Author(f"{self.place.channel}/{ANONYMOUS}", ""),
            published_at=at,
            subject=post,
            reaction_type=kind,
            public=self.place.public,
        )
        self.inbound[item.native_id] = item
        self.deleted.pop(item.native_id, None)


def reaction_id(post: str, kind: str, place: int) -> str:
    """The native id of the ``place``-th reaction of a kind beneath a post."""
    return f"{post}/{kind}/{place}"


def read_counts(reactions: Any) -> dict[str, int]:
    """How many reactions of each kind are beneath a post: its sign, ``custom`` or ``paid``; each kind up to a bound."""
    counts: dict[str, int] = {}
    for reaction in objects(reactions)[:MAX_KINDS]:
        total, kind = reaction.get("total_count"), reaction.get("type")
        if not isinstance(kind, dict) or not is_count(total):
            continue
        sign = (
            kind.get("emoji")
            if kind.get("type") == "emoji"
            else {"custom_emoji": "custom", "paid": "paid"}.get(str(kind.get("type")))
        )
        if isinstance(sign, str) and 0 < len(sign) <= 16 and "/" not in sign:
            counts[sign] = min(counts.get(sign, 0) + total, MOST_REACTIONS)
    return counts
