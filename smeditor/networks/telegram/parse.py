"""From the Bot API's objects to the contract's dataclasses; what is not as documented is BadAnswer, or left out.

https://core.telegram.org/bots/api#message, #user, #chat, #chatfullinfo (2026-11-30).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smeditor.exceptions import BadAnswer
from smeditor.networks.base import Author, Profile
from smeditor.networks.http import an_object
from smeditor.networks.telegram import entities
from smeditor.networks.telegram.ids import LARGEST_ID, NAME, SITE, address
from smeditor.text.normal import normalise_text

LONGEST_NAME = 200
LONGEST_TEXT = 20_000
LATEST = 4_102_444_800
"""The year 2100 in Unix time."""
FILES = (
    "animation", "audio", "document", "live_photo", "paid_media", "photo", "sticker", "story", "video", "video_note",
    "voice", "poll", "contact", "location", "venue", "checklist", "dice",
)  # fmt: skip
MOST_PIECES = 2000


def number(value: Any, least: int = 1) -> int | None:
    """``value`` if it is an integer that can be an id or a count, else None."""
    sound = isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST_ID
    return value if sound else None


def chat_id(chat: Any) -> int | None:
    """The id of a chat, negative for channels and groups; None where there is none."""
    return number(chat.get("id"), -LARGEST_ID) if isinstance(chat, dict) else None


def moment(value: Any) -> datetime | None:
    """A Unix time, aware and UTC; None where it is none."""
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None and seconds <= LATEST else None


def title(*parts: Any) -> str:
    """A name to be shown, made of those ``parts`` that are text."""
    return normalise_text(" ".join(part for part in parts if isinstance(part, str) and part), LONGEST_NAME).strip()


def user_name(thing: dict[str, Any]) -> str:
    """The user name of a user or chat without its sign; empty where it has none."""
    name = thing.get("username")
    return name if isinstance(name, str) and NAME.fullmatch(name) else ""


def read_profile(channel: dict[str, Any], followers: int | None) -> Profile:
    """Return the channel that the account is. Raises BadAnswer where it has no id."""
    channel = an_object(channel, "id", "type")
    number_of = chat_id(channel)
    if number_of is None:
        raise BadAnswer(cause="a chat without a usable id")
    return Profile(
        remote_id=str(number_of),
        handle=user_name(channel) or str(number_of),
        display_name=title(channel.get("title")),
        url=address(channel),
        followers=followers,
    )


def read_author(message: dict[str, Any]) -> Author | None:
    """Who wrote a message in a group: a person, or a chat in whose name they wrote; None for bots and for nobody.

    Where a message is written in a chat's name, ``from`` holds a stand-in that is no person.
    """
    sender = message.get("sender_chat")
    if isinstance(sender, dict):
        chat = chat_id(sender)
        if chat is None:
            return None
        name = user_name(sender)
        return Author(str(chat), name or str(chat), title(sender.get("title")), address(sender))
    user = message.get("from")
    if not isinstance(user, dict) or user.get("is_bot") is not False:
        return None
    person = number(user.get("id"))
    if person is None:
        return None
    name = user_name(user)
    return Author(
        remote_id=str(person),
        handle=name or str(person),
        display_name=title(user.get("first_name"), user.get("last_name")),
        url=f"{SITE}/{name}" if name else "",
    )


def read_text(message: dict[str, Any]) -> str:
    """What a message says: its text or caption, the question of a poll, the sign that a sticker stands for."""
    for value in (message.get("text"), message.get("caption")):
        if isinstance(value, str) and value:
            return normalise_text(value, LONGEST_TEXT)
    rich, poll, sticker = message.get("rich_message"), message.get("poll"), message.get("sticker")
    if isinstance(rich, dict):
        return normalise_text(" ".join(pieces(rich.get("blocks"))), LONGEST_TEXT)
    further = [poll.get("question") if isinstance(poll, dict) else None]
    further.append(sticker.get("emoji") if isinstance(sticker, dict) else None)
    return next((normalise_text(value, LONGEST_TEXT) for value in further if isinstance(value, str) and value), "")


def pieces(blocks: Any) -> list[str]:
    """The text in the blocks of a rich message, in order (https://core.telegram.org/bots/api#richmessage, 2026-11-30)."""
    found: list[str] = []
    waiting: list[Any] = [blocks]
    while waiting and len(found) < MOST_PIECES:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, list):
            waiting += reversed(item)
        elif isinstance(item, dict):
            inner = [value for key, value in item.items() if key in {"text", "caption"} or isinstance(value, list)]
            waiting += reversed(inner)
    return found


def read_links(message: dict[str, Any]) -> tuple[str, ...]:
    """The addresses in a message, by the entities that the server found."""
    for text, found in (("text", "entities"), ("caption", "caption_entities")):
        if isinstance(message.get(text), str):
            return entities.links(message[text], message.get(found))
    return ()


def read_mentions(message: dict[str, Any]) -> set[str]:
    """The user names that a message names, in lower case."""
    for text, found in (("text", "entities"), ("caption", "caption_entities")):
        if isinstance(message.get(text), str):
            return entities.mentioned(message[text], message.get(found))
    return set()


def has_files(message: dict[str, Any]) -> bool:
    """Whether a message shows something besides its text."""
    return any(message.get(name) for name in FILES)


def is_written(message: dict[str, Any]) -> bool:
    """Whether somebody wrote a message; the server's own notices (who came, what was pinned) are none."""
    return bool(read_text(message)) or has_files(message)
