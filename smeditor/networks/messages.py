"""A message on its way out: what shall be said, what was reached in preparing it, what the network answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from smeditor.networks.kinds import Kind
from smeditor.networks.media import Media, MediaKind
from smeditor.networks.polls import Poll

ONLY_SELF = "self"
"""The visibility of a test: nobody but the account itself sees the message (``Capabilities.private_test``)."""


@dataclass(frozen=True)
class Ref:
    """One message on the network. ``uri`` is its native id (Mastodon status id, AT-URI), ``cid`` its content hash."""

    uri: str
    url: str = ""
    cid: str = ""


@dataclass(frozen=True)
class Card:
    """A link card made from the article's own metadata."""

    url: str
    title: str
    description: str
    image: Media | None = None


@dataclass(frozen=True)
class Message:
    """One message to publish: what the approved payload says, ready for any network.

    ``reply_to``: what it stands under; ``root`` the first message of that thread. ``answers``: the kind of reaction that
    ``reply_to`` is; None where it is a message of our own (a thread, a first comment). ``comment``: it is written among
    the comments of ``reply_to`` and is no post of its own. ``link``: the article's address with the delivery's token,
    whether the text has it or not. ``visibility``: in the network's own word, as
    the message that it answers has it; ``public``, or :data:`ONLY_SELF`. ``reply_control``: who may
    answer it, in the network's own word; empty: whoever may there. ``poll``: stands beneath the text, which is its question.
    """

    text: str
    language: str = ""
    media: tuple[Media, ...] = ()
    card: Card | None = None
    link: str = ""
    reply_to: Ref | None = None
    root: Ref | None = None
    answers: Kind | None = None
    comment: bool = False
    quote: Ref | None = None
    visibility: str = "public"
    content_warning: str = ""
    reply_control: str = ""
    poll: Poll | None = None

    @property
    def images(self) -> tuple[Media, ...]:
        """The images among its media."""
        return tuple(media for media in self.media if media.kind is MediaKind.IMAGE)


@dataclass(frozen=True)
class Prepared:
    """A message whose media is on the server. ``body`` is JSON-serialisable and is what ``send`` will transmit.

    ``link`` is the link with its unique token, by which a read-back recognises the message. ``good_until`` (aware UTC):
    when the network forgets what was prepared; None where it does not say. ``media``: the message's, which the caller
    gives again before ``send`` where the network has no upload of its own (``Capabilities.media_with_message``); it is
    not stored, and the body says by digest which files were meant.
    """

    body: dict[str, Any]
    link: str = ""
    good_until: datetime | None = None
    media: tuple[Media, ...] = field(default=(), repr=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads back, as JSON-serialisable data."""
        until = self.good_until.isoformat() if self.good_until else ""
        return {"body": self.body, "link": self.link, "good_until": until}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Prepared:
        """Read what :meth:`as_json` wrote. Raises KeyError where ``body`` is missing."""
        until = data.get("good_until")
        return cls(dict(data["body"]), data.get("link", ""), datetime.fromisoformat(until) if until else None)


@dataclass(frozen=True)
class Progress:
    """How far the preparation of a message has come: it goes on later, in any worker, from ``so_far``.

    ``so_far`` is JSON-serialisable (container ids, upload ids, offsets, processing states) and holds no secret.
    ``again_after``: when to look again; zero: at once. ``good_until`` (aware UTC): when the network forgets what was
    made, so that preparing begins anew. ``sentence``: what the desk shows meanwhile.
    """

    so_far: dict[str, Any]
    again_after: timedelta = timedelta()
    good_until: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Receipt:
    """The network accepted. ``answer`` is a redacted excerpt for the proof page."""

    ref: Ref
    at: datetime
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadBack:
    """What reading our own timeline showed: ``found`` has the message; ``absent`` is True only if absence is proved.

    ``checked``: how many of our messages were compared. ``note``: a sentence for the delivery's history, or empty.
    """

    found: Ref | None = None
    absent: bool = False
    checked: int = 0
    note: str = ""
