"""From a frozen payload to the messages that a network takes: the same for the checks before an approval and for sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from smeditor.exceptions import Refused, Temporary
from smeditor.networks.base import Card, Kind, Limits, Media, MediaKind, Message, Poll, Ref
from smeditor.publishing.pictures import picture
from smeditor.publishing.videos import video


def message_of(
    frozen: Mapping[str, Any],
    position: int,
    limits: Limits,
    reply_to: Ref | None = None,
    root: Ref | None = None,
    *,
    address: Callable[[int, str], str] | None = None,
    problems: list[str] | None = None,
) -> Message:
    """The message at ``position`` of a payload, its media made. Raises Refused when one of them cannot be.

    ``reply_to``, ``root``: what it answers and the first message of that thread. ``address``: gives the public address of
    the media at an index, of a MIME type, where the network fetches by itself. ``problems``: where it is given, sentences
    about media that cannot be made are added to it, the message goes without them, and nothing is raised: it is looked at
    and not sent.
    """
    own, first = frozen["parts"][position], position == 0
    answers = _answered_kind(frozen) if first else None
    return Message(
        text=own["text"],
        language=frozen.get("language", ""),
        media=tuple(_media(own["media"], limits, address, problems)),
        card=_card(own.get("card"), limits, problems),
        link=frozen.get("link", ""),
        reply_to=reply_to,
        root=root,
        answers=answers,
        comment=answers is Kind.COMMENT or bool(own.get("comment")),
        quote=ref(frozen["quote"]) if first and frozen.get("quote") else None,
        visibility=frozen.get("visibility", "public"),
        content_warning=frozen.get("content_warning", ""),
        reply_control=frozen.get("reply_control", "") if first else "",
        poll=Poll.from_json(frozen.get("poll")) if first else None,
    )


def _media(
    entries: Sequence[Mapping[str, Any]],
    limits: Limits,
    address: Callable[[int, str], str] | None,
    problems: list[str] | None,
) -> Iterator[Media]:
    for index, entry in enumerate(entries):
        media = _made(entry, limits, problems)
        if media is not None:
            yield replace(media, public_url=address(index, media.media_type)) if address else media


def media_of(entry: Mapping[str, Any], limits: Limits, *, to_send: bool = True) -> Media | None:
    """The image or video that a payload's ``entry`` names. Raises Refused and Temporary when it cannot be had.

    ``to_send`` False: it is only held against limits.
    """
    if entry.get("kind") == MediaKind.VIDEO:
        return video(entry, to_send=to_send)
    return picture(entry, limits.image)


def _made(entry: Mapping[str, Any], limits: Limits, problems: list[str] | None) -> Media | None:
    try:
        return media_of(entry, limits, to_send=problems is None)
    except Refused as error:
        if problems is None:
            raise
        problems.append(error.sentence)
        return None
    except Temporary:
        if problems is None:
            raise
        return None  # what passes stops no post that is only looked at: it is tried again when it is sent


def _answered_kind(frozen: Mapping[str, Any]) -> Kind | None:
    kind = str((frozen.get("reply_to") or {}).get("kind") or "")
    return Kind(kind) if kind in set(map(str, Kind)) else None


def _card(entry: Mapping[str, Any] | None, limits: Limits, problems: list[str] | None) -> Card | None:
    if not entry:
        return None
    image = _made(entry["image"], limits, problems) if entry.get("image") else None
    return Card(url=entry["url"], title=entry["title"], description=entry["description"], image=image)


def ref(entry: Mapping[str, Any]) -> Ref:
    """The message that a payload's ``reply_to`` or ``root`` names."""
    return Ref(uri=entry["uri"], url=entry.get("url", ""), cid=entry.get("cid", ""))
