"""The size of a made-up newsroom, and what one of its tables must know of another."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

DAYS = 60
NETWORKS = ("mastodon", "bluesky")
TOPICS = ("transports", "planete", "culture", "economie", "politique", "sports", "sante", "logement")


@dataclass(slots=True)
class Written:
    """What is kept in mind of a reaction for the tables that hang on it."""

    pk: int
    kind: str
    at: datetime
    network: str
    native_id: str
    account: int | None
    article: int | None
    delivery: int | None
    reader: int
    queue: str
    label: str
    language: str
    concern: int = 0
    conversation: int = 0

    @property
    def has_text(self) -> bool:
        return self.kind not in ("like", "repost")


@dataclass
class Newsroom:
    """How much there is of everything, and what was written so far. ``now`` is aware."""

    reactions: int
    posts: int
    concerns: int
    now: datetime
    rng: random.Random
    accounts: int = 20
    articles: int = 0
    sources: int = 0
    readers: int = 0
    users: list[Any] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    """Headlines by the article's key, the oldest article first."""
    sent: list[tuple[datetime, int, int, int]] = field(default_factory=list)
    """(moment, delivery, account, article) in order of time."""
    topic_of: dict[int, str] = field(default_factory=dict)
    """Topics by delivery."""
    written: list[Written] = field(default_factory=list)
    members: dict[int, list[Written]] = field(default_factory=lambda: defaultdict(list))
    threads: dict[int, list[Written]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[int, str] = field(default_factory=dict)
    """Some of the texts, by reaction."""

    def __post_init__(self) -> None:
        self.articles = self.articles or max(200, self.posts // 5)
        self.sources = self.sources or max(60, self.posts // 50)
        self.readers = self.readers or max(100, self.reactions // 7)

    def moment(self) -> datetime:
        """Return a moment of the last days; readers sleep at night."""
        while True:
            at = self.now - timedelta(days=self.rng.random() * DAYS)
            if 6 <= at.hour <= 22 or self.rng.random() < 0.15:
                return at

    def reader(self) -> int:
        """Return a reader: few write much, most write once."""
        return min(self.readers, int(self.readers * self.rng.random() ** 2.2) + 1)
