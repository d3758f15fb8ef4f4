"""Finding one reader who asks what is kept of them, or that it be erased: readers are known by pseudonyms only."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from smeditor.listening.batch import FORM
from smeditor.listening.identity import pseudonym
from smeditor.models import ReactionText, Reader

SHORTEST_PSEUDONYM = 12
"""Characters of a pseudonym that name one reader."""


def find_readers(network: str, who: str) -> list[Reader]:
    """Return the readers on ``network`` whom ``who`` names: a handle, a profile's or a mail's address, a pseudonym.

    A name alone names nobody: many people sign alike.
    """
    who = who.strip()
    handle = who.lstrip("@")
    if not handle:
        return []
    known = Q(pseudonym=pseudonym(network, who)) | Q(pseudonym=pseudonym(network, handle))
    if network == FORM:
        known |= Q(pseudonym=pseudonym(FORM, who.lower()))
    if len(who) >= SHORTEST_PSEUDONYM and all(char in "0123456789abcdef" for char in who):
        known |= Q(pseudonym__startswith=who)
    known |= Q(pk__in=list(_signed(handle, who)))
    return list(Reader.objects.filter(known, network=network).order_by("pk"))


def _signed(handle: str, address: str) -> QuerySet[Any, Any]:
    """The ids of the readers whose words are signed with ``handle`` or ``address``, however either is capitalised."""
    texts = ReactionText.objects.alias(handle=Lower("author_handle"), address=Lower("author_url"))
    by_handle = Q(handle=Lower(Value(handle))) | Q(handle=Lower(Value(f"@{handle}")))
    signed = texts.filter(by_handle | Q(address=Lower(Value(address))), reaction__reader__isnull=False)
    return signed.order_by().values_list("reaction__reader", flat=True).distinct()
