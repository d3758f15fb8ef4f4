"""Who acts: the keys of the newsroom's own app at a network, an account's credentials, and the account as it is known there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smeditor.redaction import remember

NOT_SECRET = frozenset({"identifier", "pds_url", "client_id", "owner_handle", "scope", "token_type", "expires_at"})
"""Keys of a secret whose value may stand in a sentence."""


@dataclass(frozen=True)
class App:
    """The newsroom's own application at a network: what its provider gave when it was created there.

    ``keys`` by the names of ``Connecting.app_fields`` (``client_id``, ``client_secret`` …); ``repr`` hides them.
    ``server_url``: the server on which it was created, for networks of many servers.
    """

    server_url: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        remember(value for key, value in self.keys.items() if key not in NOT_SECRET)


@dataclass(frozen=True)
class Credentials:
    """What is needed to act for an account. ``secret`` never leaves the process; ``repr`` hides it.

    ``secret`` keys by network: Mastodon ``access_token``; Bluesky ``identifier`` + ``app_password`` and, once a session
    is open, ``access_jwt`` + ``refresh_jwt``; OAuth 2 ``access_token`` + ``refresh_token``. All times are aware UTC.

    ``expires_at``: when the secret ends unless it is renewed, as the network says; None where it says nothing.
    ``refresh_expires_at``: when it cannot be renewed any more and a person must connect the account again. ``scopes``:
    what was granted, in the network's words; None where it does not tell.
    """

    server_url: str
    handle: str = ""
    remote_id: str = ""
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: frozenset[str] | None = None

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
class Identity:
    """An account that fresh credentials can act for: a page, an organisation, or the person who consented.

    ``note``: why it cannot be connected as it is (a missing role), in a sentence for a person; empty where it can.
    """

    profile: Profile
    credentials: Credentials
    note: str = ""
