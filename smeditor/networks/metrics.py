"""Public counts of a message: what it led to, and from which an adapter knows what moved since it read it last."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metrics:
    """Public counts of one of our messages; None where the network does not tell."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    views: int | None = None
