"""From a message to one call of the Bot API: method, parameters, and which files go along.

There is no upload apart from the message: a file goes with it, in the same request (``Prepared.media``). So the body holds
what the file must be, and sending compares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone, Refused
from smeditor.networks.base import Media, MediaKind, Message, Poll, Prepared
from smeditor.networks.telegram.ids import NUMBER, message_at, parts_of
from smeditor.networks.telegram.limits import ALBUM, LARGEST_SUM

METHODS = {
    MediaKind.IMAGE: ("sendPhoto", "photo"),
    MediaKind.VIDEO: ("sendVideo", "video"),
    MediaKind.ANIMATION: ("sendAnimation", "animation"),
    MediaKind.DOCUMENT: ("sendDocument", "document"),
}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "video/mp4": "mp4"}
ENDINGS |= {"application/pdf": "pdf", "application/zip": "zip", "text/plain": "txt", "text/csv": "csv"}
ENDINGS |= {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
LONGEST_NAME = 60


def prepared(message: Message, chat_id: str, name: str = "") -> Prepared:
    """What is sent for ``message`` in the channel ``chat_id`` (whose user name is ``name``).

    An answer to a reader goes to the chat in which they wrote. Raises Refused, with a sentence, for media that cannot
    stand together, and Gone where what is answered has no place there.
    """
    check_media(message.media)
    params: dict[str, Any] = {"chat_id": chat_id}
    if message.reply_to:
        place = parts_of(message.reply_to.uri) or _pasted(message.reply_to.uri, chat_id, name)
        if place is None:
            raise Gone(_("It is not known where the message stands that this answers."))
        params["chat_id"] = place[0]
        params["reply_parameters"] = {"message_id": place[1]}
    if message.poll:
        method, params = with_poll(message, message.poll, params)
    elif message.media:
        method, params = with_media(message, params)
    else:
        method, params = "sendMessage", params | {"text": message.text}
        shown = message.card.url if message.card else message.link
        if shown and (message.reply_to is None or shown in message.text):
            params["link_preview_options"] = {"url": shown}
    body = {"method": method, "params": params, "files": described(message.media)}
    return Prepared(body, message.link, media=message.media)


def _pasted(url: str, chat_id: str, name: str) -> tuple[int, int] | None:
    if not NUMBER.fullmatch(chat_id):
        return None
    number = message_at(url, int(chat_id), name)
    return (int(chat_id), number) if number else None


def with_poll(message: Message, poll: Poll, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Method and parameters of a poll, whose question is the text (https://core.telegram.org/bots/api#sendpoll, 2026-11-30).

    Nobody in a channel sees who voted. Raises Refused where there are files, which a poll of ours does not take.
    """
    if message.media:
        raise Refused(_("On Telegram a poll stands alone: without images and files."))
    return "sendPoll", params | {
        "question": message.text,
        "options": [{"text": option} for option in poll.options],
        "is_anonymous": True,
        "allows_multiple_answers": poll.multiple,
        "open_period": poll.minutes * 60,
    }


def with_media(message: Message, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Method and parameters of a message with files, whose text is the caption: of an album's first file."""
    caption = {"caption": message.text} if message.text.strip() else {}
    if len(message.media) == 1:
        return METHODS[message.media[0].kind][0], params | caption | facts(message.media[0])
    album = [
        {"type": METHODS[file.kind][1], "media": f"attach://{field_of(message.media, place)}", **facts(file)}
        for place, file in enumerate(message.media)
    ]
    album[0] |= caption
    return "sendMediaGroup", params | {"media": album}


def field_of(media: Sequence[Media], place: int) -> str:
    """The name of the form's field in which the file at ``place`` goes."""
    return METHODS[media[0].kind][1] if len(media) == 1 else f"file{place}"


def described(media: Sequence[Media]) -> list[dict[str, Any]]:
    """What each file must be when it is sent, as JSON."""
    return [{"type": file.media_type, "size": file.size, "digest": file.digest} for file in media]


def facts(media: Media) -> dict[str, Any]:
    """What the API takes of a video or an animation besides its bytes; what is not known is left out."""
    if media.kind not in {MediaKind.VIDEO, MediaKind.ANIMATION}:
        return {}
    known: dict[str, Any] = {}
    if media.width and media.height:
        known = {"width": media.width, "height": media.height}
    if media.duration:
        known["duration"] = max(round(media.duration), 1)
    return known | ({"supports_streaming": True} if media.kind is MediaKind.VIDEO else {})


def check_media(media: Sequence[Media]) -> None:
    """Raise Refused where the API takes these files not, or not together."""
    kinds = {file.kind for file in media}
    if len(media) > ALBUM:
        raise Refused(_("Telegram takes at most %(number)d files in a message.") % {"number": ALBUM})
    if len(media) > 1 and MediaKind.ANIMATION in kinds:
        raise Refused(_("On Telegram an animation stands alone: send it without the other files."))
    if len(kinds) > 1 and MediaKind.DOCUMENT in kinds:
        raise Refused(_("On Telegram documents stand among documents only: send the images or videos by themselves."))
    for file in media:
        if file.kind is MediaKind.IMAGE and file.width + file.height > LARGEST_SUM:
            raise Refused(_("Telegram takes no photo whose width and height are more than 10,000 pixels together."))


def file_name(media: Media, place: int) -> str:
    """The name of a file as readers see it: a document's is its description."""
    title = ""
    if media.kind is MediaKind.DOCUMENT:
        title = " ".join(re.sub(r"[^\w .,()–-]+", " ", media.alt).split()).strip(" .")[:LONGEST_NAME]
    return f"{title or f'file{place + 1}'}.{ENDINGS.get(media.media_type, 'bin')}"


def opened(body: Mapping[str, Any], media: Sequence[Media], stack: ExitStack) -> dict[str, Any] | None:
    """The files of a request as httpx takes them, open until ``stack`` is closed; None where none goes along.

    Raises Refused where ``media`` are not the files that were prepared.
    """
    wanted = body.get("files") or []
    if not wanted:
        return None
    if described(media) != wanted:
        raise Refused(_("An image or file has changed since the message was prepared. Nothing was sent."))
    return {
        field_of(media, place): (file_name(file, place), stack.enter_context(file.open()), file.media_type)
        for place, file in enumerate(media)
    }
