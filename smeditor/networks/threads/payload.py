"""From a message to the parameters of its containers (``POST /{threads-user-id}/threads``).

https://developers.facebook.com/documentation/threads/posts, and Meta's collection fbsamples/threads_api (30 Nov 2026).
``auto_publish_text`` is never used: a post that is published by the request that makes it cannot be asked for before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.exceptions import Refused
from smeditor.networks.capabilities import ReplyControl
from smeditor.networks.containers import Plan, facts
from smeditor.networks.media import Media, MediaKind
from smeditor.networks.messages import Message
from smeditor.networks.polls import Poll
from smeditor.networks.threads.limits import MAX_LINKS, MAX_MEDIA
from smeditor.text.normal import normalise_text
from smeditor.text.urls import find_urls

REPLY_CONTROLS = (
    ReplyControl("everyone", gettext_lazy("everybody")),
    ReplyControl("accounts_you_follow", gettext_lazy("accounts that we follow")),
    ReplyControl("mentioned_only", gettext_lazy("who is mentioned")),
    ReplyControl("parent_post_author_only", gettext_lazy("who wrote the post that it answers")),
    ReplyControl("followers_only", gettext_lazy("our followers")),
)


def plan_of(message: Message, label: str) -> Plan:
    """What has to be made for ``message``. Raises Refused, with a sentence, for what Threads cannot take."""
    shared = _shared(message)
    media = message.media
    attached = attachment(message)
    if len(links_of(message.text) | ({attached} if attached else set())) > MAX_LINKS:
        raise Refused(_("%(host)s takes no more than five links in one post.") % {"host": label}, code="links")
    if len(media) > MAX_MEDIA:
        raise Refused(_("There are too many images: at most %(limit)d.") % {"limit": MAX_MEDIA}, code="media")
    subject: list[Any] = [shared, [facts(item) for item in media]]
    if not media:
        if not message.text.strip() and not attached:
            raise Refused(_("There is nothing to publish: neither a text nor an image."), code="empty")
        linked = {"link_attachment": attached} if attached else {}
        linked |= {"poll_attachment": poll_attachment(message.poll)} if message.poll else {}
        return Plan((), lambda _ids: {"media_type": "TEXT", **shared, **linked}, [*subject, linked], label)
    if message.poll:
        raise Refused(_("A post on Threads with a poll has neither images nor videos."), code="media")
    if len(media) == 1:
        single = _media_params(media[0], label)
        return Plan((), lambda _ids: {**single, **shared}, subject, label)
    items = [{**_media_params(item, label), "is_carousel_item": "true"} for item in media]
    return Plan(items, lambda ids: {"media_type": "CAROUSEL", "children": ",".join(ids), **shared}, subject, label)


def _shared(message: Message) -> dict[str, str]:
    params = {"text": message.text} if message.text else {}
    if message.reply_to:
        params["reply_to_id"] = message.reply_to.uri
    if message.quote:
        params["quote_post_id"] = message.quote.uri
    if message.reply_control:
        if message.reply_control not in {control.value for control in REPLY_CONTROLS}:
            raise Refused(_("Threads does not know this choice of who may answer."), cause=message.reply_control[:80])
        params["reply_control"] = message.reply_control
    return params


def _media_params(media: Media, label: str) -> dict[str, str]:
    if not media.public_url:
        sentence = _("%(network)s fetches images and videos itself: they need a public address for a while.")
        raise Refused(sentence % {"network": label}, code="public_url")
    if media.kind is MediaKind.IMAGE:
        params = {"media_type": "IMAGE", "image_url": media.public_url}
    elif media.kind is MediaKind.VIDEO:
        params = {"media_type": "VIDEO", "video_url": media.public_url}
    else:
        raise Refused(_("%(network)s takes images and videos only.") % {"network": label}, code="media")
    return params | ({"alt_text": media.alt} if media.alt else {})


def attachment(message: Message) -> str:
    """The link whose preview stands under a text: the card's. Posts with media or a poll have none."""
    return message.card.url if message.card and not message.media and not message.poll else ""


def poll_attachment(poll: Poll) -> str:
    """The poll as Threads takes it: its options by letter, as JSON."""
    return json.dumps(
        {f"option_{name}": option for name, option in zip("abcd", poll.options, strict=False)}, ensure_ascii=False
    )


def links_of(text: str) -> set[str]:
    """The different links of a text, as Threads counts them."""
    return {url.text for url in find_urls(text)}


def unique_link(message: Message) -> str:
    """The link by which the message will be known again: the delivery's own where readers can see it, else the last."""
    attached = attachment(message)
    for link in (message.link, attached):
        if link and (link in message.text or link == attached):
            return link
    found = find_urls(message.text)
    return found[-1].text if found else ""


def body_of(message: Message, container_id: str) -> dict[str, Any]:
    """What ``send`` transmits (``creation_id``), and what its post is known by afterwards."""
    return {
        "creation_id": container_id,
        "reply_to": message.reply_to.uri if message.reply_to else "",
        "quote": message.quote.uri if message.quote else "",
        "text": text_digest(message.text),
    }


def text_digest(text: str) -> str:
    """A digest of ``text`` without its white space, which Threads rewrites; empty where there is no text."""
    plain = "".join(normalise_text(text).split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest() if plain else ""


def known_params(prepared: Mapping[str, Any]) -> dict[str, str]:
    """The stored ``Prepared.body``, read as if a stranger had written it."""
    keys = ("creation_id", "reply_to", "quote", "text")
    return {key: str(prepared.get(key) or "") for key in keys}
