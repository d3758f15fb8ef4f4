"""Approved, due deliveries, written straight into the tables as approving writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from smeditor.accounts.clients import network_class
from smeditor.models import Account, Delivery, Part, Post
from smeditor.networks.base import Capabilities
from smeditor.publishing import payload


def write_deliveries(
    account: Account, posts: Sequence[Post], slot: Callable[[int], datetime], **approval: Any
) -> list[Delivery]:
    """Write one delivery, with its parts, for each of the stored ``posts``, due at the slot of its place.

    ``approval``: what the deliveries say of who approved them, and when.
    """
    capabilities = network_class(account).capabilities
    rows = [_delivery(post, account, slot(place), capabilities, approval) for place, post in enumerate(posts)]
    with transaction.atomic():  # a delivery without parts is sent by nobody, and is never done
        Delivery.objects.bulk_create(rows)
        Part.objects.bulk_create(
            Part(delivery=row, position=place) for row in rows for place in range(len(row.payload["parts"]))
        )
    return rows


def _delivery(
    post: Post, account: Account, slot: datetime, capabilities: Capabilities, approval: dict[str, Any]
) -> Delivery:
    token = f"{payload.new_token()}{post.pk % 1000}"
    frozen = payload.build(post, account, token, capabilities)
    return Delivery(
        post=post,
        account=account,
        slot=slot,
        due_at=slot,
        news_class=post.news_class,
        payload=frozen,
        payload_hash=payload.digest(frozen),
        approved_hash=payload.digest(frozen),
        link_token=token,
        **approval,
    )
