"""Before a concern is named to somebody: does its label still quote only what may be quoted?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from smeditor.insight.concerns.titles import label_of
from smeditor.listening.quotable import quotable
from smeditor.listening.traces import taken_from
from smeditor.models import Concern, ReactionText


def check_labels(concerns: Iterable[Concern], now: datetime | None = None) -> list[Concern]:
    """Return ``concerns`` with labels that quote only what may be quoted; nothing is stored.

    Where a label was taken from a text that may not be, it is made of the others'; "" where there are none.
    ``now``: aware; None for the present.
    """
    rows = [concern for concern in concerns if concern.label]
    sources = {concern.pk: _sources(concern) for concern in rows}
    shown = quotable({pk for ids in sources.values() for pk in ids}, now)
    labels = dict(Concern.objects.filter(pk__in=sources).values_list("pk", "label"))
    for concern in rows:
        concern.label = labels.get(concern.pk, "")  # erasing what was gone has emptied the stored ones
        hidden = sources[concern.pk] - shown
        if hidden and any(taken_from(concern.label, text) for text in _texts(hidden)):
            concern.label = label_of(concern, without=hidden)
    return rows


def _sources(concern: Concern) -> set[int]:
    """The members from whose text the label may have been taken."""
    texts = ReactionText.objects.filter(reaction__concern_member__concern=concern).exclude(text="")
    return {pk for pk, text in texts.values_list("reaction_id", "text") if taken_from(concern.label, text)}


def _texts(ids: set[int]) -> list[str]:
    return list(ReactionText.objects.filter(reaction__in=ids).values_list("text", flat=True))
