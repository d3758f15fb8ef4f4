"""The contract between the desk and a network. Plain dataclasses in, plain dataclasses out; no Django models.

Whoever adds a network subclasses :class:`Network`, fills what it can do into :class:`Capabilities`, and lets its test
class inherit ``tests/networks/contract.py``. All times are aware and UTC. All ids are the network's own strings.

Sending is split so that the caller can put its fence between the steps:

1. ``mint_identity`` – made before anything is sent, stored by the caller, constant over every retry;
2. ``prepare`` – uploads and look-ups without public effect, a step at a time: what was reached is stored by the caller,
   who comes again when there is something to go on with. Nothing here sleeps or waits for the network's own work;
3. ``send`` – one request with public effect. ``read_back`` finds out afterwards whether it happened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from smeditor.exceptions import UnsupportedFeature
from smeditor.networks.capabilities import Capabilities as Capabilities  # the contract: adapters import it from here
from smeditor.networks.capabilities import Guarantee as Guarantee
from smeditor.networks.capabilities import Limits as Limits
from smeditor.networks.capabilities import ReaderOperation as ReaderOperation
from smeditor.networks.capabilities import ReplyControl as ReplyControl
from smeditor.networks.capabilities import Webhooks as Webhooks
from smeditor.networks.connecting import Connecting as Connecting
from smeditor.networks.connecting import Consent as Consent
from smeditor.networks.connecting import Scope as Scope
from smeditor.networks.connecting import SecretField as SecretField
from smeditor.networks.costs import Costs
from smeditor.networks.credentials import App as App
from smeditor.networks.credentials import Credentials as Credentials
from smeditor.networks.credentials import Identity as Identity
from smeditor.networks.credentials import Profile as Profile
from smeditor.networks.folds import WHOLE as WHOLE
from smeditor.networks.folds import Fold as Fold
from smeditor.networks.inbound import Author as Author
from smeditor.networks.inbound import Batch as Batch
from smeditor.networks.inbound import Event as Event
from smeditor.networks.inbound import InboundItem as InboundItem
from smeditor.networks.inbound import Received as Received
from smeditor.networks.inbound import WebhookRequest as WebhookRequest
from smeditor.networks.kinds import Kind as Kind
from smeditor.networks.kinds import Presence as Presence
from smeditor.networks.marks import FoundMark as FoundMark
from smeditor.networks.marks import Mark
from smeditor.networks.marks import MarkKind as MarkKind
from smeditor.networks.media import Captions as Captions
from smeditor.networks.media import Media as Media
from smeditor.networks.media import MediaKind as MediaKind
from smeditor.networks.media import MediaLimits as MediaLimits
from smeditor.networks.messages import ONLY_SELF as ONLY_SELF
from smeditor.networks.messages import Card as Card
from smeditor.networks.messages import Message as Message
from smeditor.networks.messages import Prepared as Prepared
from smeditor.networks.messages import Progress as Progress
from smeditor.networks.messages import ReadBack as ReadBack
from smeditor.networks.messages import Receipt as Receipt
from smeditor.networks.messages import Ref as Ref
from smeditor.networks.metrics import Metrics as Metrics
from smeditor.networks.polls import Poll as Poll
from smeditor.networks.polls import PollLimits as PollLimits
from smeditor.networks.rates import Rates, SendingRates

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient


class Network(ABC):
    """One account on one network. Instances are cheap, used by one thread, and closed with ``close()``.

    Every method may raise the tree of :mod:`smeditor.exceptions`: ``Refused``, ``AuthExpired``, ``RateLimited``,
    ``Temporary``, ``OutcomeUnknown`` (only from ``send``, ``edit``, ``delete``), ``Gone``, ``BadAnswer``,
    ``UnsupportedFeature``. ``rates`` holds the newest rate limits that headers named, by bucket; a network that does
    not call through :class:`~smeditor.networks.http.JsonApi` asks it before each request (``Rates.ask``). ``costs``
    collects what the calls cost, where they do (``Capabilities.priced``).
    ``credentials`` may change during a call (a refreshed session): the caller saves them when ``credentials_changed``.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    connecting: ClassVar[Connecting] = Connecting()
    default_limits: ClassVar[Limits] = Limits(max_length=500, unit="character")
    """The documented limits: in force until the server's own were read."""
    fold: ClassVar[Fold] = WHOLE
    """Where the network's own apps cut a long text and write "more"; the desk's preview cuts it there."""
    sending_rates: ClassVar[SendingRates] = SendingRates()
    """Out of which of the ``rates`` a message comes; a pause that is asked for without a name needs no bucket here."""
    version_ends: ClassVar[date | None] = None
    """When the network may switch off the version of its API that is spoken here; a system check warns ahead."""
    searches_links: ClassVar[bool] = False
    """Whoever shows a link of ours is found only by searching for it, so that the network must know ``own_sites``."""

    def __init__(
        self, credentials: Credentials, *, client: GuardedClient, limits: Limits | None = None, app: App | None = None
    ) -> None:
        """``limits`` are the last ones read, if any; ``app`` the newsroom's own app at this network, where it has one."""
        self.credentials = credentials
        self.client = client
        self.known_limits = limits
        self.app = app or App()
        self.rates = Rates()
        self.costs = Costs()
        self.credentials_changed = False
        self.own_sites: tuple[str, ...] = ()
        """Hosts of the newsroom's sites, filled by who listens where ``searches_links``."""

    def close(self) -> None:
        """Close the client's connections; nothing can be called afterwards."""
        self.client.close()

    # connecting

    @classmethod
    def authorize(
        cls, app: App, redirect_uri: str, state: str, *, client: GuardedClient, server_url: str = ""
    ) -> Consent:
        """Return where a person consents. Only where ``connecting.consent``.

        ``redirect_uri``: the desk's own address to which the network sends them back; ``state``: comes back with them.
        """
        raise UnsupportedFeature(_("%(network)s has no consent screen.") % {"network": cls.label})

    @classmethod
    def exchange(
        cls,
        app: App,
        redirect_uri: str,
        callback: Mapping[str, str],
        kept: Mapping[str, str],
        *,
        client: GuardedClient,
        server_url: str = "",
    ) -> Credentials:
        """Turn what the consent screen sent back into credentials with their scopes and expiries.

        ``callback``: the query of the return, whose ``state`` the caller has checked; ``kept``: ``Consent.kept``. Raises
        ``Refused`` with a sentence where the person said no or the code is no good any more.
        """
        raise UnsupportedFeature(_("%(network)s has no consent screen.") % {"network": cls.label})

    def identities(self) -> list[Identity]:
        """The accounts that these credentials can act for, among which a person chooses: pages, organisations."""
        return [Identity(self.verify(), self.credentials)]

    def revoke(self) -> bool:
        """Tell the network that the desk will not act for the account any more. False where it has no such call."""
        return False

    # the account

    @abstractmethod
    def verify(self) -> Profile:
        """Ask the network who we are. Raises ``AuthExpired`` where the token is not one that can act for the account.

        What the network says of the token on the way (scopes, expiry) is written into ``credentials``.
        """

    @abstractmethod
    def limits(self) -> Limits:
        """Read the limits from the server; fall back to the documented ones where it gives none."""

    def refresh(self) -> Credentials:
        """Return fresh credentials. Only where ``capabilities.refresh``; a refusal raises ``AuthExpired``.

        A network whose refresh needs the newsroom's own app finds its keys in ``app``.
        """
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

    def search_marks(self, kind: MarkKind, query: str) -> list[FoundMark]:
        """Profiles or hashtags there that match ``query`` (without its sign), a few, the best first.

        Only for the kinds in ``capabilities.mark_search``. What could not stand in a message as that one mark is left out.
        """
        raise self.unsupported(_("search for names"))

    def price(self, message: Message) -> Decimal:
        """What publishing ``message`` will cost, in US dollars; zero where the network asks nothing."""
        return Decimal()

    # sending

    @abstractmethod
    def mint_identity(self, now: datetime) -> str:
        """Return the identity of a message that will be sent: a TID, an idempotency key."""

    @abstractmethod
    def prepare(self, message: Message, so_far: Mapping[str, Any]) -> Prepared | Progress:
        """Take one step of preparing ``message``: upload a piece, make a container, ask whether a video is processed.

        ``so_far``: what the last step reached ({} at first); read it as if a stranger had written it. Returns what
        ``send`` will transmit, or how far it has come. Without public effect; any step may be repeated. Never waits for
        the network's own work: it says when to look again.
        """

    @abstractmethod
    def send(self, prepared: Prepared, identity: str, sent_at: datetime) -> Receipt:
        """Publish. ``sent_at`` is frozen by the caller so that a repeated send is byte-equal."""

    @abstractmethod
    def read_back(self, prepared: Prepared, identity: str, since: datetime) -> ReadBack:
        """Look whether the message minted as ``identity`` and sent at or after ``since`` exists."""

    def ref_at(self, url: str) -> Ref:
        """Where the message is that a person found at ``url`` and recognised as ours. Asks nobody.

        Override where a native id can be read from an address: what readers do there names the message by its id. Raises
        Refused, with a sentence, for an address that holds none: the rest of a thread would not know what it answers.
        """
        return Ref(uri=url, url=url)

    def edit(self, ref: Ref, prepared: Prepared) -> Receipt:
        """Replace the text of a published message."""
        raise self.unsupported(_("editing"))

    def delete(self, ref: Ref) -> None:
        """Delete a published message. A message that is not there any more counts as deleted."""
        raise self.unsupported(_("deleting"))

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        """Hide, unhide, like or unlike a reader's message. Only what ``capabilities.reader_operations`` names.

        Repeating it changes nothing. A message that is not there any more raises ``Gone``.
        """
        raise self.unsupported(operation.value)

    # listening

    def metrics(self, refs: Sequence[Ref]) -> dict[str, Metrics]:
        """The public counts of our own messages ``refs``, by ``Ref.uri``. Only where ``capabilities.metrics``.

        What is not there any more, or is not told, is left out; so is a count that the network does not tell.
        """
        raise self.unsupported(_("numbers of a post"))

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

    @classmethod
    def receive(cls, request: WebhookRequest, keys: Mapping[str, str]) -> Received:
        """Believe a webhook request, or not. Only where ``capabilities.webhooks``.

        ``keys``: the app's (``Webhooks.APP``) or the account's secret (``Webhooks.ACCOUNT``). Raises ``Refused`` where the
        signature is wrong or missing, ``BadAnswer`` for what cannot be read. Asks no network.
        """
        raise UnsupportedFeature(_("%(network)s sends no webhooks.") % {"network": cls.label})

    def subscribe(self, address: str, secret: str) -> None:
        """Ask the network to send its webhooks for this account to ``address``. May be repeated.

        ``secret``: shared with the network where each account has one of its own (``Webhooks.ACCOUNT``).
        """
        raise self.unsupported(_("webhooks"))

    def unsubscribe(self) -> None:
        """Ask the network to send no more webhooks for this account. May be repeated."""
        raise self.unsupported(_("webhooks"))

    def read_events(self, events: Sequence[Mapping[str, Any]]) -> Batch:
        """What the stored events of :meth:`receive` (their ``data``, oldest first) tell; its cursor is not used.

        Most networks tell with an event only that there is something to collect: then there is nothing to read here.
        """
        return Batch()

    def stream(self) -> Iterator[None]:
        """Yield whenever something came in for this account, while the connection lasts. Only where ``capabilities.streams``.

        A wake-up and nothing more: what came in is collected. Ends when the server closes; raises the tree of errors.
        """
        raise self.unsupported(_("streaming"))

    def unsupported(self, feature: str) -> UnsupportedFeature:
        """Return the error, to be raised, that says to a person that ``feature`` (translated) is not offered there."""
        sentence = _("%(network)s does not offer: %(feature)s.")
        return UnsupportedFeature(sentence % {"network": self.label, "feature": feature})
