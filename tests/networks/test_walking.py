"""Walking several threads in one collection: a failure half-way hides nothing and marks nothing as read."""

from datetime import UTC, datetime

import pytest

from smeditor.exceptions import AuthExpired, RateLimited, Temporary
from smeditor.networks.walking import ENOUGH, Walked, walk

LIMIT = RateLimited("Slowly.", until=datetime(2026, 3, 10, 10, tzinfo=UTC))
TOKEN = AuthExpired("Connect again.")


class Server:
    """Fails for the threads that it is told to fail for."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = failures
        self.asked: list[str] = []

    def read(self, thread_id: str) -> None:
        self.asked.append(thread_id)
        if thread_id in self.failures:
            raise self.failures[thread_id]


def test_where_nothing_fails_everything_is_read():
    assert walk(["a", "b"], Server().read) == Walked(read=2)


def test_a_thread_that_fails_hides_no_other():
    server = Server(a=Temporary("Down."), c=Temporary("Down."))
    assert walk(["a", "b", "c", "d"], server.read) == Walked(read=2, unread=("a", "c"))


def test_a_server_that_fails_again_and_again_is_asked_no_more():
    down = Temporary("Down.")
    threads = list("abcdefgh")
    server = Server(**dict.fromkeys(threads[1:], down))
    assert walk(threads, server.read) == Walked(read=1, unread=tuple(threads[1:]), ended_by=down)
    assert len(server.asked) == 1 + ENOUGH


@pytest.mark.parametrize("error", [LIMIT, TOKEN])
def test_a_limit_or_a_refused_token_ends_the_walk_at_once(error):
    server = Server(b=error)
    assert walk(["a", "b", "c"], server.read) == Walked(read=1, unread=("b", "c"), ended_by=error)
    assert server.asked == ["a", "b"]
