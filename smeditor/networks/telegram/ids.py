"""Names of chats and messages: native ids, addresses, and what a person types for a channel.

A message is known by its chat and its number in it, ``-1001234567890/17``: a channel and its discussion group count their
messages apart. Addresses as in https://core.telegram.org/api/links (2026-11-30); an id in an address lacks the ``-100`` that
the Bot API puts before it (https://core.telegram.org/api/bots/ids, 2026-11-30).
"""

from __future__ import annotations

import re
from typing import Any

from smeditor.networks.base import Ref

SITE = "https://t.me"
NATIVE = re.compile(r"(-?[0-9]{1,19})/([1-9][0-9]{0,9})")
ADDRESS = re.compile(
    r"https?://(?:www\.)?(?:t|telegram)\.(?:me|dog)/(?:s/)?(?:c/(?P<id>[0-9]{1,16})|(?P<name>[A-Za-z][A-Za-z0-9_]{3,31}))"
    r"(?:/(?P<message>[1-9][0-9]{0,9}))?/?(?:\?.*)?",
    re.ASCII,
)
NUMBER = re.compile(r"-[0-9]{5,19}", re.ASCII)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
MARK = "-100"
LARGEST_ID = 1 << 52


def native_id(chat_id: int, message_id: int) -> str:
    """The native id of a message."""
    return f"{chat_id}/{message_id}"


def parts_of(native: str) -> tuple[int, int] | None:
    """(chat, number) of a native id; None for anything else."""
    match = NATIVE.fullmatch(native)
    return (int(match[1]), int(match[2])) if match else None


def album(numbers: list[int]) -> str:
    """The numbers of an album's messages as they are kept with its first; empty for a single message."""
    return ",".join(map(str, numbers)) if len(numbers) > 1 else ""


def numbers_of(ref: Ref) -> list[int]:
    """The numbers of all messages that ``ref`` stands for: the one, or those of its album. Empty where it names none."""
    parts = parts_of(ref.uri)
    if parts is None:
        return []
    further = [int(number) for number in ref.cid.split(",") if re.fullmatch(r"[1-9][0-9]{0,9}", number)]
    return list(dict.fromkeys([parts[1], *further]))


def chat_named(typed: str) -> str:
    """What the API takes for a channel that a person named: ``@name`` or a number; empty where it is neither.

    ``typed`` may be the channel's address, its name with or without ``@``, or its number (private channels).
    """
    typed = typed.strip()
    match = ADDRESS.fullmatch(typed)
    if match:
        return f"@{match['name']}" if match["name"] else f"{MARK}{match['id']}"
    typed = typed.removeprefix("@")
    return f"@{typed}" if NAME.fullmatch(typed) else typed if NUMBER.fullmatch(typed) else ""


def address(chat: dict[str, Any], message_id: int | None = None) -> str:
    """The address of a chat or of a message in it; empty for a private chat as a whole, which has none."""
    place = "" if message_id is None else f"/{message_id}"
    name = chat.get("username")
    if isinstance(name, str) and NAME.fullmatch(name):
        return f"{SITE}/{name}{place}"
    number = str(chat.get("id"))
    return f"{SITE}/c/{number.removeprefix(MARK)}{place}" if place and number.startswith(MARK) else ""


def comment_address(post: str, comment_id: int) -> str:
    """The address of a comment beneath the channel post at ``post``; empty where the post has none."""
    return f"{post}?comment={comment_id}" if post else ""


def message_at(url: str, chat_id: int, name: str) -> int | None:
    """The number of the message at ``url`` in the channel of this id and name; None where it is another's or none."""
    match = ADDRESS.fullmatch(url.strip())
    if not match or not match["message"]:
        return None
    same = f"{MARK}{match['id']}" == str(chat_id) if match["id"] else match["name"].lower() == name.lower()
    return int(match["message"]) if same else None
