"""From a message to what is sent: which way it goes, and the form.

https://developers.facebook.com/documentation/pages-api/posts (read 2026-11-30): ``POST /{page}/feed`` with ``message``, ``link``,
``published``; photos are uploaded first and named in ``attached_media``. A photo alone goes that way too: sent to
``/photos`` it would be a picture in an album and no post (https://github.com/gitroomhq/postiz-app/issues/1593).
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import UnsupportedFeature
from smeditor.networks.base import Media, MediaKind, Message
from smeditor.text.urls import find_urls

UNPUBLISHED = {"published": "false", "unpublished_content_type": "DRAFT"}
"""A draft that will be published. Without its type it would be one for advertising, which asks for other permissions
(https://developers.facebook.com/docs/graph-api/reference/page/videos, read 2026-11-30)."""
TEXT_KEPT = 4000
"""How much of a text is kept beside a prepared message, to know it again."""


class Way(StrEnum):
    """How a prepared message becomes public.

    ``PUBLISH``: the post is there, unpublished; ``POST /{post} is_published=true``, which may be repeated. ``FEED``: the
    post is made in public at once. ``VIDEO``: the video is there, unpublished; ``POST /{video} published=true``.
    ``FINISH``: the upload's last step makes it public. ``COMMENT``: a comment.
    """

    PUBLISH = "publish"
    FEED = "feed"
    VIDEO = "video"
    FINISH = "finish"
    COMMENT = "comment"


def shown_media(message: Message) -> tuple[Media, ...]:
    """The media that readers will see: Facebook shows a link's card or pictures, and the story's link is never lost.

    Raises UnsupportedFeature for what a post cannot hold.
    """
    if message.card and message.card.url not in message.text and not message.comment:
        return ()
    media = message.media
    videos = [item for item in media if item.kind is MediaKind.VIDEO]
    if any(item.kind not in {MediaKind.IMAGE, MediaKind.VIDEO} for item in media):
        raise UnsupportedFeature(_("Facebook takes images and videos only."))
    if videos and len(media) > 1:
        raise UnsupportedFeature(_("A post on Facebook has one video and nothing else, or images."))
    return media


def is_comment(message: Message) -> bool:
    """Whether it stands among the comments of something: a first comment, an answer."""
    return message.comment or message.reply_to is not None


def unique_link(message: Message) -> str:
    """The link by which the message will be recognised; empty where it has none."""
    if message.card and not is_comment(message):
        return message.card.url
    if message.link and message.link in message.text:
        return message.link
    found = find_urls(message.text)
    return message.text[found[-1].start : found[-1].end] if found else ""


def feed_form(message: Message, photo_ids: list[str], *, published: bool) -> dict[str, str]:
    """The form of ``POST /{page}/feed``."""
    form = {"message": message.text, "published": "true"} if published else {"message": message.text, **UNPUBLISHED}
    if photo_ids:
        form["attached_media"] = json.dumps([{"media_fbid": photo_id} for photo_id in photo_ids])
    elif message.card:
        form["link"] = message.card.url
    return {key: value for key, value in form.items() if value}


def comment_form(message: Message, photo_id: str = "") -> dict[str, str]:
    """The form of ``POST /{object}/comments``."""
    form = {"message": message.text, "attachment_id": photo_id}
    return {key: value for key, value in form.items() if value}


def photo_form(media: Media) -> dict[str, str]:
    """The form with which a photo is uploaded, to be seen by nobody until a post names it.

    ``temporary``: it goes with a post that is not published at once, and is forgotten after a day without one
    (https://developers.facebook.com/docs/graph-api/reference/page/photos, read 2026-11-30).
    """
    form = {"published": "false", "temporary": "true", "alt_text_custom": media.alt}
    return {key: value for key, value in form.items() if value}


def body_of(way: Way, message: Message, **more: Any) -> dict[str, Any]:
    """What :class:`Prepared` keeps: the way, what is sent, and the text by which a read-back knows it."""
    return {"way": way.value, "text": message.text[:TEXT_KEPT], **more}
