"""Comments and reactions on our posts, as LinkedIn counts them.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/social-metadata-api (2026-11-30), one post to a
call. How many saw a post is told to apps with another permission only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smeditor.exceptions import BadAnswer, Gone, Refused
from smeditor.networks.linkedin import urns
from smeditor.networks.linkedin.collect import read_counts
from smeditor.networks.linkedin.connecting import READ_FEED
from smeditor.networks.metrics import Metrics

if TYPE_CHECKING:
    from smeditor.networks.linkedin.network import LinkedIn


def metrics(network: LinkedIn, ids: Sequence[str]) -> dict[str, Metrics]:
    """The counts of each post that LinkedIn shows, by its URN. Nothing where reading was not granted."""
    scopes = network.credentials.scopes
    if scopes is not None and READ_FEED not in scopes:
        return {}
    found: dict[str, Metrics] = {}
    for urn in dict.fromkeys(native_id for native_id in ids if urns.POST.fullmatch(native_id)):
        try:
            data = network.api.ask("GET", f"/socialMetadata/{urns.encoded(urn)}").object()
        except (Gone, Refused, BadAnswer):
            continue
        comments, reactions = read_counts(data)
        found[urn] = Metrics(likes=sum(reactions.values()), replies=comments)
    return found
