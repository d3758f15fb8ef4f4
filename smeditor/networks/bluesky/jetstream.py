"""Bluesky's Jetstream: every new post of the network as JSON, of which those that name us are a wake-up.

https://github.com/bluesky-social/jetstream (2026-11-30): public instances, ``wantedCollections`` in the query. It cannot be
asked for what is about an account, so that each message is searched for the account's DID as it comes, unparsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smeditor.networks.bluesky.limits import POST

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient

PUBLIC = "wss://jetstream2.us-east.bsky.network/subscribe"
REPOST = "app.bsky.feed.repost"


def mentions_of(client: GuardedClient, did: str, url: str = PUBLIC) -> Iterator[None]:
    """Yield for each post or repost of others that contains ``did``: answers, quotes, mentions of the account."""
    query = f"wantedCollections={POST}&wantedCollections={REPOST}"
    own = f'"did":"{did}"'
    for message in client.stream_messages(f"{url}?{query}"):
        if did in message and own not in message:
            yield None
