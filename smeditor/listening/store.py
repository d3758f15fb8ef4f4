"""Storing what was seen: once, whatever the route, the order and the number of times it comes.

public? -> ours? -> known? -> deleted? -> whose? -> about which article? -> which thread? -> stored.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from smeditor.listening import erase, threads
from smeditor.listening.attach import RANK, Finder, Found
from smeditor.listening.batch import UNREADABLE, WEB, Item, Origin, Stored, admissible, rank_of_item, rank_of_row
from smeditor.listening.content import address, new_content, tidy, write
from smeditor.listening.merge import Group, group_items, merge_groups
from smeditor.listening.own import OwnAccounts, OwnPart, named_ids, own_parts, split
from smeditor.listening.readers import is_unnamed, recognise
from smeditor.models import (
    AttachedBy,
    Reaction,
    ReactionFingerprint,
    ReactionKey,
    ReactionText,
    Reader,
    Tombstone,
    full_text,
)
from smeditor.models.bulk import insert_rows, update_rows
from smeditor.networks.base import InboundItem, Presence
from smeditor.networks.kinds import WITHOUT_TEXT

logger = logging.getLogger("smeditor.listening")

BATCH = 200
TRIES = 3
"""Two workers that meet the same reaction at once collide on its key; the second one starts again and finds it."""
FIRST_CHECK = timedelta(hours=1)
GONE = {Presence.DELETED.value, Presence.PROTECTED.value}

FIELDS = [
    "network", "kind", "native_id", "cid", "url", "permalink", "account", "source", "reader", "language", "has_media",
    "visibility", "reaction_type", "published_at", "edited_at", "presence", "missing_since", "article", "attached_by", "proposed_article",
    "delivery",
    "parent", "parent_key", "conversation", "queue", "queue_reason", "triaged_at", "embedded_at", "compared_at",
    "next_check_at",
]  # fmt: skip


def store(inbound: Sequence[InboundItem], origin: Origin, now: datetime, finder: Finder | None = None) -> Stored:
    """Store a batch as it was read at ``origin``; safe to repeat, in any order. ``now`` is aware.

    Everything of up to 200 reactions is stored in one transaction, inside the caller's if there is one.
    """
    result = Stored()
    finder = finder or Finder()
    items = admissible(inbound, origin, now, result.left_out)
    for start in range(0, len(items), BATCH):
        result.add(_store_at_once(items[start : start + BATCH], origin, now, finder))
    return result


def _store_at_once(items: list[Item], origin: Origin, now: datetime, finder: Finder) -> Stored:
    """Store ``items`` in one transaction.

    Where one of them cannot be stored, the others are, without it: what a server sends may not stop its source.
    """
    try:
        return _tried(items, origin, now, finder)
    except (OperationalError, InterfaceError):
        raise  # the database's own trouble, not the items'
    except Exception as error:
        if len(items) == 1:
            # The cause by its class only: a message may quote what a reader wrote.
            logger.error("one reaction of %s could not be stored: %s", origin.network, type(error).__qualname__)
            return Stored(left_out=Counter({UNREADABLE: 1}))
    result, half = Stored(), len(items) // 2
    for part in (items[:half], items[half:]):
        result.add(_store_at_once(part, origin, now, finder))
    return result


def _tried(items: list[Item], origin: Origin, now: datetime, finder: Finder) -> Stored:
    for trial in range(TRIES):
        try:
            with transaction.atomic():
                return Storing(origin, now, finder).run(items)
        except IntegrityError:
            if trial == TRIES - 1:
                raise
    raise AssertionError("unreachable")


class Storing:
    """One batch in one transaction."""

    def __init__(self, origin: Origin, now: datetime, finder: Finder) -> None:
        self.origin = origin
        self.now = now
        self.finder = finder
        self.result = Stored()
        self.fresh: list[Reaction] = []
        self.changed: dict[int, Reaction] = {}
        self.rewritten = False
        """Whether a text was replaced by another."""
        self.contents: list[ReactionText] = []
        self.went_on: list[tuple[Reaction, int]] = []
        self.readers: dict[str, Reader] = {}
        self.merged: set[int] = set()

    def run(self, items: list[Item]) -> Stored:
        """Store the items inside the caller's transaction, and return what became of them."""
        own_accounts = OwnAccounts()
        parts = own_parts({name for item in items for name in named_ids(item)}, self.origin)
        by_readers, ours = split(items, self.origin, own_accounts, parts.keys())
        self.result.left_out["ours"] += len(ours)
        groups = self._living(group_items(by_readers, self.origin))
        self.merged = set(merge_groups(groups))
        found = self._found(groups, parts)
        groups = [group for group in groups if self._wanted(group, found[id(group)])]
        canonical = [(group, min(group.items, key=self._rank).inbound) for group in groups]
        authors = [inbound.author for group, inbound in canonical if not (group.rows and is_unnamed(inbound))]
        self.readers, withdrawn = recognise(authors, self.origin.network, own_accounts)
        stored = [(self._row(group, found[id(group)]), group) for group in groups]
        rows = [row for row, _group in stored if not erase.is_hidden(row)]
        keys = {key: row for row, group in stored for key in group.keys}
        went_on = {id(row): talk for row, talk in self.went_on}
        placement = threads.Placement(rows, keys, went_on, ours, self.origin)
        self._save(stored)
        self.result.answers = placement.finish()
        for reader in withdrawn:
            erase.withdraw(reader)
        self.result.created = [row.pk for row in self.fresh]
        self.result.updated = [row.pk for row in self.changed.values()]
        return self.result

    def _rank(self, item: Item) -> tuple:
        return rank_of_item(item, self.origin)

    def _living(self, groups: list[Group]) -> list[Group]:
        """Drop what its author deleted, and remember its further identities, under which it may come again."""
        dead = [group for group in groups if group.dead]
        self.result.left_out["deleted by its author"] += len(dead)
        stones = {key: kind for group in dead for key, kind in group.keys.items()}
        Tombstone.objects.bulk_create(
            [Tombstone(key=key, kind=kind) for key, kind in stones.items()], ignore_conflicts=True
        )
        return [group for group in groups if not group.dead]

    def _found(self, groups: list[Group], parts: dict[str, OwnPart]) -> dict[int, Found]:
        items = [item for group in groups for item in group.items]
        answers = iter(self.finder.find(items, self.origin, parts, self.now))
        return {
            id(group): min((next(answers) for _item in group.items), key=lambda found: found.rank) for group in groups
        }

    def _wanted(self, group: Group, found: Found) -> bool:
        if group.rows or not self.origin.attached_only or found.article_id or found.proposed_id:
            return True
        self.result.left_out["about no article"] += 1
        return False

    # one row

    def _row(self, group: Group, found: Found) -> Reaction:
        canonical = min(group.items, key=self._rank)
        versions = [item for item in group.items if item.inbound.native_id == canonical.inbound.native_id]
        newest = max(enumerate(versions), key=lambda pair: (_version(pair[1].inbound), pair[0]))[1]
        if not group.rows:
            return self._new(canonical, newest, found)
        row = group.rows[0]
        if row.pk in self.merged:
            self.changed[row.pk] = row
        if not erase.is_hidden(row):
            self._update(row, canonical, newest, found)
        return row

    def _new(self, canonical: Item, newest: Item, found: Found) -> Reaction:
        row = Reaction(next_check_at=self.now + FIRST_CHECK)
        self._set_canonical(row, canonical, newest)
        _attach(row, found)
        content = None
        if row.reader and row.reader.opted_out:
            erase.hide(row)
        else:
            if found.conversation_id:
                self.went_on.append((row, found.conversation_id))
            content = new_content(row, newest.inbound, self.now)
        if content:
            self.contents.append(content)
        else:
            # Nothing in it is ever labelled, grouped or read: it must not lie for ever among what waits for that.
            row.triaged_at = row.grouped_at = row.embedded_at = row.compared_at = self.now
        self.fresh.append(row)
        return row

    def _update(self, row: Reaction, canonical: Item, newest: Item, found: Found) -> None:
        watched = ("article_id", "attached_by", "presence", "missing_since", "reaction_type")
        before = {name: getattr(row, name) for name in watched}
        if _attach(row, found) and found.conversation_id:
            self.went_on.append((row, found.conversation_id))
        row.missing_since = None
        if row.presence in GONE and row.kind in WITHOUT_TEXT:
            row.presence, row.next_check_at = Presence.ALIVE.value, self.now + FIRST_CHECK  # given, taken back, given
        if self._rank(canonical) < rank_of_row(row):
            self._set_canonical(row, canonical, newest)
            self._rewrite(row, newest.inbound)
        elif (row.network, row.native_id) == (self.origin.network, newest.inbound.native_id):
            _follow_hiding(row, newest.inbound)
            self._follow_edit(row, newest)
        if any(getattr(row, name) != value for name, value in before.items()):
            self.changed[row.pk] = row

    def _follow_edit(self, row: Reaction, newest: Item) -> None:
        inbound = newest.inbound
        if newest.parent_key and not row.parent_key:
            row.parent_key = newest.parent_key
            self.changed[row.pk] = row
        if self._is_older(row, inbound) or not hasattr(row, "content") or row.content.text == tidy(inbound.text):
            return
        row.edited_at = inbound.edited_at or self.now
        row.presence = Presence.EDITED.value
        row.cid = tidy(inbound.cid, 200)
        self._rewrite(row, inbound)

    def _is_older(self, row: Reaction, inbound: InboundItem) -> bool:
        """Whether ``inbound`` is an earlier version than the stored one, which another route still told.

        A feed or page has one route, and few of them date an edit: what it says now is what it says.
        """
        if self.origin.source and self.origin.network == WEB:
            return row.source_id != self.origin.source.pk
        return row.edited_at is not None and (inbound.edited_at is None or inbound.edited_at <= row.edited_at)

    def _rewrite(self, row: Reaction, inbound: InboundItem) -> None:
        """Replace the text of a stored reaction. What an editor was told about the old one is worked out anew."""
        self.changed[row.pk] = row
        content = ReactionText.objects.filter(reaction=row).first()
        if content is None:
            return  # erased when their time was over: they do not come back
        if content.text != tidy(inbound.text):
            erase.scrub_edited(row, content.text, tidy(inbound.text))
            row.triaged_at = row.embedded_at = row.compared_at = None
            self.rewritten = True
        write(content, inbound)
        content.save()
        erase.forget_meaning([row])

    def _set_canonical(self, row: Reaction, canonical: Item, newest: Item) -> None:
        inbound = canonical.inbound
        row.network = self.origin.network
        row.kind = inbound.kind.value
        row.native_id = tidy(inbound.native_id, 500)
        row.cid = tidy(newest.inbound.cid, 200)
        row.url = address(inbound.url)
        row.permalink = address(inbound.own_address)
        row.account = self.origin.account
        row.source = self.origin.source
        row.reader = self.readers.get(inbound.author.remote_id) or row.reader
        row.language = tidy(inbound.language, 12)
        row.has_media = inbound.has_media
        row.visibility = tidy(inbound.visibility, 12)
        row.reaction_type = tidy(inbound.reaction_type, 20)
        row.published_at = min(inbound.published_at, self.now)
        row.edited_at = newest.inbound.edited_at
        there = Presence.EDITED if row.edited_at else Presence.ALIVE
        row.presence = (Presence.HIDDEN if inbound.hidden else there).value
        row.parent_key = canonical.parent_key

    # saving

    def _save(self, stored: list[tuple[Reaction, Group]]) -> None:
        Reaction.objects.bulk_create(self.fresh)
        ReactionText.objects.bulk_create(self.contents)
        update_rows(self.changed.values(), FIELDS)
        insert_rows(
            ReactionKey,
            ("reaction", "key", "kind"),
            [(row.pk, key, kind) for row, group in stored for key, kind in self._new_keys(group)],
        )
        insert_rows(
            ReactionFingerprint,
            ("reaction", "author", "network", "simhash", "at"),
            [
                (row.pk, mark.author, mark.network, mark.simhash, mark.at)
                for row, group in stored
                for item in group.items
                if (mark := item.fingerprint) and not erase.is_hidden(row)
            ],
            ignore_conflicts=True,
        )
        if self.rewritten:
            full_text.forget(connection)

    def _new_keys(self, group: Group) -> list[tuple[str, str]]:
        return [(key, kind) for key, kind in group.keys.items() if key not in group.stored]


