"""Finding one reader who asks what is kept of them, or that it be erased: readers are known by pseudonyms only."""

from __future__ import annotations

from django.db.models import Q

from smeditor.listening.batch import FORM
from smeditor.listening.identity import pseudonym
from smeditor.models import Reader

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
    for name in (handle, f"@{handle}"):
        known |= Q(reactions__content__author_handle__iexact=name)
    known |= Q(reactions__content__author_url__iexact=who)
    return list(Reader.objects.filter(known, network=network).distinct().order_by("pk"))
