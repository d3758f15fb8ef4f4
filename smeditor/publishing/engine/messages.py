"""The message of one part of a delivery: what its payload says, what it answers, and that its network will take it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Refused
from smeditor.models import Delivery, Part
from smeditor.networks.base import Message, Network, Ref
from smeditor.networks.limits import breaches
from smeditor.publishing.messages import message_of, ref
from smeditor.publishing.public_media import address_of
from smeditor.publishing.quotations import check_there


def ref_of(thing: Part | Delivery) -> Ref:
    """Where a part or a whole delivery is on its network; an empty address where it is not there yet."""
    return Ref(uri=thing.remote_id, url=thing.remote_url, cid=thing.remote_cid)


def message_for(delivery: Delivery, part: Part, parts: list[Part], network: Network) -> Message:
    """The message of one part.

    Raises Refused, with a sentence, when its image is gone, changed or cannot be made, and when it breaks a limit that
    the network declares.
    """
    if network.known_limits is None:
        network.known_limits = network.limits()
    if part.position == 0 and delivery.operation == Delivery.Operation.PUBLISH and delivery.payload.get("quote"):
        check_there(
            delivery.payload["quote"], _("What it quotes is not on the network any more. Approve the post again.")
        )
    reply_to, root = _thread(delivery.payload, part, parts)
    address = partial(address_of, delivery, part.position) if network.capabilities.fetches_media else None
    message = message_of(delivery.payload, part.position, network.limits_in_force, reply_to, root, address=address)
    breach = next(breaches(network, message), None)
    if breach is not None:
        raise Refused(breach.sentence, code=breach.code)
    return message


def _thread(frozen: dict[str, Any], part: Part, parts: list[Part]) -> tuple[Ref | None, Ref | None]:
    answered = frozen.get("reply_to")
    root = ref(answered["root"]) if answered and answered.get("root") else None
    if part.position == 0:
        return (ref(answered), root) if answered else (None, None)
    first, before = parts[0], parts[part.position - 1]
    if frozen["parts"][part.position].get("comment"):
        return ref_of(first), root or ref_of(first)
    return ref_of(before), root or ref_of(first)
