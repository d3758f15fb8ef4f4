"""What a network declares of itself: what a message may be, what the desk may do there, how sure a sending is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from smeditor.networks.kinds import Kind
from smeditor.networks.marks import MarkKind
from smeditor.networks.media import MediaKind, MediaLimits
from smeditor.networks.polls import PollLimits

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

IMAGES = MediaLimits(max_count=4, max_bytes=1_000_000, types=("image/jpeg", "image/png"), max_alt_length=1500)
NO_MEDIA = MediaLimits(max_count=0, max_bytes=0, types=())
NESTED = frozenset({"media", "poll"})
"""The limits that are values of their own."""


class Guarantee(StrEnum):
    """How often readers may see a message that was sent once.

    ``EXACTLY_ONCE``: the network knows the message again, or a single answer proves whether it is there, so that a doubt
    resolves itself. ``READ_BACK``: at most once; in doubt the own timeline is read, and a person decides where that
    proves nothing. ``AT_MOST_ONCE``: in doubt a person looks there and decides.
    """

    EXACTLY_ONCE = "exactly_once"
    READ_BACK = "read_back"
    AT_MOST_ONCE = "at_most_once"


class ReaderOperation(StrEnum):
    """What the desk can do to a reader's message. Repeating one changes nothing."""

    HIDE = "hide"
    UNHIDE = "unhide"
    LIKE = "like"
    UNLIKE = "unlike"


class Webhooks(StrEnum):
    """Whom the network's webhooks speak for: nobody, the whole app, or one account."""

    NONE = ""
    APP = "app"
    ACCOUNT = "account"


@dataclass(frozen=True)
class ReplyControl:
    """A choice of who may answer: ``value`` is the network's own word, ``label`` (translated) what an editor reads."""

    value: str
    label: StrOrPromise


