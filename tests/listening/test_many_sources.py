"""Many sources: read side by side, none starving another, however slow, dead or talkative some of them are."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connections

from smeditor.exceptions import RateLimited, Temporary
from smeditor.listening import account as account_reading
from smeditor.listening import claims, plan, poll, reading, web
from smeditor.listening.batch import Stored
from smeditor.models import Delivery, PublishedArticle, RateLimit, Reaction, Source
from smeditor.networks.base import Batch, Kind
from tests.listening import double
from tests.listening.conftest import make_account, make_sent
from tests.listening.double import T0, message, person
from tests.listening.sites import Comment, Thread, running_blog
from tests.networks.raw_server import raw_server
from tests.newsroom import factories

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def blog():
    with running_blog() as blog:
        yield blog


def make_page(host: str, **fields) -> Source:
    """A source that is not read: claims are about the rows alone."""
    number = Source.objects.count()
    return Source.objects.create(kind="page", url=f"https://{host}/{number}", **fields)


def comments(link: str, *texts: str) -> str:
    return Thread(link, [Comment("Léa", text, f"c{n}") for n, text in enumerate(texts)]).answer()[1]


def claimed(now=T0, limit: int = 10, slow: int = 5, **fields) -> list[Source]:
    return claims.claim(now, limit, slow=slow, **fields)


def test_a_host_that_has_had_enough_is_left_alone_with_all_its_pages(blog):
    for path in ("/a", "/b"):
        blog.show(path, "Slowly", status=429)
        Source.objects.create(kind="page", url=blog.url + path, **plan.marks(T0 - 30 * MINUTE, T0))
    poll.run_due(T0, "w")
    assert sum(blog.asked.values()) == 1
    assert all(source.problem and source.next_poll_at > T0 for source in Source.objects.all())


# side by side


class Meeting(double.MemoryNetwork):
    """Nobody gets an answer before two are asking."""

    barrier = threading.Barrier(2, timeout=30)
    connected = []

    def collect(self, cursor, ours=()):
        self.barrier.wait()
        self.connected.append(connections["default"].connection is not None)
        return Batch(cursor=dict(cursor))


def test_sources_are_read_at_the_same_time_and_who_asks_touches_no_database(square, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": "tests.listening.test_many_sources.Meeting"}}
    Meeting.connected.clear()
    for number in range(2):
        make_account(handle=f"a{number}")
    poll.run_due(T0, "w")
    assert Meeting.connected == [False, False]
    assert Source.objects.filter(last_success_at=T0).count() == 2


def test_a_source_that_drips_is_cut_off_says_why_and_holds_up_nobody(blog, article, settings, monkeypatch):
    settings.SMEDITOR = {**settings.SMEDITOR, "REQUEST_TIMEOUT": 30}
    monkeypatch.setattr(claims, "seconds_to_ask", lambda: 0.5)
    over = threading.Event()

    def drip(connection, _head):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while not over.wait(0.05):
            connection.sendall(b" ")

    blog.show("/page", f"<html><a href='{article.full_url}'>x</a></html>")
    with raw_server(drip) as port:
        dripping = Source.objects.create(kind="page", url=f"http://127.0.0.1:{port}/")
        well = Source.objects.create(kind="page", url=f"{blog.url}/page")
        Source.objects.filter(pk=well.pk).update(host="localhost")  # another site, for those who count
        poll.run_due(T0, "w")
        over.set()
    dripping.refresh_from_db()
    well.refresh_from_db()
    assert (well.problem, well.last_success_at) == ("", T0)
    assert "answers too slowly" in dripping.problem
    assert (dripping.failures, dripping.lease_until) == (1, None)
    assert dripping.seconds > 0.1


def test_an_account_that_answers_slowly_is_walked_bit_by_bit(square, account, article, monkeypatch):
    for number in range(25):
        make_sent(account, article, f"ours-{number}", T0 - timedelta(minutes=10, seconds=number))
    poll.run_due(T0, "w")
    assert [len(walked) for walked in square.walked] == [10, 10, 5]
    Delivery.objects.update(polled_at=None)
    Source.objects.update(failures=2, next_poll_at=T0)
    square.walked.clear()
    poll.run_due(T0 + MINUTE, "w")
    assert len(square.walked[0]) == 2


def test_what_was_walked_before_time_ran_out_is_kept_and_the_rest_comes_first_next_time(
    square, account, article, monkeypatch
):
    for number in range(25):
        make_sent(account, article, f"ours-{number}", T0 - timedelta(minutes=10, seconds=number))
    monkeypatch.setattr(claims, "seconds_to_ask", lambda: -1.0)
    poll.run_due(T0, "w")
    poll.run_due(T0 + timedelta(seconds=10), "w")
    first, second = square.walked
    assert not set(first) & set(second)


def test_a_thread_that_could_not_be_read_stays_due_and_says_so(square, account, article):
    """The kind: a page of threads was marked as read although the network failed in the middle of it."""
    for number in range(3):
        make_sent(account, article, f"ours-{number}", T0 - timedelta(days=2, minutes=number))
    square.batches.append(Batch((message("r1"),), {"at": 1}, unread=("ours-1",)))
    poll.run_due(T0, "w")
    assert list(Delivery.objects.filter(polled_at=None).values_list("remote_id", flat=True)) == ["ours-1"]
    assert "threads could not be read" in Source.objects.get().problem
    poll.run_due(T0 + plan.idle(), "w")
    assert square.walked[1:] == [["ours-1"]]
    assert (Source.objects.get().problem, Delivery.objects.filter(polled_at=None).exists()) == ("", False)


def test_threads_that_always_fail_do_not_always_come_first(square, account, article):
    for number in range(5):
        make_sent(account, article, f"ours-{number}", T0 - timedelta(days=2, minutes=number))
    ours = tuple(f"ours-{number}" for number in range(5))
    for turn in range(12):
        square.batches.append(Batch((), {"at": turn}, unread=ours))
        poll.run_due(T0 + turn * (plan.idle() + timedelta(seconds=1)), "w")
    assert {walked[0] for walked in square.walked} == set(ours)


def test_while_a_round_begins_what_is_due_another_of_this_process_does_not(square, account, monkeypatch):
    rounds = []
    monkeypatch.setattr(plan, "hasten", lambda now: rounds.append(poll.run_due(now, "w")))
    poll.run_due(T0, "w")
    assert (rounds, len(square.cursors)) == ([0], 1)


def test_while_a_round_waits_for_its_last_source_the_next_one_may_begin(square, account, monkeypatch):
    """The bench found it: whatever became due while a slow server was waited for was read half its pause late."""
    begun = []

    def collect(network, cursor, ours=()):
        begun.append(poll._beginning.acquire(timeout=30))
        return Batch()

    monkeypatch.setattr(poll, "BEGINS_FOR", 0.0)
    monkeypatch.setattr(double.MemoryNetwork, "collect", collect)
    try:
        poll.run_due(T0, "w")
    finally:
        poll._beginning.release()
    assert begun == [True]


def test_after_a_round_that_failed_the_next_one_begins(square, account, monkeypatch):
    def fail(now):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(plan, "hasten", fail)
        with pytest.raises(RuntimeError):
            poll.run_due(T0, "w")
    poll.run_due(T0, "w")
    assert len(square.cursors) == 1


# bad days


def test_a_flood_is_read_in_pieces_and_others_come_in_between(square, account):
    """A million likes on one post: every page says that there is more."""
    for number in range(25):
        square.say(message(f"l{number}", "", kind=Kind.LIKE, subject="ours-1", author=person(f"p{number}")), more=True)
    poll.run_due(T0, "w")
    source = Source.objects.get()
    assert (Reaction.objects.count(), source.next_poll_at, source.problem) == (account_reading.PAGES, T0, "")
    other = make_page("other.example", **plan.marks(T0 - 31 * MINUTE, T0 - MINUTE))
    assert claimed(T0 + timedelta(seconds=10)) == [other, source]


def test_what_was_read_in_the_future_is_read_again_when_the_clock_goes_back(square, account, sent):
    far = T0 + timedelta(days=400)
    Delivery.objects.update(sent_at=far)
    poll.run_due(far, "w")
    Source.objects.update(lease_until=far + MINUTE)
    poll.run_due(T0, "w")
    assert square.walked == [["ours-1"], ["ours-1"]]
    assert Source.objects.get().next_poll_at <= T0 + plan.idle()


def test_after_a_leap_of_the_clock_everything_is_read_once_and_not_more(square, account):
    poll.run_due(T0, "w")
    for _ in range(3):
        poll.run_due(T0 + timedelta(days=400), "w")
    assert len(square.cursors) == 2


def test_a_database_in_trouble_is_no_fault_of_the_source(square, account, monkeypatch):
    def locked(*args):
        raise OperationalError("database is locked")

    square.say(message("r1"))
    with monkeypatch.context() as patched:
        patched.setattr(account_reading, "store", locked)
        assert poll.run_due(T0, "w") == 0
    source = Source.objects.get()
    assert (source.failures, source.problem) == (0, "")
    square.say(message("r1"))
    assert poll.run_due(T0 + 2 * claims.lease_length(), "w") == 1


def test_a_round_that_cannot_claim_ends_without_an_error(square, account, monkeypatch):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(claims, "claim", locked)
    assert poll.run_due(T0, "w") == 0


def test_a_process_that_ends_begins_nothing_more(square, account):
    poll.stopping.set()
    try:
        poll.run_due(T0, "w")
    finally:
        poll.stopping.clear()
    assert square.cursors == []


# what has not changed


def test_a_page_that_shows_what_was_stored_is_not_stored_again(blog, article, monkeypatch):
    stored = []
    monkeypatch.setattr(web, "store", lambda entries, *rest: stored.append(len(entries)) or Stored())
    blog.show("/t", comments(article.full_url, "Is it free?"))
    Source.objects.create(kind="page", url=f"{blog.url}/t")
    for turn in range(3):
        poll.run_due(T0 + turn * plan.idle(), "w")
    blog.show("/t", comments(article.full_url, "Is it free?", "Only on Sundays."))
    poll.run_due(T0 + 3 * plan.idle(), "w")
    assert stored == [1, 2]


def test_an_article_that_goes_live_is_found_on_a_page_that_has_not_changed(blog, article):
    blog.show("/t", comments(f"{article.full_url.rsplit('/', 2)[0]}/tomorrow/", "Is it free?"))
    Source.objects.create(kind="page", url=f"{blog.url}/t")
    assert poll.run_due(T0, "w") == 0
    tomorrow = factories.make_article(article.get_parent(), slug="tomorrow")
    PublishedArticle.objects.get_or_create(article_key=tomorrow.pk)
    assert poll.run_due(T0 + plan.idle(), "w") == 1


def test_a_page_for_which_an_editor_names_the_article_is_stored_anew(blog, article):
    blog.show("/t", comments("https://elsewhere.example/", "Is it free?"))
    source = Source.objects.create(kind="page", url=f"{blog.url}/t")
    assert poll.run_due(T0, "w") == 0
    Source.objects.filter(pk=source.pk).update(article=article)
    assert poll.run_due(T0 + plan.idle(), "w") == 1


# the networks' limits


def test_what_is_left_of_a_limit_is_kept_for_sending_from_the_first_request_on(square, account, monkeypatch):
    """L6, kind: each poll began with no knowledge, and its first request came out of the share of sending."""
    RateLimit.objects.create(account=account, bucket="api", limit=300, remaining=100, resets_at=T0 + 4 * MINUTE)

    def collect(network, cursor, ours=()):
        network.rates.ask("api", "Memory", T0)
        return Batch()

    monkeypatch.setattr(double.MemoryNetwork, "collect", collect)
    with monkeypatch.context() as patched:
        patched.setattr(RateLimited, "again_at", lambda error, now: error.until)
        poll.run_due(T0, "w")
    source = Source.objects.get()
    assert "kept for sending" in source.problem
    assert (source.failures, source.next_poll_at) == (0, T0 + 4 * MINUTE)
    assert RateLimit.objects.get().remaining == 100


# young posts


def test_an_account_that_posts_is_soon_read_as_often_as_a_young_post_asks(square, account, article):
    poll.run_due(T0, "w")
    make_sent(account, article, "ours-1", T0 + MINUTE)
    poll.run_due(T0 + 2 * MINUTE, "w")
    assert Source.objects.get().next_poll_at == T0 + 7 * MINUTE


def test_a_post_does_not_hasten_an_account_in_trouble(square, account, article):
    square.batches.append(Temporary("Down."))
    Source.objects.update(failures=8)
    poll.run_due(T0, "w")
    Source.objects.update(next_poll_at=T0 + timedelta(days=1))
    make_sent(account, article, "ours-1", T0 + MINUTE)
    poll.run_due(T0 + 2 * MINUTE, "w")
    assert Source.objects.get().next_poll_at == T0 + timedelta(days=1)


def test_every_kind_of_source_has_its_reader():
    assert set(reading.READERS) == set(Source.Kind.values)
