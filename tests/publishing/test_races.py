"""Races, with real threads and real commits: nothing begins to be sent after a stop is committed, nothing goes twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from smeditor.models import Attempt, Delivery, Post
from smeditor.publishing import holds
from smeditor.publishing.approve import approve
from smeditor.publishing.engine import claim, tick
from tests.newsroom import factories
from tests.publishing.harness.fill import fill
from tests.publishing.harness.networks import server_at

State = Delivery.State
pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 4


@pytest.fixture
def newspaper(make_account, section):
    """An account and many approved, due deliveries about one article."""

    def make(number: int):
        account, article = make_account("mastodon"), factories.make_article(section)
        fill(account, number, timezone.now(), article_id=article.pk, topics=("tram",))
        return account, article

    return make


def in_threads(work, number: int = THREADS) -> list:
    def run(index: int):
        try:
            return work(index)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def work_until_quiet(index: int) -> None:
    for _round in range(200):
        result = tick(timezone.now(), f"racer:{index}")
        if not (result.sent or result.waiting or result.lost_fence):
            return


def test_many_workers_send_every_post_once(newspaper):
    account, _article = newspaper(60)
    in_threads(work_until_quiet)
    server = server_at(account.server_url)
    assert len(server.published) == server.count("send") == 60
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_two_claims_never_share_a_delivery(newspaper):
    newspaper(40)
    now = timezone.now() + timedelta(seconds=1)
    claimed = in_threads(lambda index: [row.pk for row in claim.claim(now, f"claimer:{index}", 40)])
    keys = [key for batch in claimed for key in batch]
    assert len(keys) == len(set(keys))


def stop_race(newspaper, stop, number: int = 1000) -> None:
    """Workers send while ``stop`` commits; no attempt may have begun after that."""
    _account, article = newspaper(number)
    committed = []

    def work(index: int) -> None:
        if index < THREADS - 1:
            work_until_quiet(index)
            return
        while Attempt.objects.count() < 5:
            time.sleep(0.005)
        with transaction.atomic():
            stop(article)
        committed.append((Attempt.objects.count(), timezone.now()))

    in_threads(work)
    begun, moment = committed[0]
    assert Attempt.objects.count() == begun, "an attempt began after the stop was committed"
    assert not Attempt.objects.filter(started_at__gt=moment).exists()
    assert Attempt.objects.count() < number, "the stop came too late to race with anything"


def test_nothing_begins_to_be_sent_after_a_hold_is_committed(newspaper, editor):
    stop_race(newspaper, lambda article: holds.place("all", "A crash", editor))
    assert not Delivery.objects.filter(state=State.SENDING).exists()


def test_nothing_begins_to_be_sent_after_an_article_is_unpublished(newspaper, editor):
    stop_race(newspaper, lambda article: article.unpublish())
    waiting = Delivery.objects.filter(state=State.SCHEDULED)
    assert waiting.exclude(state_reason="").exists(), (
        "what is not published may be published again: it waits, and says why"
    )


def test_two_approvals_at_once_write_one_delivery(make_account, make_post, editor):
    account = make_account("mastodon")
    post = make_post(account, live=False)
    Post.objects.filter(pk=post.pk).update(live=True)
    barrier = threading.Barrier(THREADS)

    def approve_together(index: int) -> int:
        barrier.wait(timeout=20)
        return len(approve(Post.objects.get(pk=post.pk), editor, timezone.now()))

    written = in_threads(approve_together)
    assert sorted(written) == [0, 0, 0, 1]
    assert Delivery.objects.count() == 1
