"""From a message to the parameters of its containers, or to a comment, which needs none.

https://developers.facebook.com/documentation/instagram-platform/content-publishing and
…/instagram-graph-api/reference/ig-comment/replies, …/ig-media/comments (30 Nov 2026).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smeditor.exceptions import Refused
from smeditor.networks.containers import Plan, facts
from smeditor.networks.instagram.limits import MAX_MEDIA, MAX_MENTIONS, MAX_TAGS, mentions
from smeditor.networks.media import Media, MediaKind
from smeditor.networks.messages import Message
from smeditor.text.entities import hashtags
from smeditor.text.normal import normalise_text

REPLIES, COMMENTS = "replies", "comments"


def is_comment(message: Message) -> bool:
    """Whether a message stands among the comments: an answer to a reader, or a comment of our own below a post."""
    return message.reply_to is not None


def plan_of(message: Message, label: str) -> Plan:
    """What has to be made for a post. Raises Refused, with a sentence, for what Instagram cannot take."""
    media = message.media
    if not media:
        raise Refused(_("Instagram has no post without an image or a video."), code="no_media")
    if len(media) > MAX_MEDIA:
        raise Refused(_("There are too many images: at most %(limit)d.") % {"limit": MAX_MEDIA}, code="media")
    check_text(message.text)
    caption = {"caption": message.text} if message.text else {}
    subject: list[Any] = [caption, [facts(item) for item in media]]
    if len(media) == 1:
        single = media_params(media[0], label, alone=True)
        return Plan((), lambda _ids: {**single, **caption}, subject, label)
    items = [{**media_params(item, label, alone=False), "is_carousel_item": "true"} for item in media]
    return Plan(items, lambda ids: {"media_type": "CAROUSEL", "children": ",".join(ids), **caption}, subject, label)


def check_text(text: str) -> None:
    """Raise Refused for more tags or names than Instagram takes: it would drop the whole text without a word."""
    tags, names = len(hashtags(text)), len(mentions(text))
    if tags > MAX_TAGS:
        sentence = ngettext("There is %(over)d tag too many.", "There are %(over)d tags too many.", tags - MAX_TAGS)
        raise Refused(sentence % {"over": tags - MAX_TAGS}, code="tags")
    if names > MAX_MENTIONS:
        over = names - MAX_MENTIONS
        sentence = ngettext("There is %(over)d mention too many.", "There are %(over)d mentions too many.", over)
        raise Refused(sentence % {"over": over}, code="mentions")


def media_params(media: Media, label: str, *, alone: bool) -> dict[str, str]:
    """The parameters of one image or video. Only images take an alternative text."""
    if not media.public_url:
        sentence = _("%(network)s fetches images and videos itself: they need a public address for a while.")
        raise Refused(sentence % {"network": label}, code="public_url")
    if media.kind is MediaKind.IMAGE:
        if media.media_type != "image/jpeg":
            raise Refused(_("%(network)s takes images as JPEG only.") % {"network": label}, code="image_type")
        return {"image_url": media.public_url} | ({"alt_text": media.alt} if media.alt else {})
    if media.kind is MediaKind.VIDEO:
        return {"media_type": "REELS" if alone else "VIDEO", "video_url": media.public_url}
    raise Refused(_("%(network)s takes images and videos only.") % {"network": label}, code="media")


def post_body(message: Message, container_id: str) -> dict[str, Any]:
    """What ``send`` transmits for a post, and what it is known by afterwards."""
    return {"creation_id": container_id, "text": text_digest(message.text)}


def comment_body(message: Message, target: str, edge: str) -> dict[str, Any]:
    """What ``send`` transmits for a comment on ``target``."""
    return {"on": target, "edge": edge, "message": message.text, "text": text_digest(message.text)}


def unique_link(message: Message) -> str:
    """The delivery's own link where it stands in the text: nobody can click it, but the post is known by it."""
    return message.link if message.link and message.link in message.text else ""


def text_digest(text: str) -> str:
    """A digest of ``text`` without its white space; empty where there is no text."""
    plain = "".join(normalise_text(text).split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest() if plain else ""


def known_params(prepared: Mapping[str, Any]) -> dict[str, str]:
    """The stored ``Prepared.body``, read as if a stranger had written it."""
    return {key: str(prepared.get(key) or "") for key in ("creation_id", "text", "on", "edge", "message")}
