"""How many requests a network still takes: the limits that its headers name, and the share that is left to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import RateLimited

POSTS = "publish"
"""The bucket of posts that an account may still publish, where a network counts them."""


@dataclass(frozen=True)
class Rate:
    """One rate limit as the network's headers name it.

    ``bucket``: what it limits, in the adapter's own word. ``limit`` and ``remaining``: requests in the current window,
    or points where the network counts points. ``resets_at``: when the window ends, aware UTC.
    """

    bucket: str
    limit: int
    remaining: int
    resets_at: datetime


@dataclass(frozen=True)
class SendingRates:
    """The buckets out of which each kind of sending comes: while one of them is spent, what would come out of it waits.

    Whatever else is counted (reading, searching, liking) keeps no post waiting. ``every``: the buckets of all kinds.
    """

    every: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    reply: tuple[str, ...] = ()
    edit: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()

    def of(self, kind: str) -> frozenset[str]:
        """The buckets of one kind of sending: ``publish``, ``reply``, ``edit`` or ``delete``."""
        return frozenset((*self.every, *getattr(self, kind)))


class Rates(dict[str, Rate]):
    """The newest limits by bucket, as this caller's own requests were answered.

    ``reserve``: the share of each that this caller leaves to others, from 0 to 1. ``earlier``: what others were answered
    before; it counts until this caller knows better.
    """

    reserve: float = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earlier: dict[str, Rate] = {}

    def ask(self, bucket: str, label: str, now: datetime) -> None:
        """Raise RateLimited, until the bucket is full again, where one more request would come out of the reserve.

        ``label``: the network's name for the sentence; ``now``: aware.
        """
        rate = self.get(bucket) or self.earlier.get(bucket)
        if rate and self.reserve and rate.resets_at > now and rate.remaining <= rate.limit * self.reserve:
            sentence = _(
                "%(network)s allows only so many requests: the rest is kept for sending. It goes on by itself."
            )
            raise RateLimited(sentence % {"network": label}, until=rate.resets_at, cause=f"{rate.remaining} left")
