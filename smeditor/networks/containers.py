"""Messages that a network publishes in two steps: containers are made and processed there, then one of them is published.

Each call takes the preparation one request further where something is made, so that its caller can store what was
reached; whoever comes again goes on from there and makes nothing twice. Nothing here is seen by a reader.
"""

from __future__ import annotations

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone, Refused
from smeditor.networks.media import Media
from smeditor.networks.messages import Progress

LIFETIME = timedelta(hours=24)
MARGIN = timedelta(hours=1)
"""Before its network forgets a container it is made anew: a message may have to wait for its slot."""
PATIENCE = timedelta(hours=1)
"""How long a network may process what it was given before a person is told."""
ENOUGH_MISSES = 3
"""So often may a network not find a container that it made before it is believed (gitroomhq/postiz-app#1562)."""
AN_ID = re.compile(r"[0-9A-Za-z_-]{1,100}", re.ASCII)


class State(StrEnum):
    """How far a container is, in the words that Threads and Instagram share."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"
    UNKNOWN = ""

    @classmethod
    def of(cls, value: object) -> State:
        """The state that a network names; UNKNOWN for a word that nobody knows."""
        return cls(value) if isinstance(value, str) and value in set(cls) else cls.UNKNOWN


@dataclass(frozen=True)
class Plan:
    """What has to be made for one message. ``items``: the parameters of each piece of a carousel, none for a single post.

    ``whole``: the parameters of the container that is published, given the ids of its items. ``subject``: what makes this
    message itself (its text, the digests of its media): what was made for another is not gone on with.
    """

    items: Sequence[Mapping[str, str]]
    whole: Callable[[list[str]], Mapping[str, str]]
    subject: Any
    label: str

    @property
    def fingerprint(self) -> str:
        """The same for the same message, in every worker."""
        return hashlib.sha256(json.dumps(self.subject, sort_keys=True, default=str).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Ready:
    """The container ``container_id`` can be published until ``good_until``."""

    container_id: str
    good_until: datetime


class Maker(ABC):
    """What a network does about its containers."""

    @abstractmethod
    def make(self, params: Mapping[str, str]) -> str:
        """Make a container and return its id. Raises the tree of errors."""

    @abstractmethod
    def state(self, container_id: str) -> tuple[State, str]:
        """Ask how far a container is; the second is the network's own word for an error. Raises the tree of errors."""

    @abstractmethod
    def refusal(self, word: str) -> str:
        """The sentence, for an editor, of an error in processing that the network calls ``word``."""


