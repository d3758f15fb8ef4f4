"""Visits to an article by the link token of each publication: the host's web analytics counts them, the desk keeps the sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smeditor.models import DeliveryResult
from smeditor.text.links import TOKEN_PARAMETER as TOKEN_PARAMETER  # what the host's analytics groups its visits by

BATCH = 500


def note_visits(totals: Mapping[str, int]) -> int:
    """Store how many visits came by each link token, ``totals`` being sums since the post was sent; return how many were known.

    A host calls this from its own code, as often as it likes: a sum takes the place of the one before. Unknown tokens are
    left out: they are other sites' or older than the desk.
    """
    known = 0
    for tokens in _batches(totals):
        rows = list(DeliveryResult.objects.filter(delivery__link_token__in=tokens).select_related("delivery"))
        for row in rows:
            row.visits = max(int(totals[str(row.delivery.link_token)]), 0)
        DeliveryResult.objects.bulk_update(rows, ["visits"])
        known += len(rows)
    return known


def _batches(totals: Mapping[str, int]) -> Iterable[list[str]]:
    tokens = list(totals)
    return (tokens[start : start + BATCH] for start in range(0, len(tokens), BATCH))
