"""Who speaks in a spike: people rather than messages, and how few make most of the noise."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

TOP_SHARE = 0.01
COORDINATION_LEAST = 20


@dataclass(frozen=True, slots=True)
class Participation:
    """Messages, distinct people, and the share of messages from the loudest hundredth of them (at least one)."""

    messages: int
    people: int
    top_share: float

    @property
    def concentrated(self) -> bool:
        """True where a hundredth of the people (one at least) wrote a quarter of many messages or more."""
        return self.messages >= COORDINATION_LEAST and self.top_share >= 0.25


def participation_of(messages: Mapping[Hashable, int]) -> Participation:
    """Return who speaks, from the number of messages of each author."""
    volumes = sorted((n for n in messages.values() if n > 0), reverse=True)
    total = sum(volumes)
    top = math.ceil(len(volumes) * TOP_SHARE)
    return Participation(total, len(volumes), sum(volumes[:top]) / total if total else 0.0)
