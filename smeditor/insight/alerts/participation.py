"""Who speaks in a spike: people rather than messages, how few make most of the noise, and in what tone."""

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


def voices(messages: Mapping[Hashable, int]) -> Participation:
    """Return who speaks, from the number of messages of each author."""
    volumes = sorted((n for n in messages.values() if n > 0), reverse=True)
    total = sum(volumes)
    top = math.ceil(len(volumes) * TOP_SHARE)
    return Participation(total, len(volumes), sum(volumes[:top]) / total if total else 0.0)


def tone_z(critical: int, total: int, usual_share: float) -> float:
    """Return by how many standard errors the share of critical reactions lies above its usual share.

    Args:
        critical: reactions flagged as criticism or abuse, of `total`.
        usual_share: the share over the history, between 0 and 1; kept away from both ends, where nothing is sure.

    A shift in tone without a rise in volume is an alert of its own; 3 and more is one.
    """
    if not 0 <= critical <= total:
        raise ValueError("There can't be more critical reactions than reactions.")
    if not total:
        return 0.0
    share = min(max(usual_share, 0.02), 0.98)
    return (critical - total * share) / math.sqrt(total * share * (1 - share))