@dataclass
class Piece:
    """One container that was made at ``at``; how often it was asked for and not found."""

    container_id: str
    at: datetime
    finished: bool = False
    misses: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`read` reads back."""
        return {
            "id": self.container_id,
            "at": self.at.isoformat(),
            "finished": self.finished,
            "misses": self.misses,
        }

    @classmethod
    def read(cls, data: object, now: datetime) -> Piece | None:
        """Read a stored piece as if a stranger had written it; None where it cannot be used (any more)."""
        if not isinstance(data, Mapping) or not isinstance(data.get("id"), str) or not AN_ID.fullmatch(data["id"]):
            return None
        try:
            at = datetime.fromisoformat(str(data.get("at")))
            fresh = now - LIFETIME + MARGIN < at <= now + MARGIN
        except (ValueError, TypeError, OverflowError):
            return None
        misses = data.get("misses")
        counted = misses if isinstance(misses, int) and 0 <= misses <= ENOUGH_MISSES else 0
        return cls(data["id"], at, data.get("finished") is True, counted) if fresh else None


@dataclass
class Made:
    """What was made so far: ``items`` in order, then the ``whole``."""

    items: list[Piece] = field(default_factory=list)
    whole: Piece | None = None

    @classmethod
    def read(cls, so_far: Mapping[str, Any], plan: Plan, now: datetime) -> Made:
        """Read what the last step reached; what was made for another message, or too long ago, is forgotten."""
        if so_far.get("for") != plan.fingerprint:
            return cls()
        stored = so_far.get("items")
        items = [Piece.read(item, now) for item in stored] if isinstance(stored, list) else []
        kept = items[: items.index(None)] if None in items else items
        whole = Piece.read(so_far.get("whole"), now)
        whole = whole if len(kept) == len(plan.items) else None
        return cls([item for item in kept if item][: len(plan.items)], whole)

    def as_json(self, plan: Plan) -> dict[str, Any]:
        """Return what :meth:`read` reads back."""
        return {
            "for": plan.fingerprint,
            "items": [item.as_json() for item in self.items],
            "whole": self.whole.as_json() if self.whole else None,
        }

    @property
    def good_until(self) -> datetime | None:
        """When the network forgets the oldest of it."""
        pieces = [*self.items, *([self.whole] if self.whole else [])]
        return min(piece.at for piece in pieces) + LIFETIME if pieces else None


def step(plan: Plan, so_far: Mapping[str, Any], maker: Maker, now: datetime | None = None) -> Progress | Ready:
    """Take the preparation one step further: make the next container, or ask for those that are being processed.

    ``now``: aware. Raises ``Refused`` with a sentence where the network cannot process what it was given, and the tree
    of errors for what fails on the way; what was reached before is then still good.
    """
    now = now or datetime.now(UTC)
    made = Made.read(so_far, plan, now)
    if len(made.items) < len(plan.items):
        made.items.append(Piece(maker.make(plan.items[len(made.items)]), now))
        return _progress(plan, made, now, made_now=True)
    for place, item in enumerate(made.items):
        if not item.finished and not _finish(item, plan, maker, now):
            if item.misses >= ENOUGH_MISSES:
                del made.items[place:]
            return _progress(plan, made, now)
    if made.whole is None:
        made.whole = Piece(maker.make(plan.whole([item.container_id for item in made.items])), now)
        return _progress(plan, made, now, made_now=True)
    if not made.whole.finished and not _finish(made.whole, plan, maker, now):
        if made.whole.misses >= ENOUGH_MISSES:
            made.whole = None
        return _progress(plan, made, now)
    return Ready(made.whole.container_id, made.whole.at + LIFETIME)


def _finish(piece: Piece, plan: Plan, maker: Maker, now: datetime) -> bool:
    """Ask for one container, and note whether it can be used. Raises Refused where it never can."""
    try:
        state, word = maker.state(piece.container_id)
    except Gone:
        piece.misses += 1
        return False
    if state in {State.FINISHED, State.PUBLISHED}:
        piece.finished, piece.misses = True, 0
    elif state is State.EXPIRED:
        piece.misses = ENOUGH_MISSES
    elif state is State.ERROR:
        raise Refused(maker.refusal(word), cause=f"container {state} {word}"[:300], code=word[:100])
    elif now - piece.at > PATIENCE:
        sentence = _("%(network)s has been processing what it was given for an hour and has not come to an end.")
        raise Refused(sentence % {"network": plan.label}, cause=f"container {state or word}"[:300], code="stuck")
    return piece.finished


def _progress(plan: Plan, made: Made, now: datetime, *, made_now: bool = False) -> Progress:
    waiting = [piece.at for piece in [*made.items, *([made.whole] if made.whole else [])] if not piece.finished]
    at_once = not waiting or (made_now and made.whole is None)
    pause = timedelta() if at_once else pause_after(now - min(waiting))
    sentence = _("%(network)s is processing what it was given.") % {"network": plan.label}
    return Progress(made.as_json(plan), pause, made.good_until, sentence)


def pause_after(waited: timedelta) -> timedelta:
    """How long to wait before asking again: soon at first, for a text or an image is ready at once; later once a minute.

    https://developers.facebook.com/documentation/threads/troubleshooting (30 Nov 2026) asks for once a minute.
    """
    if waited < timedelta(seconds=10):
        return timedelta(seconds=3)
    return timedelta(seconds=15) if waited < timedelta(minutes=1) else timedelta(minutes=1)


def facts(media: Media) -> list[Any]:
    """What makes a piece of media itself: not the address where it can be fetched for a while."""
    return [media.digest or media.size, media.media_type, media.kind.value, media.alt]
