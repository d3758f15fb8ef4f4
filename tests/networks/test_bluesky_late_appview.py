"""A post of ours that the AppView has not indexed yet is no deleted post (law 5: a passing state is never final).

The kind: "not found" from a copy that runs behind. A walk through the demo's day on a busy machine marked a post as deleted
on the network a second after it was sent.
"""

from __future__ import annotations

import pytest

from smeditor.exceptions import Gone
from smeditor.networks.base import Ref
from smeditor.networks.bluesky.collect import Collector
from tests.networks.appview import OURS, Session

POST = f"at://{OURS}/app.bsky.feed.post/3k2yihcrp6f2c"


class WithoutPost(Session):
    """What an AppView without the post, and a repository with or without it, answer."""

    def __init__(self, *, in_repository: bool) -> None:
        self.in_repository = in_repository
        self.asked: list[str] = []

    def answer(self, nsid, **parameters):
        self.asked.append(nsid)
        if nsid == "com.atproto.repo.getRecord" and self.in_repository:
            return {"uri": POST, "cid": "bafy", "value": {}}
        raise Gone(code="NotFound")


@pytest.mark.parametrize("in_repository", [True, False])
def test_our_post_is_deleted_only_when_our_own_repository_says_so(in_repository):
    session = WithoutPost(in_repository=in_repository)
    batch = Collector(session, {}).collect([Ref(uri=POST)])
    assert batch.deleted == (() if in_repository else (POST,))
    assert session.asked[-1] == "com.atproto.repo.getRecord"
