"""The grouper's memory: the index of one process, in step with the table, bounded, and soon warm again after a restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, cast

from django.db.models import Max

from smeditor import conf
from smeditor.insight.clustering.grouping import DESK_THRESHOLD, WINDOW, Grouper
from smeditor.insight.clustering.placed_texts import LatestTexts, LinkConflict
from smeditor.insight.clustering.tokens import base_language
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import ArticleGrain, Concern, ConcernEdit, ConcernLink, ConcernMember, Reaction
from smeditor.text.addressing import without_addressees

READ_BACK = 2 * WINDOW
"""Newest members that a cold start reads: as many as two languages' second thoughts look at."""
RECALLED = 20_000
"""Concerns raised last, beyond those, that a cold start knows again by the terms that are stored with them."""
RECLUSTERED_EVERY = 200
"""New reactions after which the latest are looked at as a whole again: fewer are too few to see groups in."""
RECLUSTERED_SHARE = 8
"""Of a large window an eighth is new before it is looked at again, so that a text costs the same in any newsroom."""


class Placed(NamedTuple):
    """Where a reaction went: a group, how near it stood, and by which terms."""

    reaction: Reaction
    group: int
    similarity: float
    evidence: tuple[str, ...]


class _Member(NamedTuple):
    """What a cold start reads of a member."""

    reaction: int
    concern: int
    by: str
    similarity: float
    evidence: list[str]
    text: str
    language: str
    published_at: datetime

    @property
    def content(self) -> str:
        return without_addressees(self.text)


MEMBER = ("reaction", "concern", "by", "similarity", "evidence", "reaction__content__text", "reaction__language",
          "reaction__published_at")  # fmt: skip


