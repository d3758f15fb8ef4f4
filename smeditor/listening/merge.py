"""Which of the things seen are the same reaction, among themselves and with what is stored.

Two things are one when they share an identity, or when a bridge carried the same words to another network within ten
minutes. The relation is closed over all sightings ever stored, so that neither order nor repetition changes the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from smeditor.listening.attach import RANK
from smeditor.listening.batch import Item, Origin, rank_of_row
from smeditor.listening.identity import FINGERPRINT_WINDOW, TextFingerprint, is_same_text
from smeditor.listening.talks import merge_conversations
from smeditor.listening.threads import bring_in
from smeditor.models import (
    ConcernLink,
    ConcernMember,
    CorrectionRequest,
    Post,
    Reaction,
    ReactionFingerprint,
    ReactionKey,
    ReactionLabel,
    ReactionText,
    ReceivedMention,
    Tombstone,
)

WITH = ("content", "reader", "conversation", "parent__conversation")
"""What the steps after this one ask of a row that is stored."""


@dataclass
class Group:
    """All sightings of one reaction in a batch, with the rows that hold it already. ``dead``: its author deleted it."""

    items: list[Item] = field(default_factory=list)
    rows: list[Reaction] = field(default_factory=list)
    dead: bool = False
    stored: set[str] = field(default_factory=set)
    """Which of its keys have a row already."""

    @property
    def keys(self) -> dict[str, str]:
        """The kinds of all identities of the group's items, by key."""
        return {key.key: key.kind for item in self.items for key in item.keys}


class Unions:
    """Union-find over anything hashable."""

    def __init__(self) -> None:
        self.parent: dict[object, object] = {}

    def root(self, node: object) -> object:
        """The representative of the set that ``node`` belongs to; a node that is new stands for itself."""
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, node: object, other: object) -> None:
        """Make one set of the two that ``node`` and ``other`` belong to."""
        self.parent[self.root(node)] = self.root(other)


def group_items(items: Sequence[Item], origin: Origin) -> list[Group]:
    """Sort ``items`` into groups, in the order of their first item. Five queries, whatever their number."""
    hashes = {key.key for item in items for key in item.keys}
    stored = dict(ReactionKey.objects.filter(key__in=hashes).values_list("key", "reaction_id"))
    tombstones = set(Tombstone.objects.filter(key__in=hashes).values_list("key", flat=True))
    unions = Unions()
    for place, item in enumerate(items):
        for key in item.keys:
            unions.join(("item", place), ("key", key.key))
            if key.key in stored:
                unions.join(("key", key.key), ("row", stored[key.key]))
    for place, reaction_id in _fingerprints(items, origin):
        unions.join(("item", place), ("row", reaction_id))
    groups = _gather(items, unions, set(stored.values()), tombstones)
    for group in groups:
        group.stored = group.keys.keys() & stored.keys()
    return groups


def _gather(items: Sequence[Item], unions: Unions, row_ids: set[int], tombstones: set[str]) -> list[Group]:
    groups: dict[object, Group] = {}
    for place, item in enumerate(items):
        group = groups.setdefault(unions.root(("item", place)), Group())
        group.items.append(item)
        group.dead = group.dead or any(key.key in tombstones for key in item.keys)
    wanted = row_ids | {node[1] for node in unions.parent if isinstance(node, tuple) and node[0] == "row"}
    for row in Reaction.objects.filter(pk__in=wanted).select_related(*WITH).order_by("pk"):
        root = unions.root(("row", row.pk))
        if root in groups:
            groups[root].rows.append(row)
    return list(groups.values())


def _fingerprints(items: Sequence[Item], origin: Origin) -> list[tuple[int, int]]:
    """Pairs of (place of an item, id of a row) that say the same words on different networks."""
    speaking = [(place, item.fingerprint) for place, item in enumerate(items) if item.fingerprint]
    if not speaking:
        return []
    times = [fingerprint.at for _place, fingerprint in speaking]
    nearby: QuerySet[ReactionFingerprint] = ReactionFingerprint.objects.filter(
        author__in={fingerprint.author for _place, fingerprint in speaking},
        at__range=(min(times) - FINGERPRINT_WINDOW, max(times) + FINGERPRINT_WINDOW),
    ).exclude(network=origin.network)
    by_author: dict[str, list[ReactionFingerprint]] = {}
    for heard in nearby:
        by_author.setdefault(heard.author, []).append(heard)
    return [
        (place, heard.reaction_id)
        for place, fingerprint in speaking
        for heard in by_author.get(fingerprint.author, ())
        if is_same_text(fingerprint, TextFingerprint(heard.author, heard.network, heard.simhash, heard.at))
    ]


