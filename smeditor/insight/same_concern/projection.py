"""What of a text's meaning tells concerns apart: a linear map of the encoder's vectors, found by discriminant analysis.

Most of what two vectors differ in is how something was said: the tone, the length, who speaks. The map weighs the
directions in which different concerns under one article lie apart against those in which readers of one concern do
(Fisher 1936; probabilistic form: Ioffe, "Probabilistic Linear Discriminant Analysis", ECCV 2006). It fits the encoder that
it was trained with, and no other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from smeditor.insight.meaning.encoder import Vector, unit

FILE = Path(__file__).with_name("projection.npz")


@cache
def shipped() -> Any:
    """Return the map that ships as an array, one column for each direction; stored as signed bytes with a scale a column."""
    import numpy as np

    with np.load(FILE) as stored:
        return stored["bytes"].astype("f4") * stored["scales"]


def projected(vectors: Sequence[Vector], projection: Any) -> list[Vector]:
    """Return the mapped vectors at length 1. ``projection``: array, as many rows as the vectors are long."""
    import numpy as np

    rows = np.asarray(vectors, dtype="f4") @ projection
    return [unit(row) for row in rows.tolist()]
