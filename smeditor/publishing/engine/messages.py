"""From the frozen payload to what a network takes, with the images read and checked against their frozen hash."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from smeditor.accounts import clients
from smeditor.articles import article_adapter
from smeditor.exceptions import Refused
from smeditor.models import Delivery, Part
from smeditor.networks.base import Card, Image, Limits, Message, Network, Ref


def ref_of(thing: Part | Delivery) -> Ref:
    return Ref(uri=thing.remote_id, url=thing.remote_url, cid=thing.remote_cid)


def message_for(delivery: Delivery, part: Part, parts: list[Part], network: Network) -> Message:
    """The message of one part. Raises Refused, with a sentence, when its image is gone, changed or too large."""
    frozen = delivery.payload
    own = frozen["parts"][part.position]
    reply_to, root = _thread(frozen, part, parts)
    limits = clients.known_limits(delivery.account) or network.limits()
    image = _image(own.get("image"), limits)
    return Message(
        text=own["text"],
        language=frozen.get("language", ""),
        images=(image,) if image else (),
        card=_card(own.get("card"), limits),
        reply_to=reply_to,
        root=root,
        visibility=frozen.get("visibility", "public"),
        content_warning=frozen.get("content_warning", ""),
    )


def _thread(frozen: dict[str, Any], part: Part, parts: list[Part]) -> tuple[Ref | None, Ref | None]:
    answered = frozen.get("reply_to")
    root = _ref(answered["root"]) if answered and answered.get("root") else None
    if part.position == 0:
        return (_ref(answered), root) if answered else (None, None)
    first, before = parts[0], parts[part.position - 1]
    return ref_of(before), root or ref_of(first)


def _ref(data: dict[str, Any]) -> Ref:
    return Ref(uri=data["uri"], url=data.get("url", ""), cid=data.get("cid", ""))


def _card(data: dict[str, Any] | None, limits: Limits) -> Card | None:
    if not data:
        return None
    return Card(
        url=data["url"],
        title=data["title"],
        description=data["description"],
        image=_image(data.get("image"), limits),
    )


def _image(data: dict[str, Any] | None, limits: Limits) -> Image | None:
    if not data:
        return None
    image = get_image_model().objects.filter(pk=data["id"]).first()
    if image is None:
        raise Refused(_("The image was deleted after the approval. Choose another and approve again."))
    if image.get_file_hash() != data["file_hash"]:
        raise Refused(_("The image was changed after the approval. Approve the post again."))
    try:
        content, media_type, width, height = article_adapter().image_bytes(image.pk, limits.max_image_bytes)
    except LookupError as error:
        raise Refused(_("The image's file cannot be read. Choose another and approve again.")) from error
    except ValueError as error:
        raise Refused(_("The image cannot be made small enough for the network.")) from error
    return Image(data=content, media_type=media_type, alt=data["alt"], width=width, height=height)
