"""What comes in from a network: reactions, one page of them, and what its webhooks bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smeditor.networks.kinds import Kind


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
    there is no such thing; ``content_warning``: what it stands behind. An answer keeps both. ``reaction_type``: of a
    like, in the network's own word (``love``, ``angry``); empty where there is one kind only. ``hidden``: readers there
    do not see it, for the account hid it.
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
    reaction_type: str = ""
    hidden: bool = False
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


@dataclass(frozen=True)
class WebhookRequest:
    """One request to the desk's webhook address, bounded and not yet believed. ``headers`` by lower-case name."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Event:
    """One thing that a webhook tells. ``key`` is the same whenever the same thing is told again.

    ``account``: remote id of the account that it concerns, empty where the address itself says which. ``data``:
    JSON-serialisable, what :meth:`Network.read_events` understands; empty where the event only says that there is
    something to collect.
    """

    key: str
    account: str = ""
    data: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Received:
    """What a believed webhook request means: the body to answer it with (a challenge), and its events."""

    answer: str = ""
    events: tuple[Event, ...] = ()
