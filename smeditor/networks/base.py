"""The contract between the desk and a network. Plain dataclasses in, plain dataclasses out; no Django models.

Whoever adds a network subclasses :class:`Network`, fills what it can do into :class:`Capabilities`, and lets its test
class inherit ``tests/networks/contract.py``. All times are aware and UTC. All ids are the network's own strings.

Sending is split in three so that the caller can put its fence between them:

1. ``mint_identity`` – made before anything is sent, stored by the caller, constant over every retry;
2. ``prepare`` – uploads and look-ups without public effect; may be repeated;
3. ``send`` – one request with public effect. ``read_back`` finds out afterwards whether it happened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import UnsupportedFeature
from smeditor.networks.connecting import Connecting
from smeditor.networks.kinds import Kind as Kind  # a part of the contract: adapters import it from here
from smeditor.networks.kinds import Presence as Presence
from smeditor.networks.marks import Mark
from smeditor.networks.rates import Rates
from smeditor.redaction import remember

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient

NOT_SECRET = frozenset({"identifier", "pds_url", "client_id", "scope", "token_type", "expires_at"})
"""Keys of ``Credentials.secret`` whose value may stand in a sentence."""


@dataclass(frozen=True)
class Credentials:
    """What is needed to act for an account. ``secret`` never leaves the process; ``repr`` hides it.

    ``secret`` keys by network: Mastodon ``access_token``; Bluesky ``identifier`` + ``app_password`` and, once a session
    is open, ``access_jwt`` + ``refresh_jwt``. ``expires_at`` (aware): when the secret ends unless it is renewed, as the
    network says; None where it says nothing.
    """

    server_url: str
    handle: str = ""
    remote_id: str = ""
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        remember(value for key, value in self.secret.items() if key not in NOT_SECRET)


@dataclass(frozen=True)
class Profile:
    """The account as the network knows it."""

    remote_id: str
    handle: str
    display_name: str
    url: str
    followers: int | None = None


@dataclass(frozen=True)
class Limits:
    """What a post may be, read from the server where the server says it. All of it is enforced (:mod:`.limits`).

    ``unit``: what ``max_length`` and :meth:`Network.length` count (``grapheme``, ``character`` for code points, ``utf16``;
    another one is shown as it is). ``max_bytes``: UTF-8 bytes of the text. ``url_length``: what each link counts,
    however long it is; None where links count whole. ``max_images``: 0 where messages have none; ``max_alt_length``: code
    points. ``image_types``: MIME types; the desk sends JPEG.
    """

    max_length: int
    unit: str
    max_bytes: int | None = None
    url_length: int | None = None
    max_images: int = 4
    max_image_bytes: int = 1_000_000
    max_image_pixels: int | None = None
    max_alt_length: int = 1500
    image_types: tuple[str, ...] = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class Capabilities:
    """What the network lets the desk do; the interface offers nothing that is not here."""

    sends: bool = True
    edit: bool = False
    delete: bool = True
    reply: bool = True
    reply_mentions: bool = False
    """A reader learns of a reply only when it names them (Mastodon); the text must begin with their handle."""
    thread: bool = True
    card: bool = False
    card_with_image: bool = False
    """A message can show a link card and images. Else an editor chooses, and a sentence says so."""
    content_warning: bool = False
    """Readers see the warning first, and the text when they ask for it."""
    alt_text: bool = True
    idempotent_send: bool = False
    identity_lifetime: int | None = None
    """Seconds for which repeating a send with the same identity is safe; None = for ever. Only with idempotent_send."""
    read_back: bool = False
    refresh: bool = False
    """Credentials must be refreshed from time to time (rotating tokens)."""


@dataclass(frozen=True)
class Ref:
    """One message on the network. ``uri`` is its native id (Mastodon status id, AT-URI), ``cid`` its content hash."""

    uri: str
    url: str = ""
    cid: str = ""


@dataclass(frozen=True)
class Image:
    """An image to attach, as bytes already within the network's limits, with the alt text a reader will hear."""

    data: bytes = field(repr=False)
    media_type: str
    alt: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Card:
    """A link card made from the article's own metadata."""

    url: str
    title: str
    description: str
    image: Image | None = None


@dataclass(frozen=True)
class Message:
    """One message to publish: what the approved payload says, ready for any network."""

    text: str
    language: str = ""
    images: tuple[Image, ...] = ()
    card: Card | None = None
    reply_to: Ref | None = None
    root: Ref | None = None
    visibility: str = "public"
    content_warning: str = ""


@dataclass(frozen=True)
class Prepared:
    """A message whose media is on the server. ``body`` is JSON-serialisable and is what ``send`` will transmit.

    ``link`` is the link with its unique token, by which a read-back recognises the message.
    """

    body: dict[str, Any]
    link: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads back, as JSON-serialisable data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Prepared:
        """Read what :meth:`as_json` wrote. Raises KeyError where ``body`` is missing."""
        return cls(body=dict(data["body"]), link=data.get("link", ""))


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


@dataclass(frozen=True)
class Author:
    """Who wrote a reaction, as the network shows it. The listening room turns ``remote_id`` into a pseudonym.

    ``opted_out``: the profile says that it does not want to be collected (``#nobot``, ``#nobridge``).
    """

    remote_id: str
    handle: str
    display_name: str = ""
    url: str = ""
    bot: bool = False
    opted_out: bool = False