CANONICAL_FIELDS = (
    "network", "kind", "native_id", "cid", "url", "permalink", "account", "source", "reader", "language", "has_media",
    "visibility", "published_at", "edited_at", "parent_key",
)  # fmt: skip
"""What of a row comes from one sighting as a whole, never mixed."""


def merge_groups(groups: Sequence[Group]) -> list[int]:
    """Make one row of the rows of each group, and return the ids of those that took others in."""
    several = [group for group in groups if len(group.rows) > 1]
    for group in several:
        for other in group.rows[1:]:
            # Each merge may move what another row hangs on: nothing that was read before it is still true.
            merge_reactions(Reaction.objects.get(pk=group.rows[0].pk), Reaction.objects.get(pk=other.pk))
    if several:
        kept = [group.rows[0].pk for group in groups if group.rows]
        fresh = Reaction.objects.select_related(*WITH).in_bulk(kept)
        for group in groups:
            group.rows = [fresh[group.rows[0].pk]] if group.rows else []
    return [group.rows[0].pk for group in several]


def merge_reactions(kept: Reaction, other: Reaction) -> None:
    """Make one row of two that turned out to be one reaction; everything that hangs on ``other`` goes to ``kept``.

    ``kept`` takes the face of ``other`` when that is the better one. Both conversations become one.
    """
    takes_canonical = rank_of_row(other) < rank_of_row(kept)
    if takes_canonical:
        for name in CANONICAL_FIELDS:
            setattr(kept, name, getattr(other, name))
        kept.parent = None
    if kept.parent_id == other.pk:
        kept.parent = None
    if other.article_id and (kept.article_id is None or _reason(other) < _reason(kept)):
        kept.article_id, kept.attached_by, kept.delivery_id = other.article_id, other.attached_by, other.delivery_id
        bring_in(kept)
    if kept.conversation is None:
        kept.conversation_id = other.conversation_id
    elif other.conversation_id and other.conversation_id != kept.conversation_id:
        merge_conversations(other.conversation_id, kept.conversation)
    _take_over_hold(kept, other)
    _move_fingerprints(kept, other)
    _move_content(kept, other, takes_canonical)
    ReactionKey.objects.filter(reaction=other).update(reaction=kept)
    Reaction.objects.filter(parent=other).update(parent=kept)
    ReceivedMention.objects.filter(reaction=other).update(reaction=kept)
    Post.objects.filter(in_reply_to=other).update(in_reply_to=kept)
    labelled = ReactionLabel.objects.filter(reaction=kept).values_list("label", flat=True)
    ReactionLabel.objects.filter(reaction=other).exclude(label__in=list(labelled)).update(reaction=kept)
    ConcernLink.objects.filter(first=other).update(first=kept)
    ConcernLink.objects.filter(second=other).update(second=kept)
    for model in (ConcernMember, CorrectionRequest):
        if not model.objects.filter(reaction=kept).exists():
            model.objects.filter(reaction=other).update(reaction=kept)
    Reaction.objects.filter(pk=other.pk).delete()
    kept.save()


def _reason(row: Reaction) -> tuple[int, int]:
    return RANK[row.attached_by], row.article_id or 0


def _take_over_hold(kept: Reaction, other: Reaction) -> None:
    """Of two legal holds the longer one stays."""
    if other.legal_hold_until and (kept.legal_hold_until is None or kept.legal_hold_until < other.legal_hold_until):
        kept.legal_hold_until, kept.legal_hold_reason = other.legal_hold_until, other.legal_hold_reason
        kept.legal_hold_by_id = other.legal_hold_by_id


def _move_fingerprints(kept: Reaction, other: Reaction) -> None:
    there = {
        (fingerprint.author, fingerprint.network, fingerprint.simhash, fingerprint.at)
        for fingerprint in kept.fingerprints.all()
    }
    moving = [
        fingerprint.pk
        for fingerprint in other.fingerprints.all()
        if (fingerprint.author, fingerprint.network, fingerprint.simhash, fingerprint.at) not in there
    ]
    ReactionFingerprint.objects.filter(pk__in=moving).update(reaction=kept)


def _move_content(kept: Reaction, other: Reaction, takes_canonical: bool) -> None:
    if takes_canonical:
        ReactionText.objects.filter(reaction=kept).delete()
    if not ReactionText.objects.filter(reaction=kept).exists():
        ReactionText.objects.filter(reaction=other).update(reaction=kept)
    kept._state.fields_cache.pop("content", None)