class Memory:
    """A :class:``Grouper`` whose groups are rows of :class:``Concern``."""

    def __init__(self, epoch: tuple) -> None:
        self.epoch = epoch
        self.grouper = Grouper(conf.get("GROUPING_THRESHOLD") or DESK_THRESHOLD, lean=True)
        self.article_grains: dict[int, int] = {}
        """Article → how alike what is raised under it is to be, where an editor wants it other than usual."""
        self.row_of: dict[int, int] = {}
        """Group → id of its concern. A group that was read back has its concern's id."""
        self.last = 0
        """Id of the newest member that is known here."""
        self.bridged_at: datetime | None = None
        """When proposals across languages were looked for last."""
        self._fresh: Counter[str] = Counter()
        """New texts of each language since its latest were looked at as a whole."""
        self._placed = 0
        self._due: list[str] = []
        self._window: LatestTexts | None = None
        self._changes: dict[int, int] = {}

    # after a restart

    def rerun(self) -> None:
        """Read back what was grouped before, in the same order, where it stands in the table now."""
        self.last = _newest_member()
        self.grouper.grains.update(Concern.objects.exclude(grain=0).values_list("pk", "grain"))
        self.article_grains = dict(ArticleGrain.objects.values_list("article", "grain"))
        newest = (
            ConcernMember.objects.filter(reaction__content__isnull=False)
            .exclude(kept_only_by_hold(to="reaction__"))
            .order_by("-reaction")
        )
        members = [_Member(*row) for row in newest.values_list(*MEMBER)[:READ_BACK]][::-1]
        self._recall(Counter(member.concern for member in members))
        for member in members:
            self.row_of[member.concern] = member.concern
            self.grouper.restore(
                member.content,
                member.concern,
                member.language or None,
                member.published_at,
                key=member.reaction,
                pinned=member.by == ConcernMember.By.EDITOR or self._compared(member),
            )
        for link in ConcernLink.objects.filter(kind=ConcernLink.Kind.CANNOT, undone_at__isnull=True):
            self._keep_apart(link)

    def _recall(self, read: Mapping[int, int]) -> None:
        """Know again the concerns of which not all members are ``read`` (number by id), the one raised last at the end."""
        rows = Concern.objects.filter(merged_into__isnull=True, size__gt=1, last_at__isnull=False).order_by("-last_at")
        found = list(rows.values_list("pk", "language", "size", "last_at", "evidence")[:RECALLED])
        for pk, language, size, last_at, evidence in reversed(found):
            terms = dict(zip(evidence.get("terms", ()), evidence.get("texts", ()), strict=False))
            if terms and size > read.get(pk, 0):
                self.row_of[pk] = pk
                self.grouper.recall(pk, terms, size - read.get(pk, 0), language or None, last_at)

    def _compared(self, member: _Member) -> bool:
        """Whether comparing placed a member: no word speaks for it, and yet it stands nearer than a founder can."""
        return not member.evidence and member.similarity >= self.grouper.threshold

    def _keep_apart(self, link: ConcernLink) -> None:
        try:
            self.grouper.cannot_link(link.first_id, link.second_id)
        except (KeyError, LinkConflict):
            return  # one is erased or long past, or a later decision overruled this one: the table has the last word

    # what comes in

    def place(self, reaction: Reaction) -> Placed | None:
        """Put a reaction into its group, founding one where none is near; None when it says nothing."""
        language = reaction.language or None
        found = self.grouper.add(
            without_addressees(reaction.content.text),
            language,
            reaction.published_at,
            key=reaction.pk,
            grain=self.article_grains.get(reaction.article_id or 0, 0),
        )
        if found.concern_id is None:
            return None
        self._placed += 1
        self._fresh[base_language(language)] += 1
        return Placed(reaction, found.concern_id, found.similarity, found.evidence)

    def move(self, reaction: int, concern: int) -> None:
        """Follow a reaction that was put into ``concern`` (ids) by comparing it with others."""
        group = next((group for group, row in self.row_of.items() if row == concern), concern)
        if group == concern:
            self.row_of[group] = concern
        self.grouper.move(reaction, group)

    def found(self, groups: Mapping[int, str]) -> None:
        """Give those of ``groups`` (number → language) that have no concern yet one each."""
        new = [group for group in groups if group not in self.row_of]
        rows = Concern.objects.bulk_create([Concern(language=groups[group]) for group in new])
        self.row_of.update(zip(new, (row.pk for row in rows), strict=True))
        if len(self.row_of) > 2 * len(self.grouper.concerns) + READ_BACK:
            self.row_of = {group: row for group, row in self.row_of.items() if group in self.grouper.concerns}

    def drop(self, concerns: Collection[int]) -> None:
        """Forget the rows of ``concerns``, which are gone: a text that comes to one of their groups founds it anew."""
        if concerns:
            self.row_of = {group: row for group, row in self.row_of.items() if row not in concerns}

    def read_up_to_now(self) -> None:
        """Remember that all members in the table are known here: they were placed by this memory."""
        self.last = _newest_member()

    # second thoughts

    def compare(self, texts: int) -> None:
        """Go on with grouping the latest texts anew, now and then: compare as many as ``texts`` with their neighbours."""
        if self._placed >= RECLUSTERED_EVERY and not self._is_busy:
            self._begin()
        while texts > 0 and (self._due or self._window is not None):
            if self._window is None:
                base = self._due.pop(0)
                self._fresh[base] = 0
                self._window = self.grouper.window_of(base)
                continue
            texts -= self._window.work.compare(texts)
            if not self._window.work.left:
                # What is grouped here are reactions, by their ids; the grouper takes keys of any kind.
                changes = cast("dict[int, tuple[int, int]]", self.grouper.finish_recluster(self._window))
                self._changes |= {key: after for key, (_before, after) in changes.items()}
                self._window = None

    @property
    def is_thinking(self) -> bool:
        """Whether :meth:`compare` would do anything, or changes wait."""
        return self._is_busy or self._placed >= RECLUSTERED_EVERY

    @property
    def _is_busy(self) -> bool:
        return bool(self._due or self._window or self._changes)

    def _begin(self) -> None:
        self._placed = 0
        sizes = self.grouper.window_sizes()
        self._due = [base for base, size in sizes.items() if self._fresh[base] * RECLUSTERED_SHARE >= size]

    def next_changes(self, limit: int) -> dict[int, int]:
        """Take out the next second thoughts, at most ``limit`` of them: reaction → group."""
        keys = list(self._changes)[:limit]
        return {key: self._changes.pop(key) for key in keys}


def _newest_member() -> int:
    return ConcernMember.objects.aggregate(last=Max("pk"))["last"] or 0


def _epoch() -> tuple:
    """Changes whenever an editor's act makes a memory stale."""
    edits = ConcernEdit.objects.aggregate(last=Max("pk"), undone=Max("undone_at"))
    return (edits["last"], edits["undone"], conf.get("GROUPING_THRESHOLD"))


_kept: dict[str, Memory] = {}


def is_thinking() -> bool:
    """Whether the memory of this process has second thoughts to go on with."""
    memory = _kept.get("memory")
    return memory is not None and memory.is_thinking


def current() -> Memory:
    """The memory of this process, rebuilt when it is cold, stale, or another process grouped meanwhile."""
    memory, epoch = _kept.get("memory"), _epoch()
    if memory is None or memory.epoch != epoch or memory.last != _newest_member():
        memory = Memory(epoch)
        memory.rerun()
        _kept["memory"] = memory
    return memory


def forget() -> None:
    """Drop this process's memory."""
    _kept.clear()
