"""What travels through the steps of storing: where a batch was read, each thing in it, and what became of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wagtail.models import AbstractPage

from smeditor.listening.identity import Key, TextFingerprint, keys_of, message_key, scope_of, text_fingerprint
from smeditor.models import Account, Reaction, Source
from smeditor.networks.base import InboundItem, Kind
from smeditor.networks.kinds import WITHOUT_TEXT

logger = logging.getLogger("smeditor.listening")

UNREADABLE = "unreadable"
"""Why a thing was left out that is not what its network promises: the others are kept all the same."""
WEB = "web"
"""The network of what is read from feeds and pages."""
FORM = "form"
"""The network of what comes through the newspaper's own form."""


@dataclass(frozen=True)
class Origin:
    """Where a batch was read.

    ``article``: the page or feed as a whole is about this one. ``attached_only``: what leads to no article is not kept
    (a blog's feed is full of other subjects).
    """

    network: str
    account: Account | None = None
    source: Source | None = None
    article: AbstractPage | None = None
    attached_only: bool = False

    @property
    def scope(self) -> str:
        """Within what the ids of this origin are unique: the network, and the server where ids are a server's own."""
        return scope_of(self.network, self.account.server_url if self.account else "")


@dataclass
class Item:
    """One thing that was seen, with its identities."""

    inbound: InboundItem
    keys: list[Key]
    fingerprint: TextFingerprint | None
    parent_key: str = ""

    @classmethod
    def of(cls, inbound: InboundItem, origin: Origin) -> Item:
        """Return ``inbound`` with the identities that it has where it was read."""
        parent = message_key(inbound.in_reply_to, origin.scope).key if inbound.in_reply_to else ""
        return cls(inbound, keys_of(inbound, origin.scope), text_fingerprint(inbound, origin.network), parent)


@dataclass
class Stored:
    """What became of a batch. ``left_out`` counts by reason what was not kept; ``answers`` are our own replies."""

    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    answers: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, other: Stored) -> None:
        """Add what became of another batch of the same source."""
        self.created += other.created
        self.updated += other.updated
        self.answers += other.answers
        self.left_out += other.left_out


def admissible(inbound: Sequence[InboundItem], origin: Origin, now: datetime, left_out: Counter[str]) -> list[Item]:
    """The items that may be kept: public, with something to say. A poll's vote arrives as a reply without a word."""
    kept = []
    for item in inbound:
        if not item.public:
            left_out["not public"] += 1
        elif not item.native_id or not item.author.remote_id:
            left_out["nameless"] += 1
        elif item.kind not in WITHOUT_TEXT and not item.text.strip() and not item.has_media:
            left_out["empty"] += 1
        else:
            try:
                kept.append(Item.of(item, origin))
            except Exception as error:
                logger.error("one reaction of %s cannot be read: %s", origin.network, type(error).__qualname__)
                left_out[UNREADABLE] += 1
    return kept


KIND_RANK = {
    kind.value: rank
    for rank, kind in enumerate(
        (
            Kind.FORM,
            Kind.REPLY,
            Kind.QUOTE,
            Kind.COMMENT,
            Kind.MENTION,
            Kind.WEBMENTION,
            Kind.FEED,
            Kind.LIKE,
            Kind.REPOST,
        )
    )
}
"""Which kind names a reaction that was seen as several: a reply that was also announced as a mention is a reply."""


def rank_of_item(item: Item, origin: Origin) -> tuple[int, datetime, str, str]:
    """What to compare sightings of one reaction by; the least gives it its network, kind and address."""
    inbound = item.inbound
    return KIND_RANK[inbound.kind.value], inbound.published_at, origin.network, inbound.native_id


def rank_of_row(row: Reaction) -> tuple[int, datetime, str, str]:
    """The same order over stored rows: the least of all sightings gives a reaction its face, whatever came first."""
    return KIND_RANK[row.kind], row.published_at, row.network, row.native_id
