"""From a message to the body of ``POST /2/tweets``, by the official OpenAPI document 2.159 (``TweetCreateRequest``)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Refused
from smeditor.networks.media import MediaKind
from smeditor.networks.messages import ONLY_SELF, Message, Ref
from smeditor.networks.x.parse import AN_ID


def post_body(message: Message, media_ids: list[str]) -> dict[str, Any]:
    """Return the JSON body for ``message`` with its uploaded media. Empty members are left out. Raises Refused."""
    body: dict[str, Any] = {}
    if message.text.strip():
        body["text"] = message.text
    if media_ids:
        body["media"] = {"media_ids": media_ids}
    if message.reply_to:
        body["reply"] = {"in_reply_to_tweet_id": post_id(message.reply_to)}
    if message.quote:
        body["quote_tweet_id"] = post_id(message.quote)
    if message.poll:
        body["poll"] = {"options": list(message.poll.options), "duration_minutes": message.poll.minutes}
    if not body.keys() & {"text", "media"}:
        raise Refused(_("A post on X needs a text, an image or a video."))
    return body


def check_message(message: Message) -> None:
    """Raise Refused for media that X does not take together, and for a test that nobody but the account shall see.

    https://docs.x.com/x-api/media/quickstart/best-practices, read 2026-11-30: four images, one GIF or one video. A quote
    and media exclude each other (``TweetCreateRequest.media``), and a poll excludes both (``TweetCreateRequest.poll``).
    """
    if message.visibility == ONLY_SELF:
        raise Refused(_("X has no posts that only the account sees."))
    moving = [media for media in message.media if media.kind in {MediaKind.ANIMATION, MediaKind.VIDEO}]
    if len(message.images) + len(moving) < len(message.media):
        raise Refused(_("X takes images, animations and videos, and no documents."))
    if len(message.images) > 4 or (moving and len(message.media) > 1):
        raise Refused(_("A post on X takes up to four images, or one animation, or one video."))
    if message.quote and message.media:
        raise Refused(_("A post on X quotes another or has images, not both."))
    if message.poll and (message.quote or message.media):
        raise Refused(_("A post on X with a poll has neither images nor a quote."))


def post_id(ref: Ref) -> str:
    """The id of the post that ``ref`` names. Raises Refused where it is none."""
    if not AN_ID.fullmatch(ref.uri):
        raise Refused(_("This is not the id of a post on X."), cause=ref.uri[:40])
    return ref.uri


def unique_link(message: Message) -> str:
    """The link by which the message will be recognised: the one with its token, if the text has it, else none."""
    wanted = [message.link, message.card.url if message.card else ""]
    return next((link for link in wanted if link and link in message.text), "")
