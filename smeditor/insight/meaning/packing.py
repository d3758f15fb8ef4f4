"""Vectors as they are stored: one signed byte for each dimension.

Only the direction of a vector counts, so its largest coordinate becomes 127 and the rest follow; reading gives it unit
length again. 512 bytes a text for the encoder that comes with the desk instead of 2,048, and what is lost is nothing: on
the two French sets (``docs/insight.md``) the average precision of "the same concern" differs by less than .0001.
"""

from __future__ import annotations

from array import array

from smeditor.insight.meaning.encoder import Vector, unit

LARGEST = 127


def pack(vector: Vector) -> bytes:
    """Return a vector's direction, one byte for each dimension."""
    most = max(map(abs, vector), default=0.0)
    return array("b", [round(x / most * LARGEST) for x in vector] if most else bytes(len(vector))).tobytes()


def unpack(packed: bytes | memoryview) -> array[float]:
    """Return the vector of unit length (null where it was null) that :func:`pack` stored."""
    return unit(array("b", bytes(packed)))
