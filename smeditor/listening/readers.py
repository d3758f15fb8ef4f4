"""From the authors of a batch to readers: keyed pseudonyms, who is a bot, who works here, who does not want this."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from smeditor.listening.identity import pseudonym
from smeditor.listening.own import OwnAccounts
from smeditor.models import Reader
from smeditor.models.bulk import update_rows
from smeditor.networks.base import Author, InboundItem

MARKS = ("opted_out", "is_bot", "is_staff")


def recognise(
    authors: Iterable[Author], network: str, own_accounts: OwnAccounts, now: datetime
) -> tuple[dict[str, Reader], list[Reader]]:
    """Return (readers by ``remote_id``, those who asked just now not to be collected any more).

    A mark is set and never taken away here: a profile seen through another server may show less.
    """
    by_pseudonym = {pseudonym(network, author.remote_id): author for author in authors}
    known = _load(by_pseudonym)
    missing = [
        Reader(pseudonym=name, network=network, last_seen_at=now, **_marks(author, own_accounts))
        for name, author in sorted(by_pseudonym.items())
        if name not in known
    ]
    # Another worker may meet the same person at the same time.
    Reader.objects.bulk_create(missing, ignore_conflicts=True)
    withdrawn = []
    for name, reader in known.items():
        marks = _marks(by_pseudonym[name], own_accounts)
        if marks["opted_out"] and not reader.opted_out:
            withdrawn.append(reader)
        for mark, value in marks.items():
            setattr(reader, mark, getattr(reader, mark) or value)
        reader.last_seen_at = now
    update_rows(known.values(), [*MARKS, "last_seen_at"])
    known |= _load(reader.pseudonym for reader in missing)
    return {by_pseudonym[name].remote_id: reader for name, reader in known.items()}, withdrawn


def is_unnamed(inbound: InboundItem) -> bool:
    """Whether the author of a feed's or page's entry has nothing of their own by which to be known again.

    Such an author is known together with their reaction.
    """
    return inbound.permalink is not None and inbound.author.remote_id != inbound.author.url


def _load(pseudonyms: Iterable[str]) -> dict[str, Reader]:
    return {reader.pseudonym: reader for reader in Reader.objects.filter(pseudonym__in=list(pseudonyms)).order_by("pk")}


def _marks(author: Author, own_accounts: OwnAccounts) -> dict[str, bool]:
    return {"opted_out": author.opted_out, "is_bot": author.bot, "is_staff": own_accounts.is_staff(author)}
