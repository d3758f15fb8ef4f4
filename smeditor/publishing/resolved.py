"""What a post says on one account: each field as it will be sent, and whether it is that account's own.

The only place that decides between a post and what differs on an account. Payload, counters, checks and previews ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist

from smeditor.articles import article_adapter
from smeditor.models import Account, Post, PostMedia, Variant
from smeditor.networks.base import MediaKind, Poll
from smeditor.networks.polls import options_of
from smeditor.text.normal import normalise_text, split_thread
from smeditor.text.typed_links import swap_links

T = TypeVar("T")


@dataclass(frozen=True)
class Value(Generic[T]):
    """One field of a post on an account. ``own``: it is that account's; else it is as in the post."""

    value: T
    own: bool = False


@dataclass(frozen=True)
class Piece:
    """One image or video as an account shows it. ``part``: the place of its message in the thread, from 0.

    ``file``: the host's image or document, None where it was deleted. ``alt`` and ``credit`` are the image's own where the
    post has none. ``crop``: width by height around the focal point, or None. ``captions``: the document with a video's
    subtitles, or None.
    """

    kind: MediaKind
    file: Any | None
    alt: str = ""
    credit: str = ""
    crop: float | None = None
    part: int = 0
    captions: Any | None = None


@dataclass(frozen=True)
class Resolved:
    """What a post says on one account. ``quotes``, the earlier post that it quotes, is the same on every account.

    So is ``poll``, but for an account that goes without.
    """

    text: Value[str]
    link: Value[str]
    with_card: Value[bool]
    content_warning: Value[str]
    language: Value[str]
    first_comment: Value[str]
    reply_control: Value[str]
    media: Value[tuple[Piece, ...]]
    send_at: Value[datetime | None]
    quotes: Post | None = None
    poll: Poll | None = None

    @property
    def texts(self) -> list[str]:
        """The texts of its messages as they were typed: one, or those of a thread; none where nothing was typed."""
        return split_thread(self.text.value)

    def media_of(self, part: int) -> tuple[Piece, ...]:
        """The media of one message. What is meant for a message that the thread does not have goes with its last one."""
        last = max(len(self.texts) - 1, 0)
        return tuple(piece for piece in self.media.value if min(piece.part, last) == part)


def resolve(post: Post, account: Account) -> Resolved:
    """What ``post``, as it is in memory, says on ``account``."""
    variant = variant_for(post, account) or Variant(account=account)
    link = _chosen(variant.link, post.link)
    return Resolved(
        text=_text(post, variant, link),
        link=link,
        with_card=Value(post.with_card) if variant.with_card is None else Value(variant.with_card, own=True),
        content_warning=_chosen(variant.content_warning, post.content_warning),
        language=_chosen(variant.language, post.language or account.language),
        first_comment=_chosen(variant.first_comment, post.first_comment),
        reply_control=_chosen(variant.reply_control, post.reply_control),
        media=_media(post, account, without=variant.without_media),
        send_at=_send_at(post, variant),
        quotes=post.quotes,
        poll=None if variant.without_poll else poll_of(post),
    )


def poll_of(post: Post) -> Poll | None:
    """The poll beneath the post's first message; None where no option was typed."""
    options = options_of(post.poll_options)
    return Poll(options, int(post.poll_minutes), post.poll_multiple) if options else None


def variant_for(post: Post, account: Account) -> Variant | None:
    """What the post says differently for this account, or None."""
    return next((variant for variant in post.variants.all() if variant.account_id == account.pk), None)


def send_at_for(post: Post, account: Account) -> datetime | None:
    """When the post is to go out on this account; None: in its next free slot."""
    return _send_at(post, variant_for(post, account)).value


def own_alt(image: Any) -> str:
    """The alt text that an image of the host brings along; a title, which is mostly its file's name, is none."""
    alt = normalise_text(str(getattr(image, "default_alt_text", "") or "")).strip()
    return "" if alt == image.title and not getattr(image, "description", "") else alt


def own_credit(image: Any) -> str:
    """Who made an image of the host, as its site says it; empty where it does not."""
    credit_of = getattr(article_adapter(), "image_credit", None)
    return normalise_text(str(credit_of(image) or "")).strip() if credit_of else ""


def _chosen(own: str, common: str) -> Value[str]:
    return Value(own, own=True) if own and own.strip() else Value(common or "")


def _send_at(post: Post, variant: Variant | None) -> Value[datetime | None]:
    return Value(variant.send_at, own=True) if variant and variant.send_at else Value(post.send_at)


def _text(post: Post, variant: Variant, link: Value[str]) -> Value[str]:
    """The text. The common one leads to the account's own link where it has one."""
    chosen = _chosen(variant.text, post.text)
    if link.own and not chosen.own:
        return Value(swap_links(chosen.value, post.link, link.value))
    return chosen


def _media(post: Post, account: Account, *, without: bool) -> Value[tuple[Piece, ...]]:
    if without:
        return Value((), own=True)
    rows: Iterable[PostMedia] = post.media.select_related("image", "video", "captions")
    chosen = sorted(rows, key=lambda row: (row.part, row.sort_order or 0))
    own = tuple(_piece(row) for row in chosen if row.account_id == account.pk)
    return Value(own, own=True) if own else Value(tuple(_piece(row) for row in chosen if row.account_id is None))


def _piece(row: PostMedia) -> Piece:
    kind = MediaKind.VIDEO if row.video_id and not row.image_id else MediaKind.IMAGE
    file = _existing(row, "video" if kind is MediaKind.VIDEO else "image")
    alt, credit = normalise_text(row.alt).strip(), normalise_text(row.credit).strip()
    if kind is MediaKind.IMAGE and file is not None:
        alt, credit = alt or own_alt(file), credit or own_credit(file)
    captions = _existing(row, "captions") if kind is MediaKind.VIDEO else None
    return Piece(kind, file, alt, credit, _ratio(row.crop), row.part, captions)


def _existing(row: PostMedia, name: str) -> Any | None:
    """The file that a row names, as the database has it; None where it was deleted meanwhile."""
    if getattr(row, f"{name}_id") is None:
        return None
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None


def _ratio(crop: str) -> float | None:
    return PostMedia.Crop(crop).ratio if crop in PostMedia.Crop.values else None
