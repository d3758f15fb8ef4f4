"""A PDS or an AppView that fails in the middle of a collection: what it gave is kept, the rest is named."""

import pytest

from smeditor.exceptions import Temporary
from smeditor.networks.base import Ref
from smeditor.networks.bluesky.collect import Collector
from tests.networks.appview import OURS, Session

POSTS = [f"at://{OURS}/app.bsky.feed.post/3k2yihcrp6f2{end}" for end in "abcd"]
NOTHING = {"likeCount": 0, "repostCount": 0, "quoteCount": 0}


class Threads(Session):
    """Shows threads without replies, but those that fail."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing

    def answer(self, nsid, **parameters):
        if parameters["uri"] in self.failing:
            raise Temporary("Down.")
        return {"thread": {"post": {"uri": parameters["uri"], **NOTHING}}}


def collected(*failing: str, count: int = 4):
    return Collector(Threads(*failing), {}).collect([Ref(uri=uri) for uri in POSTS[:count]])


def test_threads_that_cannot_be_read_are_named_and_the_others_are_read():
    assert collected(POSTS[0], POSTS[2]).unread == (POSTS[0], POSTS[2])


def test_a_thread_alone_that_fails_is_no_failure_of_the_account():
    assert collected(POSTS[0], count=1).unread == (POSTS[0],)


def test_a_server_that_reads_no_thread_at_all_has_failed():
    with pytest.raises(Temporary):
        collected(*POSTS)
