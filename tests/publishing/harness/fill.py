"""Many approved, due deliveries at once, written straight into the tables as approving writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from smeditor.accounts.clients import network_class
from smeditor.models import Account, Delivery, Part, Post
from smeditor.publishing import payload


def fill(
    account: Account,
    number: int,
    slot: datetime | Callable[[int], datetime],
    *,
    text: str = "Post",
    article_id: int | None = None,
    topics: tuple[str, ...] = (),
) -> list[Delivery]:
    """Write ``number`` evergreen posts with one delivery each; ``slot`` may depend on the number. Texts differ."""
    at = slot if callable(slot) else lambda index: slot
    capabilities = network_class(account).capabilities
    posts = Post.objects.bulk_create(
        Post(
            text=f"{text} {index}",
            article_id=article_id,
            article_key=article_id,
            live=True,
            topics=list(topics),
            news_class="evergreen",
        )
        for index in range(number)
    )
    rows = Delivery.objects.bulk_create(_delivery(post, account, at(i), capabilities) for i, post in enumerate(posts))
    Part.objects.bulk_create(Part(delivery=row) for row in rows)
    return rows


def _delivery(post: Post, account: Account, slot: datetime, capabilities: Any) -> Delivery:
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
    )
