"""From a message to the body of a post or a comment.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api, /multiimage-post-api,
/comments-api#create-comment (2026-11-30). LinkedIn fetches nothing of an article by itself: title, text and picture of
its card are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Refused
from smeditor.networks.base import Media, MediaKind, Message, Prepared
from smeditor.networks.linkedin import little
from smeditor.networks.linkedin.limits import IMAGES, LONGEST_COMMENT, LONGEST_DESCRIPTION, LONGEST_TITLE
from smeditor.text.offsets import utf16_length

DISTRIBUTION = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}


def check_media(message: Message) -> None:
    """Raise Refused for files that cannot stand together, or beneath a comment."""
    kinds = {media.kind for media in message.media}
    if message.reply_to and message.media:
        raise Refused(_("A comment on LinkedIn goes without images and files."))
    if len(kinds) > 1 or (len(message.media) > 1 and kinds != {MediaKind.IMAGE}):
        raise Refused(_("A post on LinkedIn shows images, or one animation, video or document."))
    if len(message.media) > IMAGES:
        raise Refused(_("LinkedIn takes at most %(number)d images in a post.") % {"number": IMAGES})


def post(message: Message, author: str, assets: Sequence[str], thumbnail: str) -> Prepared:
    """What is sent for a post of the page ``author``, whose files and card's picture have these URNs."""
    body: dict[str, Any] = {
        "author": author,
        "commentary": little.escape(message.text),
        "visibility": "PUBLIC",
        "distribution": DISTRIBUTION,
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(message, assets, thumbnail)
    link = message.link or (message.card.url if message.card else "")
    return Prepared({"post": body | ({"content": content} if content else {})}, link)


def _content(message: Message, assets: Sequence[str], thumbnail: str) -> dict[str, Any]:
    if len(assets) > 1:
        images = [{"id": urn} | alternative(media) for urn, media in zip(assets, message.media, strict=True)]
        return {"multiImage": {"images": images}}
    if assets:
        media = message.media[0]
        shown = alternative(media) if media.kind in {MediaKind.IMAGE, MediaKind.ANIMATION} else {"title": title(media)}
        return {"media": {"id": assets[0]} | shown}
    if message.card is None:
        return {}
    article = {"source": message.card.url, "title": message.card.title[:LONGEST_TITLE]}
    if message.card.description:
        article["description"] = message.card.description[:LONGEST_DESCRIPTION]
    return {"article": article | ({"thumbnail": thumbnail} if thumbnail else {})}


def alternative(media: Media) -> dict[str, str]:
    """The alternative text of an image, where there is one."""
    return {"altText": media.alt} if media.alt else {}


def title(media: Media) -> str:
    """The title of a document or video, which readers see: what describes it."""
    return media.alt[:LONGEST_TITLE] or {MediaKind.DOCUMENT: _("Document")}.get(media.kind, _("Video"))


def comment(message: Message, actor: str, thread: str, parent: str) -> Prepared:
    """What is sent for a comment in ``thread`` (a post), beneath the comment ``parent`` where there is one."""
    over = utf16_length(message.text) - LONGEST_COMMENT
    if over > 0:
        sentence = _("A comment on LinkedIn may have %(limit)d characters: shorten it by %(over)d.")
        raise Refused(sentence % {"limit": LONGEST_COMMENT, "over": over}, code="too_long")
    body: dict[str, Any] = {"actor": actor, "object": thread, "message": {"text": message.text}}
    if parent:
        body["parentComment"] = parent
    return Prepared({"comment": body, "target": parent or thread}, message.link)


def edited_text(prepared: Prepared) -> tuple[str, str]:
    """(commentary of a post, text of a comment) that a prepared message holds: one of them is empty."""
    written, remark = prepared.body.get("post"), prepared.body.get("comment")
    commentary = str(written.get("commentary") or "") if isinstance(written, dict) else ""
    message = remark.get("message") if isinstance(remark, dict) else None
    return commentary, str(message.get("text") or "") if isinstance(message, dict) else ""
