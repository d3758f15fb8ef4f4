"""The grouper's memory: the index of one process, in step with the table."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.db.models import Max
from django.utils import timezone

from smeditor import conf
from smeditor.insight.clustering.embedding import Embedding, load_or_warn
from smeditor.insight.clustering.embedding_memory import KEPT, ModelMemory, Suggestion
from smeditor.insight.clustering.grouping import DESK_THRESHOLD, Grouper, LinkConflict
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Concern, ConcernEdit, ConcernLink, ConcernMember, Heartbeat, Reaction
from smeditor.text import without_addressees

REPLAYED = 50_000
"""Reactions that a cold start reads back; older concerns are found again through their newest members."""
RECLUSTERED_EVERY = 200
"""New reactions after which the latest are looked at as a whole again: fewer are too few to see groups in."""

MODEL = "embedding"
"""Name of the heartbeat that stands for a failed model."""

_local = threading.local()


class Memory:
    """A :class:``Grouper`` whose groups are rows of :class:``Concern``."""

    def __init__(self, epoch: tuple) -> None:
        self.epoch = epoch
        self.grouper = Grouper(conf.get("GROUPING_THRESHOLD") or DESK_THRESHOLD)
        embed = load_or_warn(conf.get("EMBEDDING"))
        self.model = ModelMemory(Embedding(embed), self.grouper.concern_of) if embed else None
        self.row_of: dict[int, int] = {}
        """Group → id of its concern. A group that was read back has its concern's id."""
        self.last = 0
        self.placed_since = 0
        self.bridged_at: datetime | None = None
        """When proposals across languages were looked for last."""

    def rerun(self) -> None:
        """Read back what was grouped before, in the same order, where it stands in the table now."""
        newest = (
            ConcernMember.objects.filter(reaction__content__isnull=False)
            .exclude(kept_only_by_hold(to="reaction__"))
            .select_related("reaction__content")
            .order_by("-reaction_id")[:REPLAYED]
        )
        members = sorted(newest, key=lambda row: row.reaction_id)
        for member in members:
            reaction = member.reaction
            self.row_of[member.concern_id] = member.concern_id
            self.grouper.restore(
                without_addressees(reaction.content.text),
                member.concern_id,
                reaction.language or None,
                reaction.published_at,
                key=reaction.pk,
                author=reaction.reader_id,
                pinned=member.by == ConcernMember.By.EDITOR or (self.model is not None and self._suggested(member)),
            )
        if self.model is not None:
            latest = [member.reaction for member in members if not self._suggested(member)][-KEPT:]
            self.model.read(
                [without_addressees(reaction.content.text) for reaction in latest],
                [reaction.language or None for reaction in latest],
                [reaction.pk for reaction in latest],
            )
        for link in ConcernLink.objects.filter(kind=ConcernLink.Kind.CANNOT, undone_at__isnull=True):
            self._keep_apart(link)
        self.last = _last_grouped()
        self._tell_of_the_model()

    def _tell_of_the_model(self) -> None:
        """Let the admin say that the model failed, or no longer say so."""
        if self.model is not None:
            failure = self.model.model.failure
        else:
            failure = ImportError.__name__ if conf.get("EMBEDDING") else ""
        if failure:
            state = {"kind": "failure", "seen_at": timezone.now(), "detail": {"error": failure}}
            Heartbeat.objects.update_or_create(name=MODEL, defaults=state)
        else:
            Heartbeat.objects.filter(name=MODEL).delete()

    def _suggested(self, member: ConcernMember) -> bool:
        """Whether the model placed a member: no word speaks for it, and yet it stands nearer than a founder can."""
        return not member.evidence and member.similarity >= self.grouper.threshold

    def _keep_apart(self, link: ConcernLink) -> None:
        try:
            self.grouper.cannot_link(link.first_id, link.second_id)
        except (KeyError, LinkConflict):
            return  # one of the two was erased, or a later decision overruled this one: the table has the last word

    def place(self, reaction: Reaction) -> ConcernMember | None:
        """Put a reaction into its concern, founding one where none is near; None when it says nothing."""
        text, language = without_addressees(reaction.content.text), reaction.language or None
        vector = self._vector(text)
        suggestion: Suggestion | None = None
        if self.model is not None and vector is not None:
            suggestion = self.model.suggest(vector, language, self.grouper.threshold)
        found = self.grouper.add(
            text,
            language,
            reaction.published_at,
            key=reaction.pk,
            author=reaction.reader_id,
            otherwise=suggestion.concern if suggestion else None,
        )
        if found.concern_id is None:
            return None
        if self.model is not None and vector is not None:
            self.model.keep(reaction.pk, language, vector, by_terms=not found.suggested)
        self.placed_since += 1
        return ConcernMember(
            concern_id=self.row(found.concern_id, reaction.language, found.evidence),
            reaction=reaction,
            similarity=suggestion.similarity if suggestion and found.suggested else found.similarity,
            evidence=[] if found.suggested else list(found.evidence),
        )

    def _vector(self, text: str) -> tuple[float, ...] | None:
        if self.model is None or self.model.model.failure:
            return None
        vector = self.model.vector(text)
        if vector is None:
            self._tell_of_the_model()
        return vector

    def row(self, group: int, language: str = "", evidence: Iterable[str] = ()) -> int:
        """The id of a group's concern; a group that has none yet gets one."""
        if group not in self.row_of:
            self.row_of[group] = Concern.objects.create(language=language, evidence={"terms": list(evidence)}).pk
        return self.row_of[group]

    def recluster(self) -> dict[int, int]:
        """Group the latest reactions anew, now and then; returns reaction → concern for those that moved."""
        if self.placed_since < RECLUSTERED_EVERY:
            return {}
        self.placed_since = 0
        # What is grouped here are reactions, by their ids; the grouper takes keys of any kind.
        changes = cast("dict[int, tuple[int, int]]", self.grouper.recluster())
        return {key: self.row(after, self.grouper.concerns[after].lang) for key, (_, after) in changes.items()}

    def grouped_up_to(self, pk: int) -> None:
        """Remember that the reactions up to the id ``pk`` have been grouped; an older id changes nothing."""
        self.last = max(self.last, pk)


def _last_grouped() -> int:
    return Reaction.objects.filter(grouped_at__isnull=False).aggregate(last=Max("pk"))["last"] or 0


def _epoch() -> tuple:
    """Changes whenever an editor's act makes a memory stale."""
    edits = ConcernEdit.objects.aggregate(last=Max("pk"), undone=Max("undone_at"))
    return (edits["last"], edits["undone"], conf.get("GROUPING_THRESHOLD"), conf.get("EMBEDDING"))


def current() -> Memory:
    """The memory of this thread, rebuilt when it is cold, stale, or another process grouped meanwhile."""
    memory: Memory | None = getattr(_local, "memory", None)
    epoch = _epoch()
    if memory is None or memory.epoch != epoch or memory.last != _last_grouped():
        memory = Memory(epoch)
        memory.rerun()
        _local.memory = memory
    return memory


def forget() -> None:
    """Drop this thread's memory."""
    _local.memory = None
