"""What Telegram knows: chats, who is what there, messages, and each bot's queue of updates.

Which updates a bot gets follows https://core.telegram.org/bots/api#update and https://core.telegram.org/bots/features#privacy-mode
(2026-11-30); that a post appears in the linked group as an automatic forward, from ``is_automatic_forward`` there. A bot gets
no update about what it wrote itself (``need_skip_update_message`` in tdlib/telegram-bot-api, ``Client.cpp``, 01a3679).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

CHANNEL, GROUP = -1001000000001, -1002000000002
STAND_IN = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""What stands in ``from`` of an automatic forward (https://core.telegram.org/bots/api#message: "a fake sender user")."""
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
BY_ITSELF = {"message_reaction", "message_reaction_count", "chat_member"}
"""Updates that are not told unless they are asked for by name."""
FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?P<mention>(?<![\w@/])@[A-Za-z]\w{3,31})|(?P<hashtag>(?<![\w/&])#\w*[^\W\d]\w*)"
)
FULL = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def entities(text: str) -> list[dict[str, Any]]:
    """What the server finds in plain text; ours, and less than Telegram's own."""
    return [
        {"type": found.lastgroup, "offset": units(text[: found.start()]), "length": units(found.group())}
        for found in FOUND.finditer(text)
    ]


@dataclass
class Bot:
    """A bot. ``rights``: by chat, None where it is not there, {} where it is an ordinary member."""

    token: str
    number: int
    name: str
    reads_all: bool = False
    rights: dict[int, dict[str, bool] | None] = field(default_factory=dict)
    queue: list[dict[str, Any]] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    webhook: dict[str, Any] = field(default_factory=dict)
    next_update: int = 900_000_000

    @property
    def user(self) -> dict[str, Any]:
        return {"id": self.number, "is_bot": True, "first_name": self.name.title(), "username": self.name}

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in BY_ITSELF


class World:
    """One channel with its discussion group, the desk's bot and a stranger's, and any number of readers."""

    def __init__(self) -> None:
        everything = {"can_post_messages": True, "can_edit_messages": True, "can_delete_messages": True}
        self.bots = {
            "1000:AAdesk-token_0123456789abcdefghijk": Bot(
                "1000:AAdesk-token_0123456789abcdefghijk",
                1000,
                "leclair_desk_bot",
                rights={CHANNEL: everything, GROUP: {}},
            ),
            "2000:BBother-token_0123456789abcdefghi": Bot(
                "2000:BBother-token_0123456789abcdefghi", 2000, "stranger_bot"
            ),
        }
        self.desk.rights[GROUP] = {"can_delete_messages": True}
        self.chats: dict[int, dict[str, Any]] = {
            CHANNEL: {"id": CHANNEL, "type": "channel", "title": "L’Éclair", "username": "leclair"},
            GROUP: {"id": GROUP, "type": "supergroup", "title": "L’Éclair : vos avis"},
        }
        self.linked = {CHANNEL: GROUP, GROUP: CHANNEL}
        self.messages: dict[int, dict[int, dict[str, Any]]] = {CHANNEL: {}, GROUP: {}}
        self.forwards: dict[int, int] = {}
        self.next_number = {CHANNEL: 100, GROUP: 5000}
        self.next_album = 13_000_000_000
        self.reactions: dict[tuple[int, int], dict[str, int]] = {}
        self.bot_reactions: dict[tuple[int, int], dict[int, list[dict[str, Any]]]] = {}
        self.comments_are_open = True

    @property
    def desk(self) -> Bot:
        return next(iter(self.bots.values()))

    def chat(self, given: Any) -> int | None:
        """The id of the chat that a parameter names."""
        if isinstance(given, str) and given.startswith("@"):
            names = {str(chat.get("username", "")).lower(): number for number, chat in self.chats.items()}
            return names.get(given[1:].lower())
        try:
            return int(given) if int(given) in self.chats else None
        except (TypeError, ValueError):
            return None

    def full(self, chat: int) -> dict[str, Any]:
        linked = {"linked_chat_id": self.linked[chat]} if chat in self.linked else {}
        return {**self.chats[chat], **FULL, **linked}

    # messages

    def add(self, chat: int, content: dict[str, Any], bot: Bot | None = None, **further: Any) -> dict[str, Any]:
        """Store a message; ``bot``: the one that wrote it, which is told nothing."""
        number = self.next_number[chat]
        self.next_number[chat] += 1
        message = {"message_id": number, "date": int(time.time()), "chat": self.chats[chat], **content, **further}
        self.messages[chat][number] = message
        if chat == CHANNEL:
            self.tell("channel_post", message, chat, bot)
            self._forward(message)
        else:
            self.tell("message", message, chat, bot)
        return message

    def _forward(self, post: dict[str, Any]) -> None:
        group = self.linked.get(CHANNEL)
        if group is None or not self.comments_are_open:
            return
        number = self.next_number[group]
        self.next_number[group] += 1
        own = {"message_id", "chat", "sender_chat", "reply_to_message"}
        origin = {
            "type": "channel",
            "date": post["date"],
            "chat": self.chats[CHANNEL],
            "message_id": post["message_id"],
        }
        forward = {key: value for key, value in post.items() if key not in own} | {
            "message_id": number,
            "from": STAND_IN,
            "sender_chat": self.chats[CHANNEL],
            "chat": self.chats[group],
            "forward_origin": origin,
            "is_automatic_forward": True,
        }
        self.messages[group][number] = forward
        self.forwards[post["message_id"]] = number
        self.tell("message", forward, group, None)

    def without_answers(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message as it stands in another's ``reply_to_message``."""
        return {key: value for key, value in message.items() if key != "reply_to_message"}

    def in_thread(self, group: int, answered: int) -> dict[str, Any]:
        """What a message in a group has for answering ``answered``."""
        above = self.messages[group][answered]
        return {
            "reply_to_message": self.without_answers(above),
            "message_thread_id": above.get("message_thread_id", answered),
        }

    # updates

    def tell(self, kind: str, thing: dict[str, Any], chat: int, author: Bot | None) -> None:
        """Queue an update for every bot that is to learn of it."""
        for bot in self.bots.values():
            rights = bot.rights.get(chat)
            if rights is None or bot is author or not bot.wants(kind):
                continue
            if kind in {"message", "edited_message"} and not (rights or bot.reads_all or self._concerns(thing, bot)):
                continue
            if kind.startswith("message_reaction") and not rights:
                continue
            bot.queue.append({"update_id": bot.next_update, kind: thing})
            bot.next_update += 1

    def _concerns(self, message: dict[str, Any], bot: Bot) -> bool:
        """What a bot in privacy mode reads: answers to it, messages that name it, and what its channel sends."""
        answered = message.get("reply_to_message", {}).get("from", {}).get("id")
        return answered == bot.number or f"@{bot.name}" in message.get("text", "") or "is_automatic_forward" in message

    def tell_reactions(self, chat: int, number: int) -> None:
        counts = self.reactions.get((chat, number), {})
        listed = [
            {"type": {"type": "emoji", "emoji": sign}, "total_count": count} for sign, count in counts.items() if count
        ]
        update = {"chat": self.chats[chat], "message_id": number, "date": int(time.time()), "reactions": listed}
        self.tell("message_reaction_count", update, chat, None)
