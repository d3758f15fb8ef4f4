"""Which reaction an editor who looks for tips reads first: knowledge from inside, then who was there, then the rest."""

from __future__ import annotations

import math
from functools import lru_cache

INSIDE = ("insider", "document", "contact")
"""Cues of who knows from inside: an employee, a document, the wish to be called back."""
NEUTRAL = 0.5
"""The rank of a text that nothing speaks for or against."""
_PASSED_ON = -0.5
"""Firsthand strength below which a text passes something on: police notices, too, give a telephone number."""
_RAISED = 1.0
_FIRST = 4.0


@lru_cache(maxsize=10_000)
def rank(strength: float, inside: float, firsthand: float) -> float:
    """Return the rank as a tip, from 0 to 1; it orders and never leaves a reaction out.

    ``strength``: the sum of the tip rules; ``inside``: of those of ``INSIDE``; ``firsthand``: of ``firsthand.strength``.
    The more a reader knows from inside, the less it counts whether they were there.
    """
    if firsthand < _PASSED_ON:
        total = firsthand + strength / 2
    else:
        inside = max(inside, 0.0)
        total = _FIRST * inside + strength + firsthand * max(0.0, 1 - inside)
        total += _FIRST if strength >= _RAISED else 0.0
    return round(1 / (1 + math.exp(-total / 2)), 4)
