"""What the fault harness's desk wants to have sent: posts with and without a link, with an image, threads, and first comments.

Every message carries a mark that no other has, by which readers' copies are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Collection

from newsroom.articles.models.images import ImageRights
from smeditor.accounts import clients
from smeditor.models import Account, Delivery, Post, PostMedia
from smeditor.networks.base import Capabilities
from tests.approved import write_deliveries

MARK = re.compile(r"\[(\w+(?:\.\w+)+)\]")
THREAD_EVERY, IMAGE_EVERY, LINK_EVERY, COMMENT_EVERY = 5, 7, 2, 3


def make_image() -> Any:
    """Store a small picture that may leave the site, and return it as the site's own image model."""
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    file = BytesIO()
    Picture.new("RGB", (64, 48), "teal").save(file, "PNG")
    return get_image_model().objects.create(
        title="A tram", file=ContentFile(file.getvalue(), "tram.png"), width=64, height=48, rights=ImageRights.OWN
    )


def order(account: Account, batch: int, number: int, now: datetime, image: Any) -> list[Delivery]:
    """Write ``number`` approved posts with one due delivery each, to be sent at ``now`` (aware)."""
    able = clients.network_class(account).capabilities
    name = account.handle.partition(".")[0]
    posts = Post.objects.bulk_create(_post(f"{name}.{batch}.{index}", index, image, able) for index in range(number))
    return write_deliveries(account, posts, lambda place: now, approved_at=now)


def _post(mark: str, index: int, image: Any, able: Capabilities) -> Post:
    link = f"https://paper.example/{mark}" if index % LINK_EVERY else ""
    length = 3 if able.thread and index % THREAD_EVERY == 4 else 1
    texts = [f"News [{mark}.{place}]" for place in range(length)]
    texts[0] += f" {link}" if link else ""
    with_image = able.needs_media or index % IMAGE_EVERY == 3
    return Post(
        text="\n---\n".join(texts),
        link=link,
        with_card=False,
        first_comment=f"More [{mark}.c]" if able.first_comment and index % COMMENT_EVERY == 2 else "",
        media=[PostMedia(image=image, alt="A tram")] if with_image else [],
        live=True,
        news_class="evergreen",
    )


def marks(texts: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """The mark of every text with the addresses under which it stands."""
    for text, uris in texts.items():
        found = MARK.search(text)
        if found:
            yield found[1], uris
