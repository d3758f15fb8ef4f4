"""Which sources a worker takes: what will be late soonest, of one host not too many, and none that another one has."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from smeditor.listening import claims, plan, poll
from smeditor.models import Heartbeat, Source
from tests.listening.conftest import make_account
from tests.listening.double import T0

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def make_page(host: str, **fields) -> Source:
    """A source that is not read: claims are about the rows alone."""
    number = Source.objects.count()
    return Source.objects.create(kind="page", url=f"https://{host}/{number}", **fields)


def claimed(now=T0, limit: int = 10, slow: int = 5, **fields) -> list[Source]:
    return claims.claim(now, limit, slow=slow, **fields)


def test_what_will_be_late_soonest_comes_first():
    """Not what is due for longest: five minutes are much to wait for a source of ten, and little for one of a day."""
    daily = make_page("daily.example", **plan.marks(T0 - timedelta(days=1), T0 - 9 * MINUTE))
    often = make_page("often.example", **plan.marks(T0 - 20 * MINUTE, T0 - 5 * MINUTE))
    assert claimed() == [often, daily]


def test_what_was_never_read_does_not_push_back_what_is_late_already():
    fresh = make_page("fresh.example")
    late = make_page("late.example", **plan.marks(T0 - 60 * MINUTE, T0 - 30 * MINUTE))
    due = make_page("due.example", **plan.marks(T0 - 31 * MINUTE, T0 - MINUTE))
    assert claimed() == [late, fresh, due]


def test_what_will_be_late_within_a_minute_comes_before_a_thousand_new_feeds():
    """The bench found it: what is read every minute or two waited until it was late."""
    for number in range(12):
        make_page(f"fresh{number}.example")
    soon = make_page("soon.example", **plan.marks(T0 - 2 * MINUTE, T0 - MINUTE / 4))
    assert claimed()[0] == soon


def test_a_new_account_does_not_wait_for_thousands_of_new_feeds(square):
    make_page("fresh.example")
    account = make_account()
    poll.add_missing_sources()
    assert claimed()[0].account == account


def test_a_claimed_source_is_nobody_elses_until_its_lease_is_over():
    source = make_page("one.example")
    assert claimed() == [source]
    assert claimed(T0 + MINUTE) == []
    assert claimed(T0 + claims.lease_length() + MINUTE) == [source]


def test_slow_sources_take_no_more_than_their_part():
    for number in range(6):
        make_page(f"slow{number}.example", seconds=12, **plan.marks(T0 - 60 * MINUTE, T0 - 30 * MINUTE))
    quick = make_page("quick.example", seconds=0.2, **plan.marks(T0 - 30 * MINUTE, T0))
    taken = claimed(slow=2)
    assert (len(taken), quick in taken) == (3, True)


def test_of_one_site_one_page_is_read_at_a_time():
    first, _second = make_page("forum.example"), make_page("www.forum.example")
    other = make_page("other.example")
    assert claimed() == [first, other]
    assert claimed() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_choose_at_once_do_not_meet_at_one_site(monkeypatch):
    """Each saw that nobody was there, and took another page of the same site."""
    if not connection.features.has_select_for_update:
        pytest.skip("SQLite lets one worker write at a time: the other one sees what it took")
    for _ in range(2 * claims.CHOICE):
        make_page("forum.example")
    choose, met = claims._choose, threading.Barrier(2)

    def choose_slowly(*args):
        chosen = choose(*args)
        with suppress(threading.BrokenBarrierError):
            met.wait(timeout=0.3)
        return chosen

    def work(_worker: int) -> int:
        try:
            return len(claimed(limit=1))
        finally:
            connection.close()

    monkeypatch.setattr(claims, "_choose", choose_slowly)
    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(work, range(2))) == 1


def test_a_worker_that_stopped_while_it_chose_holds_up_nobody_for_long():
    source = make_page("one.example")
    Heartbeat.objects.create(name="lease:claim", kind="lease", seen_at=T0 + timedelta(seconds=claims.CHOOSING))
    assert claimed(T0 + timedelta(seconds=claims.CHOOSING)) == [source]


def test_a_site_with_many_pages_does_not_hide_those_behind_it():
    for _ in range(50):
        make_page("forum.example", **plan.marks(T0 - 60 * MINUTE, T0 - 30 * MINUTE))
    other = make_page("other.example", **plan.marks(T0 - 30 * MINUTE, T0))
    claimed(limit=2)
    assert claimed(limit=2) == [other]


def test_accounts_of_one_server_are_read_some_at_a_time(square):
    for number in range(10):
        make_account(handle=f"a{number}")
    poll.add_missing_sources()
    assert len(claimed()) == claims.SERVER_AT_ONCE