@dataclass(frozen=True)
class InboundItem:
    """One reaction as it was seen on a network or a page. ``text`` is plain; ``links`` are full URLs in order.

    ``subject``: native id of our own message that this reacts to, when the network says so directly (likes, reposts,
    quotes). ``other_ids``: further identities under which the same reaction may arrive by another route (ActivityPub
    id, canonical URL). ``permalink``: the address that is this reaction's alone, by which it is known and looked for
    again; None says that ``url`` is it, empty that it has none (``url`` then leads to a place that others share).
    ``visibility``: in the network's own word whom it was written for (Mastodon: ``public``, ``unlisted``), empty where
    there is no such thing; ``content_warning``: what it stands behind. An answer keeps both.
    """

    kind: Kind
    native_id: str
    author: Author
    published_at: datetime
    text: str = ""
    url: str = ""
    language: str = ""
    edited_at: datetime | None = None
    in_reply_to: str = ""
    root: str = ""
    quotes: str = ""
    subject: str = ""
    links: tuple[str, ...] = ()
    cid: str = ""
    other_ids: tuple[str, ...] = ()
    has_media: bool = False
    visibility: str = ""
    content_warning: str = ""
    public: bool = True
    permalink: str | None = None

    @property
    def own_address(self) -> str:
        """The address that is this reaction's alone; empty where it has none."""
        return self.url if self.permalink is None else self.permalink


@dataclass(frozen=True)
class Batch:
    """One page of what was collected, the cursor to go on from, and whether more waits right now.

    ``deleted``: native ids of what is gone. ``unread``: ids of those of our messages whose threads could not be read,
    or not wholly, for the network failed half-way; they stay due.
    """

    inbound: tuple[InboundItem, ...] = ()
    cursor: dict[str, Any] = field(default_factory=dict)
    more: bool = False
    deleted: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Network(ABC):
    """One account on one network. Instances are cheap, used by one thread, and closed with ``close()``.

    Every method may raise the tree of :mod:`smeditor.exceptions`: ``Refused``, ``AuthExpired``, ``RateLimited``,
    ``Temporary``, ``OutcomeUnknown`` (only from ``send``, ``edit``, ``delete``), ``Gone``, ``BadAnswer``,
    ``UnsupportedFeature``. ``rates`` holds the newest rate limits that headers named, by bucket; a network that does
    not call through :class:`~smeditor.networks.http.JsonApi` asks it before each request (``Rates.ask``).
    ``credentials`` may change during a call (a refreshed session): the caller saves them when ``credentials_changed``.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    connecting: ClassVar[Connecting] = Connecting()
    default_limits: ClassVar[Limits] = Limits(max_length=500, unit="character")
    """The documented limits: in force until the server's own were read."""

    def __init__(self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None) -> None:
        """``limits`` are the last ones read, if any."""
        self.credentials = credentials
        self.client = client
        self.known_limits = limits
        self.rates = Rates()
        self.credentials_changed = False

    def close(self) -> None:
        """Close the client's connections; nothing can be called afterwards."""
        self.client.close()

    # the account

    @abstractmethod
    def verify(self) -> Profile:
        """Ask the network who we are."""

    @abstractmethod
    def limits(self) -> Limits:
        """Read the limits from the server; fall back to the documented ones where it gives none."""

    def refresh(self) -> Credentials:
        """Return fresh credentials. Only where ``capabilities.refresh``; a refusal raises ``AuthExpired``."""
        return self.credentials

    @property
    def limits_in_force(self) -> Limits:
        """The limits read last from the server, else the documented ones. Asks nobody."""
        return self.known_limits or self.default_limits

    # the text

    @abstractmethod
    def count(self, text: str) -> int:
        """Length of ``text`` in ``limits_in_force.unit``, links and mentions as the server counts them."""

    def length(self, text: str, content_warning: str = "") -> int:
        """Length of a whole message. Override where the warning counts as well."""
        return self.count(text)

    def losses(self, message: Message) -> list[str]:
        """Sentences, for an editor, about what this network cannot show of ``message`` beyond what it declares."""
        return []

    @classmethod
    def marks(cls, text: str) -> list[Mark]:
        """The stretches of ``text`` that readers there see as links, mentions and tags: in order, none overlapping.

        The desk's preview shows them. A network that does not override it sets nothing apart.
        """
        return []

    # sending

    @abstractmethod
    def mint_identity(self, now: datetime) -> str:
        """Return the identity of a message that will be sent: a TID, an idempotency key."""

    @abstractmethod
    def prepare(self, message: Message) -> Prepared:
        """Upload media and build the request body. Without public effect; may be repeated."""

    @abstractmethod
    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish. ``sent_at`` is frozen by the caller so that a repeated send is byte-equal."""

    @abstractmethod
    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look whether the message minted as ``identity`` and sent at or after ``since`` exists."""

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text of a published message."""
        raise self.unsupported(_("editing"))

    def delete(self, ref: Ref) -> None:
        """Delete a published message. A message that is not there any more counts as deleted."""
        raise self.unsupported(_("deleting"))

    # listening

    @abstractmethod
    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        """Return what came in since ``cursor`` ({} = from the start): replies, mentions, quotes, likes, reposts.

        ``ours`` are the messages whose threads shall be walked in this call (the caller's poll plan chooses them); those
        that could not be are named in ``Batch.unread``, so that what was collected before the failure is kept.
        The same reaction may come twice; the caller deduplicates by ``native_id`` and ``other_ids``.
        """

    @abstractmethod
    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        """Return which reactions are still there. A failed request is UNKNOWN, never DELETED."""

    def unsupported(self, feature: str) -> UnsupportedFeature:
        """Return the error, to be raised, that says to a person that ``feature`` (translated) is not offered there."""
        sentence = _("%(network)s does not offer: %(feature)s.")
        return UnsupportedFeature(sentence % {"network": self.label, "feature": feature})
