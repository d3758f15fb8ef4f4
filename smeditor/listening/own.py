"""Our own voice: what our accounts say is no reaction. It comes back all the same, by every route.

Peers met it as threads of one's own that return as comments (Bridgy #1787) and as one's own post that "mentions" one's
own article (Bridgy #485). A journalist's personal account is labelled, never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable

from smeditor import conf
from smeditor.listening.batch import Item, Origin
from smeditor.listening.identity import author_name, scope_of
from smeditor.models import Account, Part
from smeditor.networks.base import Author


class OwnAccounts:
    """The accounts of the newsroom as they may appear on any network, bridged or not."""

    def __init__(self) -> None:
        accounts = list(Account.objects.only("network", "remote_id", "handle", "server_url", "profile_url"))
        self.ids = {(account.network, account.remote_id) for account in accounts if account.remote_id}
        self.names = {name for account in accounts if (name := _name(account))}
        self.staff = {name for handle in conf.get("STAFF_HANDLES") if (name := author_name(Author("", handle)))}

    def spoke(self, item: Item, origin: Origin) -> bool:
        """Whether ``item`` was written by one of our accounts."""
        author = item.inbound.author
        return (origin.network, author.remote_id) in self.ids or author_name(author) in self.names

    def is_staff(self, author: Author) -> bool:
        """Whether the author's handle is one of ``SMEDITOR["STAFF_HANDLES"]``."""
        return bool(self.staff) and author_name(author) in self.staff


def split(items: Iterable[Item], origin: Origin, own_accounts: OwnAccounts) -> tuple[list[Item], list[Item]]:
    """Return (what readers said, what we said ourselves)."""
    everything = list(items)
    sent = sent_ids({item.inbound.native_id for item in everything}, origin)
    readers: list[Item] = []
    ours: list[Item] = []
    for item in everything:
        own = item.inbound.native_id in sent or own_accounts.spoke(item, origin)
        (ours if own else readers).append(item)
    return readers, ours


def sent_ids(native_ids: set[str], origin: Origin) -> set[str]:
    """Which of ``native_ids`` are messages that we sent."""
    return set(own_parts(native_ids, origin))


def own_parts(native_ids: set[str], origin: Origin) -> dict[str, Part]:
    """Our sent messages by native id, on the server that ``origin`` was read from, with delivery, post and account."""
    parts = Part.objects.filter(
        remote_id__in=native_ids - {""}, delivery__account__network=origin.network
    ).select_related("delivery__post__conversation", "delivery__account")
    return {part.remote_id: part for part in parts if _same_place(part, origin)}


def _same_place(part: Part, origin: Origin) -> bool:
    if "://" in part.remote_id or origin.account is None:
        return True
    return scope_of(origin.network, part.delivery.account.server_url) == origin.scope


def _name(account: Account) -> str:
    return author_name(Author(account.remote_id, account.handle, url=account.profile_url or account.server_url))
