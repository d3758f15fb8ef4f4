"""The grouper's memory: the index of one process, in step with the table."""

from __future__ import annotations

import threading

from django.db.models import Max

from smeditor import conf
from smeditor.insight.grouping import DEFAULT_THRESHOLD, Grouper
from smeditor.models import Concern, ConcernLink, ConcernMember, Reaction

REPLAYED = 50_000
"""Reactions that a cold start reads back; older concerns are found again through their newest members."""

_local = threading.local()


class Memory:
    """A :class:`Grouper` whose groups are tied to rows of :class:`Concern`."""

    def __init__(self, epoch: tuple) -> None:
        self.epoch = epoch
        self.grouper = Grouper(conf.get("GROUPING_THRESHOLD") or DEFAULT_THRESHOLD)
        self.concern_of: dict[int, int] = {}
        self.last = 0

    def replay(self) -> None:
        """Read back what was grouped before, in the same order."""
        newest = (
            Reaction.objects.filter(grouped_at__isnull=False, words__isnull=False, concern_member__isnull=False)
            .select_related("words", "concern_member")
            .order_by("-pk")[:REPLAYED]
        )
        for reaction in sorted(newest, key=lambda row: row.pk):
            group = self._add(reaction)
            if group is not None:
                self.concern_of.setdefault(group, reaction.concern_member.concern_id)
        self.last = _last_grouped()

    def _add(self, reaction: Reaction) -> int | None:
        text = reaction.words.text
        return self.grouper.add(text, reaction.language or None, reaction.published_at, key=reaction.pk).concern_id

    def place(self, reaction: Reaction) -> ConcernMember | None:
        """Put a reaction into its concern, founding one where none is near; None when it says nothing."""
        text = reaction.words.text
        found = self.grouper.add(text, reaction.language or None, reaction.published_at, key=reaction.pk)
        if found.concern_id is None:
            return None
        concern_id = self.concern_of.get(found.concern_id)
        if concern_id is None:
            concern_id = Concern.objects.create(language=reaction.language, because={"terms": list(found.because)}).pk
            self.concern_of[found.concern_id] = concern_id
        return ConcernMember(
            concern_id=concern_id, reaction=reaction, similarity=found.similarity, because=list(found.because)
        )

    def grouped_up_to(self, pk: int) -> None:
        self.last = max(self.last, pk)


def _last_grouped() -> int:
    return Reaction.objects.filter(grouped_at__isnull=False).aggregate(last=Max("pk"))["last"] or 0


def _epoch() -> tuple:
    """Changes whenever an editor's word, or a deletion, makes a memory stale."""
    links = ConcernLink.objects.aggregate(last=Max("pk"), undone=Max("undone_at"))
    moved = ConcernMember.objects.filter(by=ConcernMember.By.EDITOR).aggregate(last=Max("pk"))
    merged = Concern.objects.filter(merged_into__isnull=False).count()
    return (links["last"], links["undone"], moved["last"], merged, conf.get("GROUPING_THRESHOLD"))


def current() -> Memory:
    """The memory of this thread, rebuilt when it is cold, stale, or another process grouped meanwhile."""
    memory: Memory | None = getattr(_local, "memory", None)
    epoch = _epoch()
    if memory is None or memory.epoch != epoch or memory.last != _last_grouped():
        memory = Memory(epoch)
        memory.replay()
        _local.memory = memory
    return memory


def forget() -> None:
    """Drop this thread's memory."""
    _local.memory = None
