"""An editor's word on labels: set, taken off, taken back; and what moving a message says about its label and its concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from smeditor.conversations.moderation import move_to_queue
from smeditor.insight.concerns.counts import refresh
from smeditor.insight.labels import trained_models
from smeditor.insight.labels.intake import relabel
from smeditor.models import Concern, Label, Reaction, ReactionLabel

Queue = Reaction.Queue
KEPT = ("present", "by", "user_id", "score", "evidence")
Earlier = dict[str, dict[str, Any] | None]
"""What each reaction's label was, by the reaction's id as text; None where nothing had been said. It fits into JSON."""


@transaction.atomic
def set_label(reactions: Sequence[Reaction], label: str, present: bool, user: Any) -> Earlier:
    """Set ``label`` on ``reactions``, or take it off (``present`` false), and return what was there before."""
    earlier: Earlier = {str(row.pk): None for row in reactions}
    for row in ReactionLabel.objects.filter(reaction__in=reactions, label=label):
        earlier[str(row.reaction_id)] = {name: getattr(row, name) for name in KEPT}
    for reaction in reactions:
        relabel(reaction, label, present, user)
    return earlier


@transaction.atomic
def restore_label(
    reactions: QuerySet[Reaction], label: str, earlier: Mapping[str, Mapping[str, Any] | None], user: Any
) -> int:
    """Take back what ``user`` said about ``label`` on those of ``reactions`` in ``earlier``; return on how many.

    Where a colleague has spoken since, their word stays.
    """
    rows = reactions.filter(pk__in=[int(key) for key in earlier])
    own = ReactionLabel.objects.filter(reaction__in=rows, label=label, by=ReactionLabel.By.EDITOR, user=user)
    restored = 0
    for row in own:
        before = earlier[str(row.reaction_id)]
        if before is None:
            row.delete()
        else:
            for name, value in before.items():
                setattr(row, name, value)
            row.save()
        restored += 1
    trained_models.note_label(label)
    return restored


@transaction.atomic
def move(reactions: Iterable[Reaction], queue: str, user: Any) -> dict[int, str]:
    """Move ``reactions`` to ``queue`` as ``user`` decided; return the queue in which each was before, by id.

    What was said to be spam, or not to be, is also kept as a label: the rules may not say otherwise again. No concern is
    named by what is aimed at a journalist.
    """
    rows = list(reactions)
    before = move_to_queue(rows, queue, user)
    for reaction in rows:
        if reaction.pk in before and Queue.SPAM in (queue, before[reaction.pk]):
            relabel(reaction, Label.SPAM, queue == Queue.SPAM, user)
    if Queue.PROTECTED in {queue, *before.values()}:
        concerned = Concern.objects.filter(members__reaction__in=list(before))
        refresh(Concern.objects.filter(pk__in=list(concerned.values_list("pk", flat=True))))
    return before
