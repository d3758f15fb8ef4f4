"""Before a reader is quoted, in a digest, on a concern's page, beside a claim or in an answer: is it still there?

Everything that quotes asks here and uses the answer. The networks are asked again where that was not done a moment ago;
what they report gone, and what is only missing since their last answer, is not quoted (DESIGN.md, law 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from smeditor.listening.recheck import before_display

AT_ONCE = 200
"""Reactions about which the networks are asked in one call of ``before_display``."""


def quotable(reaction_ids: Iterable[int], now: datetime | None = None) -> set[int]:
    """Return the ids of those reactions whose text may be quoted at ``now`` (aware; None: the present)."""
    ids = list(dict.fromkeys(reaction_ids))
    return {pk for at in range(0, len(ids), AT_ONCE) for pk in before_display(ids[at : at + AT_ONCE], now)}
