"""Many approved, due deliveries at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from smeditor.models import Account, Delivery, Post
from tests.approved import write_deliveries


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
    return write_deliveries(account, posts, at)
