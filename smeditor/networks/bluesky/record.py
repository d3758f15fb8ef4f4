"""From a message to the record ``app.bsky.feed.post`` that will lie in the account's repository."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Refused, UnsupportedFeature
from smeditor.networks.base import Card, Media, Message, Ref
from smeditor.networks.bluesky import facets
from smeditor.networks.bluesky.limits import LIMITS, POST

MEDIA_LABELS = {"porn", "sexual", "nudity", "graphic-media"}
"""What ``com.atproto.label.defs`` lets an author say about the media of a post (further values are the servers')."""

Upload = Callable[[Media], dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """Strong references (``uri`` and ``cid``) of a post and of the root of its thread."""

    ref: dict[str, str]
    root: dict[str, str]


Find = Callable[[Ref, Ref | None], Found]


def build(message: Message, *, upload: Upload, resolve: facets.Resolve, find: Find) -> dict[str, Any]:
    """Return the record of ``message`` without its ``createdAt``.

    ``upload`` stores an image and returns its blob reference, ``resolve`` turns a handle into a DID or "", ``find``
    brings the strong references of a post and of its thread's root. Raises Refused and UnsupportedFeature.
    """
    if message.visibility != "public":
        raise UnsupportedFeature(_("Everything on Bluesky is public: choose “public” or leave this account out."))
    record: dict[str, Any] = {"$type": POST, "text": message.text}
    marks = facets.build(message.text, resolve)
    if marks:
        record["facets"] = marks
    if message.language:
        record["langs"] = [message.language]
    if message.reply_to:
        parent = find(message.reply_to, message.root)
        record["reply"] = {"root": parent.root, "parent": parent.ref}
    embed = _embed(message, upload)
    if embed:
        record["embed"] = embed
    if message.content_warning and "embed" in record:
        label = message.content_warning if message.content_warning in MEDIA_LABELS else "graphic-media"
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": label}]}
    return record


def created_at(moment: datetime) -> str:
    """Write an aware time as the ``datetime`` of the lexicons: RFC 3339, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def link_of(message: Message) -> str:
    """The link by which a person recognises the message: its card's, else the first of its text."""
    return message.card.url if message.card else facets.first_link(message.text)


def shown_media(message: Message) -> tuple[Media, ...]:
    """The images that the post will show: its own, or its card's."""
    if _shows_images(message):
        return message.images
    return (message.card.image,) if message.card and message.card.image else ()


def _shows_images(message: Message) -> bool:
    """The story's link is never lost: the images win only where the text has the link as well, or there is no card."""
    return bool(message.images) and (message.card is None or message.card.url in message.text)


def _embed(message: Message, upload: Upload) -> dict[str, Any] | None:
    """Return what is shown below the text: Bluesky shows images or a card, not both."""
    if _shows_images(message):
        return _images(message.images, upload)
    return _external(message.card, upload) if message.card else None


def _images(images: tuple[Media, ...], upload: Upload) -> dict[str, Any]:
    if len(images) > LIMITS.image.max_count:
        raise Refused(_("Bluesky shows at most %(count)s images in a post.") % {"count": LIMITS.image.max_count})
    return {"$type": "app.bsky.embed.images", "images": [_image(image, upload) for image in images]}


def _image(image: Media, upload: Upload) -> dict[str, Any]:
    entry: dict[str, Any] = {"alt": image.alt, "image": upload(image)}
    if image.width > 0 and image.height > 0:
        entry["aspectRatio"] = {"width": image.width, "height": image.height}
    return entry


def _external(card: Card, upload: Upload) -> dict[str, Any]:
    external: dict[str, Any] = {"uri": card.url, "title": card.title, "description": card.description}
    if card.image:
        external["thumb"] = upload(card.image)
    return {"$type": "app.bsky.embed.external", "external": external}
