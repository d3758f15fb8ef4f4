"""From the authors of a batch to readers: keyed pseudonyms, who is a bot, who works here, who does not want this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smeditor.listening.identity import pseudonym
from smeditor.listening.own import OwnAccounts
from smeditor.models import Reader
from smeditor.models.bulk import update_rows
from smeditor.networks.base import Author, InboundItem

MARKS = ("opted_out", "is_bot", "is_staff")


def recognise(
    authors: Iterable[Author], network: str, own_accounts: OwnAccounts
) -> tuple[dict[str, Reader], list[Reader]]:
    """Return (readers by ``remote_id``, those who asked just now not to be collected any more).

    A mark is set and never taken away here: a profile seen through another server may show less.
    """
    by_pseudonym = {pseudonym(network, author.remote_id): author for author in authors}
    known = {reader.pseudonym: reader for reader in Reader.objects.filter(pseudonym__in=by_pseudonym).order_by("pk")}
    withdrawn = []
    changed = []
    for name, reader in known.items():
        marks = _marks(by_pseudonym[name], own_accounts)
        if marks["opted_out"] and not reader.opted_out:
            withdrawn.append(reader)
        fresh = [mark for mark, value in marks.items() if value and not getattr(reader, mark)]
        for mark in fresh:
            setattr(reader, mark, True)
        if fresh:
            changed.append(reader)
    update_rows(changed, MARKS)
    known |= _create(
        [
            Reader(pseudonym=name, network=network, **_marks(author, own_accounts))
            for name, author in sorted(by_pseudonym.items())
            if name not in known
        ]
    )
    return {by_pseudonym[name].remote_id: reader for name, reader in known.items()}, withdrawn


def _create(readers: Sequence[Reader]) -> dict[str, Reader]:
    """Store ``readers`` and return them by pseudonym, as they lie in the table.

    Another worker may meet the same person at the same time: who was first decides.
    """
    Reader.objects.bulk_create(readers, ignore_conflicts=True)
    made = {reader.pseudonym: reader for reader in readers}
    stored = {}
    for name, pk, *marks in Reader.objects.filter(pseudonym__in=made).values_list("pseudonym", "pk", *MARKS):
        reader = stored[name] = made[name]
        reader.pk, reader._state.adding = pk, False
        for mark, value in zip(MARKS, marks, strict=True):
            setattr(reader, mark, value)
    return stored


def is_unnamed(inbound: InboundItem) -> bool:
    """Whether the author of a feed's or page's entry has nothing of their own by which to be known again.

    Such an author is known together with their reaction.
    """
    return inbound.permalink is not None and inbound.author.remote_id != inbound.author.url


def _marks(author: Author, own_accounts: OwnAccounts) -> dict[str, bool]:
    return {"opted_out": author.opted_out, "is_bot": author.bot, "is_staff": own_accounts.is_staff(author)}