def _follow_hiding(row: Reaction, inbound: InboundItem) -> None:
    """Note that the account has hidden it, or shows it again, and of a like that its kind was changed."""
    if row.kind in WITHOUT_TEXT:
        row.reaction_type = tidy(inbound.reaction_type, 20)
    if inbound.hidden:
        row.presence = Presence.HIDDEN.value
    elif row.presence == Presence.HIDDEN:
        row.presence = (Presence.EDITED if row.edited_at else Presence.ALIVE).value


def _version(inbound: InboundItem) -> datetime:
    return inbound.edited_at or inbound.published_at


def _attach(row: Reaction, found: Found) -> bool:
    """Attach ``row`` to what was found if that is a better reason than the one it has."""
    if found.article_id is None:
        if row.article_id is None and row.pk is None:
            row.proposed_article_id = found.proposed_id
            row.delivery_id = found.delivery_id
            _lay_aside(row)
        return True
    if row.article_id is not None and (RANK[row.attached_by], row.article_id) <= found.rank:
        return False
    row.article_id, row.attached_by, row.delivery_id = found.article_id, found.by.value, found.delivery_id
    row.proposed_article_id = None
    threads.bring_in(row)
    return True


def _lay_aside(row: Reaction) -> None:
    row.queue = Reaction.Queue.UNATTACHED
    row.queue_reason = (
        _("It names the title of an article. Is it about this one?")
        if row.proposed_article_id
        else str(AttachedBy.NONE.label)
    )
