"""Which reactions may be compared with others, by their words or their meaning: what lies in other queues raises no concern."""

from __future__ import annotations

from django.db.models import Exists, QuerySet

from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Reaction
from smeditor.permissions.visibility import confided

GROUPED = [Reaction.Queue.INBOX, Reaction.Queue.DONE, Reaction.Queue.UNATTACHED]
CANDIDATES = 2_000
"""So many of what waits are looked at first; only where none of them can be taken, all are."""


def groupable(rows: QuerySet[Reaction]) -> QuerySet[Reaction]:
    """Those of ``rows``, of the queues ``GROUPED``, that are labelled and have words which may be used and were not confided."""
    return (
        rows.filter(triaged_at__isnull=False, content__isnull=False)
        .exclude(kept_only_by_hold())
        .filter(~Exists(confided()))
    )
