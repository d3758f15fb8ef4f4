"""What the double keeps: nodes, people, apps, tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ALL_TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MANAGE", "MESSAGING", "MODERATE")


@dataclass
class Node:
    """One object of the graph. ``data``: its fields; ``hidden``: what is ours and no field. ``owner``: a page's id."""

    id: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    owner: str = ""
    hidden: dict[str, Any] = field(default_factory=dict)


@dataclass
class Person:
    """Somebody who can consent. ``tasks``: what they may do, by page."""

    id: str
    name: str
    tasks: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class GraphApp:
    """An app that was created at Meta. ``requires_proof``: "Require App Secret" is on."""

    id: str
    secret: str
    name: str = "Newsroom"
    redirect_uris: tuple[str, ...] = ()
    requires_proof: bool = False


@dataclass
class GraphToken:
    """A token. ``kind``: USER, PAGE or APP. ``targets``: what its scopes were granted for; empty: everything."""

    value: str
    kind: str
    app_id: str
    user_id: str = ""
    profile_id: str = ""
    scopes: frozenset[str] = frozenset()
    targets: tuple[str, ...] = ()
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    valid: bool = True
    subcode: int = 463
    long_lived: bool = False


@dataclass
class Code:
    """What a consent gave, until it is exchanged."""

    app_id: str
    person_id: str
    redirect_uri: str
    scopes: frozenset[str]
    targets: tuple[str, ...]


@dataclass
class Listing:
    """What an edge holds, newest first or as its order says, before it is paged."""

    items: list[Any]
    summary: dict[str, Any] | None = None


def fresh_token(prefix: str = "EAA") -> str:
    """A token as Meta writes them."""
    return prefix + secrets.token_hex(24)
