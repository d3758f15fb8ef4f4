"""How often others are asked whether something is still there: ever more rarely, within a share, with an end."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from smeditor.exceptions import RateLimited, Temporary
from smeditor.listening import accountcheck, claims, poll, recheck
from smeditor.listening.store import store
from smeditor.models import Reaction, Source
from smeditor.networks.base import Kind, Presence
from smeditor.networks.rates import Rate, Rates
from tests.listening.double import T0, message, person
from tests.listening.sites import Comment, Thread, running_blog

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def blog():
    with running_blog() as blog:
        yield blog


def live(start, days: int) -> None:
    """Let the worker's listening rounds run for so many days, four an hour."""
    for quarter in range(1, days * 96):
        now = start + quarter * timedelta(minutes=15)
        if due(now):
            poll.run_due(now, "w")
            recheck.run_due(now)


def due(now) -> bool:
    return claims.due(now).exists() or Reaction.objects.filter(next_check_at__lte=now).exists()


def feed_of(blog, article, count: int) -> str:
    items = "".join(
        f"<item><guid>{blog.url}/p{n}</guid><title>Post {n} on the tram</title>"
        f"<description>&lt;a href='{article.full_url}'&gt;x&lt;/a&gt;</description></item>"
        for n in range(count)
    )
    return f"<rss version='2.0'><channel><title>Blog</title>{items}</channel></rss>"


def test_a_blog_that_refuses_for_ten_days_is_asked_some_dozen_times(blog, article):
    """L6: its feed and its posts together, however many posts there are."""
    start = timezone.now()
    blog.show("/feed", feed_of(blog, article, 8), kind="application/rss+xml")
    Source.objects.create(kind="feed", url=f"{blog.url}/feed")
    assert poll.run_due(start, "w") == 8
    blog.asked.clear()
    for path in ["/feed", *(f"/p{n}" for n in range(8))]:
        blog.show(path, "No", status=403)
    live(start, 10)
    assert 2 <= sum(blog.asked.values()) <= 40
    assert Reaction.objects.exclude(presence="deleted").count() == 8


def test_a_page_that_refuses_is_asked_by_one_clock(blog, article):
    """L6: what was read there does not ask on its own account."""
    start = timezone.now()
    made = Thread(article.full_url, [Comment("Léa", f"My opinion, number {n}, is this", f"c{n}") for n in range(9)])
    blog.show("/thread", made.answer()[1])
    Source.objects.create(kind="page", url=f"{blog.url}/thread")
    poll.run_due(start, "w")
    blog.asked.clear()
    blog.show("/thread", "No", status=403)
    live(start, 10)
    assert 2 <= blog.asked["/thread"] <= 40


def test_what_nobody_would_say_is_not_asked_for_ever(origin, sent, square):
    """L6: the asking has an end."""
    store([message("r1", in_reply_to="ours-1")], origin, T0)
    Reaction.objects.update(collected_at=T0)
    square.check_error = Temporary("Down.")
    for hours in range(1, 24 * 60):
        recheck.recheck(T0 + hours * HOUR)
    assert len(square.checked) <= 15
    assert Reaction.objects.get().next_check_at is None


@pytest.fixture
def viral(origin, sent, square):
    likes = [
        message(f"l{n}", "", kind=Kind.LIKE, subject="ours-1", author=person(f"p{n}"), published_at=T0)
        for n in range(900)
    ]
    store(likes, origin, T0)
    Reaction.objects.update(collected_at=T0, next_check_at=T0 + HOUR)
    return likes


def test_the_likes_of_a_viral_post_are_one_list_read_once(viral, square):
    """L6: not a reading of the whole list for every forty of them."""
    recheck.recheck(T0 + HOUR)
    recheck.recheck(T0 + HOUR)
    assert [len(call) for call in square.checked] == [900]


def test_likes_that_keep_coming_do_not_make_the_list_be_read_each_time(viral, origin, square):
    """L6: a list is left alone for as long as it is old, whenever its members came."""
    for minutes in range(60, 60 * 24, 10):
        now = T0 + timedelta(minutes=minutes)
        like = message(
            f"m{minutes}", "", kind=Kind.LIKE, subject="ours-1", author=person(f"q{minutes}"), published_at=now
        )
        store([like], origin, now)
        Reaction.objects.filter(native_id=like.native_id).update(collected_at=now)
        recheck.recheck(now)
    assert len(square.checked) <= 6


def test_a_like_that_two_readings_miss_does_not_count_any_more(viral, square):
    square.presence["l7"] = Presence.DELETED
    for hours in (1, 2, 4):
        recheck.recheck(T0 + hours * HOUR)
    assert Counter(Reaction.objects.values_list("presence", flat=True)) == {"alive": 899, "deleted": 1}


def test_listening_stops_where_the_share_of_sending_begins():
    """L6: half of an account's requests are never spent on listening."""
    now = datetime.now(UTC)
    rates = Rates(api=Rate("api", 300, 151, now + timedelta(minutes=5)))
    rates.reserve = 0.5
    assert rates.ask("api", "Example", now) is None
    rates["api"] = Rate("api", 300, 150, now + timedelta(minutes=5))
    with pytest.raises(RateLimited) as caught:
        rates.ask("api", "Example", now)
    assert caught.value.until == now + timedelta(minutes=5)
    assert rates.ask("api", "Example", now + timedelta(minutes=6)) is None


def test_sending_may_use_what_listening_leaves():
    now = datetime.now(UTC)
    rates = Rates(api=Rate("api", 300, 1, now + HOUR))
    assert rates.ask("api", "Example", now) is None


@time_machine.travel(T0 + HOUR, tick=False)
def test_a_network_that_wants_to_be_left_alone_is_asked_nothing_more_in_this_round(origin, sent, square):
    """L6: what waits behind a rate limit waits with it."""
    store([message(str(n)) for n in range(3 * accountcheck.CHECK)], origin, T0)
    square.check_error = RateLimited("Slowly.", until=T0 + 9 * HOUR)
    Reaction.objects.update(next_check_at=T0)
    recheck.recheck(T0 + HOUR)
    assert len(square.checked) == 1
    assert set(Reaction.objects.values_list("next_check_at", flat=True)) == {T0 + 9 * HOUR}
