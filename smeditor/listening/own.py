"""Our own voice: what our accounts say is no reaction. It comes back all the same, by every route.

Peers met it as threads of one's own that return as comments (Bridgy #1787) and as one's own post that "mentions" one's
own article (Bridgy #485). A journalist's personal account is labelled, never dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from smeditor import conf
from smeditor.listening.batch import Item, Origin
from smeditor.listening.identity import author_name, scope_of
from smeditor.models import Account, Part
from smeditor.networks.base import Author


class OwnAccounts:
    """The accounts of the newsroom as they may appear on any network, bridged or not."""

    def __init__(self) -> None:
        columns = ("network", "remote_id", "handle", "profile_url", "server_url")
        accounts = list(Account.objects.order_by().values_list(*columns))
        self.ids = {(network, remote_id) for network, remote_id, *_places in accounts if remote_id}
        authors = (Author(remote_id, handle, url=page or server) for _, remote_id, handle, page, server in accounts)
        self.names = {name for author in authors if (name := author_name(author))}
        self.staff = {name for handle in conf.get("STAFF_HANDLES") if (name := author_name(Author("", handle)))}

    def spoke(self, item: Item, origin: Origin) -> bool:
        """Whether ``item`` was written by one of our accounts."""
        author = item.inbound.author
        return (origin.network, author.remote_id) in self.ids or author_name(author) in self.names

    def is_staff(self, author: Author) -> bool:
        """Whether the author's handle is one of ``SMEDITOR["STAFF_HANDLES"]``."""
        return bool(self.staff) and author_name(author) in self.staff


class OwnPart(NamedTuple):
    """One of our sent messages, by ids: its delivery, its place there, the article and the conversation it is about."""

    delivery: int
    position: int
    article: int | None
    conversation: int | None


def split(
    items: Iterable[Item], origin: Origin, own_accounts: OwnAccounts, sent: Collection[str]
) -> tuple[list[Item], list[Item]]:
    """Return (what readers said, what we said ourselves). ``sent``: native ids of messages that we sent."""
    readers: list[Item] = []
    ours: list[Item] = []
    for item in items:
        own = item.inbound.native_id in sent or own_accounts.spoke(item, origin)
        (ours if own else readers).append(item)
    return readers, ours


def named_ids(item: Item) -> set[str]:
    """The native ids of all messages that ``item`` names: itself, what it answers, quotes or likes."""
    inbound = item.inbound
    return {inbound.native_id, inbound.in_reply_to, inbound.root, inbound.subject, inbound.quotes} - {""}


def own_parts(native_ids: set[str], origin: Origin) -> dict[str, OwnPart]:
    """Which of ``native_ids`` are messages that we sent, on the server that ``origin`` was read from.

    An answer of ours is about what its conversation is about.
    """
    parts = Part.objects.filter(remote_id__in=native_ids - {""}, delivery__account__network=origin.network)
    rows = parts.order_by().values_list(
        "remote_id", "delivery__account__server_url", "delivery", "position", "delivery__post__article",
        "delivery__post__conversation", "delivery__post__conversation__article",
    )  # fmt: skip
    return {
        remote_id: OwnPart(delivery, position, article or talk_article, conversation)
        for remote_id, server, delivery, position, article, conversation, talk_article in rows
        if _same_place(remote_id, server, origin)
    }


def _same_place(remote_id: str, server_url: str, origin: Origin) -> bool:
    if "://" in remote_id or origin.account is None:
        return True
    return scope_of(origin.network, server_url) == origin.scope
