"""Before a reader is quoted, in a digest, beside a claim or in an answer: is it still there?

Everything that quotes asks here and uses the answer. The networks are asked again where that was not done a moment ago;
what they report gone, and what is only missing since their last answer, is not quoted (DESIGN.md, law 4). A page of the
desk asks nobody: it waits for no server but ours, and quotes what the last check found there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from smeditor.listening.recheck import before_display, there

AT_ONCE = 200
"""Reactions about which the networks are asked in one call of ``before_display``."""


def quotable(reaction_ids: Iterable[int], now: datetime | None = None, *, ask: bool = True) -> set[int]:
    """Return the ids of those reactions whose text may be quoted at ``now`` (aware; None: the present).

    Without ``ask`` no network is asked: what the last check found there may be quoted on the desk.
    """
    ids = list(dict.fromkeys(reaction_ids))
    parts = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
    if not ask:
        return {pk for part in parts for pk in there(part).values_list("pk", flat=True)}
    return {pk for part in parts for pk in before_display(part, now)}