@dataclass(frozen=True)
class Limits:
    """What a message may be, read from the server where the server says it. All of it is enforced (:mod:`.limits`).

    ``unit``: what ``max_length`` and :meth:`Network.length` count (``grapheme``, ``character`` for code points, ``utf16``,
    ``weighted``; another one is shown as it is). ``max_bytes``: UTF-8 bytes of the text. ``url_length``: what each link
    counts, however long it is; None where links count whole. ``max_caption_length``: the length, in ``unit``, of a text
    that goes with media, ``max_comment_length`` of a comment; None where it is the same. ``max_media``: pieces in one message altogether. ``media``: by kind;
    a kind that is missing is not taken. ``poll``: of a poll, where there are any.
    """

    max_length: int
    unit: str
    max_bytes: int | None = None
    url_length: int | None = None
    max_caption_length: int | None = None
    max_comment_length: int | None = None
    max_tags: int | None = None
    max_mentions: int | None = None
    max_links: int | None = None
    max_media: int = 4
    media: Mapping[MediaKind, MediaLimits] = field(
        default_factory=lambda: MappingProxyType({MediaKind.IMAGE: IMAGES}), hash=False
    )
    poll: PollLimits | None = None

    def of(self, kind: MediaKind) -> MediaLimits:
        """The limits of one kind of media; none may be sent where the network does not name it."""
        return self.media.get(kind, NO_MEDIA)

    @property
    def image(self) -> MediaLimits:
        """The limits of an image."""
        return self.of(MediaKind.IMAGE)

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads back, as JSON-serialisable data."""
        plain = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in NESTED}
        media = {kind.value: asdict(limits) for kind, limits in self.media.items()}
        return plain | {"media": media, "poll": asdict(self.poll) if self.poll else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Limits | None:
        """Read what :meth:`as_json` wrote; None where nothing usable was stored, as from an older version."""
        if not data or "max_length" not in data or "unit" not in data:
            return None
        known = {item.name: data[item.name] for item in fields(cls) if item.name in data and item.name not in NESTED}
        known["poll"] = PollLimits.from_json(data.get("poll"))
        if isinstance(data.get("media"), Mapping):
            known["media"] = {
                MediaKind(kind): _media_limits(limits)
                for kind, limits in data["media"].items()
                if kind in set(map(str, MediaKind)) and isinstance(limits, Mapping)
            }
        return cls(**known)


def _media_limits(data: Mapping[str, Any]) -> MediaLimits:
    known = {item.name: data[item.name] for item in fields(MediaLimits) if item.name in data}
    return MediaLimits(**{**asdict(NO_MEDIA), **known, "types": tuple(known.get("types", ()))})


@dataclass(frozen=True)
class Capabilities:
    """What the network lets the desk do; the interface offers nothing that is not here.

    ``guarantee`` follows from how the network sends: with ``idempotent_send`` a repeat with the same identity is one
    message (for ``identity_lifetime`` seconds; None: for ever); with ``read_back`` the own messages can be read.
    """

    sends: bool = True
    """Posts are sent there. Where they are not, what readers wrote may be answered all the same (``reply``)."""
    guarantee: Guarantee = Guarantee.AT_MOST_ONCE
    idempotent_send: bool = False
    identity_lifetime: int | None = None
    read_back: bool = False
    edit: bool = False
    edit_window: timedelta | None = None
    """How long after its publication a message can be edited; None: always."""
    edits_media: bool = False
    """An edit can exchange the images and videos as well; else it changes the text alone."""
    delete: bool = True
    delete_window: timedelta | None = None
    thread: bool = True
    """Several messages, each answering the one before, are one post there."""
    first_comment: bool = False
    """A comment of our own can stand beneath a message."""
    quote: bool = False
    polls: bool = False
    """A poll can stand beneath a message (:class:`~.polls.PollLimits` in its limits)."""
    poll_multiple: bool = False
    """Readers may choose several answers of a poll, where its author lets them."""
    edits_beside_poll: bool = False
    """The text of a message with a poll can be edited, and the votes stay."""
    reply_controls: tuple[ReplyControl, ...] = ()
    """Who may answer a message, as its author can choose; empty where there is no such choice."""
    card: bool = False
    """The desk gives title, text and picture of a link's card."""
    card_with_image: bool = False
    """A message can show a link card and images. Else an editor chooses, and a sentence says so."""
    needs_media: bool = False
    """There is no message without an image or a video."""
    mixes_media: bool = False
    """Images and videos can stand in one message."""
    fetches_media: bool = False
    """The network fetches media by itself, from ``Media.public_url``."""
    media_with_message: bool = False
    """There is no upload apart from the message: ``send`` takes the files themselves, from ``Prepared.media``."""
    alt_text: bool = True
    content_warning: bool = False
    """Readers see the warning first, and the text when they ask for it."""
    reply: bool = True
    answers: frozenset[Kind] = frozenset({Kind.REPLY, Kind.MENTION, Kind.QUOTE})
    """The kinds of reaction that can be answered."""
    reply_mentions: bool = False
    """A reader learns of a reply only when it names them (Mastodon); the text must begin with their handle."""
    collects: frozenset[Kind] = frozenset({Kind.REPLY, Kind.MENTION, Kind.QUOTE, Kind.LIKE, Kind.REPOST})
    """The kinds of reaction that come home."""
    mark_search: frozenset[MarkKind] = frozenset()
    """Of mentions and tags, what can be searched for while one writes (:meth:`Network.search_marks`)."""
    metrics: frozenset[str] = frozenset()
    """The public counts of a message of ours that can be asked for: names of the fields of :class:`~.metrics.Metrics`."""
    checks_presence: bool = True
    """It can be asked whether a reaction is still there."""
    reader_operations: frozenset[ReaderOperation] = frozenset()
    webhooks: Webhooks = Webhooks.NONE
    streams: bool = False
    """An open connection tells at once that something came in (:meth:`Network.stream`)."""
    refresh: bool = False
    """Credentials are renewed without a person (:meth:`Network.refresh`)."""
    refresh_ahead: timedelta | None = None
    """How long before ``Credentials.expires_at`` they are renewed; None: when the network refuses them."""
    private_test: bool = False
    """A message with the visibility ``ONLY_SELF`` is seen by nobody but the account, so that a test can be sent."""
    posts_in_24_hours: int | None = None
    """Posts that the network takes of an account in any 24 hours, as it documents them; None: it counts none.

    What it tells of the account itself, as the rate of the bucket :data:`~.rates.POSTS`, comes before it."""
    priced: bool = False
    """Calls cost money (:meth:`Network.price`, :mod:`.costs`)."""
