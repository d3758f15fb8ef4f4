"""Which spent rate lets what wait: a post waits for the posts' own, and nothing waits because too much was read or liked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.exceptions import RateLimited
from smeditor.models import Delivery, Post, RateLimit
from smeditor.networks.rates import SendingRates
from smeditor.networks.registry import network_classes
from smeditor.publishing.engine import rates
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KINDS = ("publish", "reply", "edit", "delete")


@pytest.fixture
def waits(make_account, make_post):
    """Whether a delivery of that kind on that network waits while nothing is left in a bucket."""

    def ask(network: str, bucket: str, kind: str) -> bool:
        account = make_account()
        make_post(account)
        delivery = Delivery.objects.select_related("account", "post").get(account=account)
        delivery.account.network = network
        delivery.operation = "publish" if kind == "reply" else kind
        delivery.post.kind = Post.Kind.REPLY if kind == "reply" else delivery.post.kind
        RateLimit.objects.create(account=account, bucket=bucket, limit=10, remaining=0, resets_at=NOON + HOUR)
        return rates.resets_at(delivery, NOON) == NOON + HOUR

    return ask


@pytest.mark.parametrize(
    ("network", "bucket", "waiting"),
    [
        ("x", "posts", {"publish", "reply"}),
        ("x", "deletes", {"delete"}),
        ("x", "mentions", set()),
        ("x", "liking", set()),
        ("youtube", "search", set()),
        ("threads", "publish", {"publish"}),
        ("threads", "reply", {"reply"}),
        ("threads", "delete", {"delete"}),
        ("facebook", "page", set(KINDS)),
        ("instagram", "publish", {"publish"}),
        ("linkedin", "comments", {"reply"}),
        ("linkedin", "media", set()),
        ("mastodon", "api", set(KINDS)),
        ("mastodon", "statuses", {"publish", "reply", "edit"}),
        ("bluesky", "repo-write", set(KINDS)),
        ("bluesky", "upload", set()),
    ],
)
def test_what_waits_comes_out_of_what_is_spent(waits, network, bucket, waiting):
    assert {kind for kind in KINDS if waits(network, bucket, kind)} == waiting


def test_a_pause_that_an_answer_asked_for_concerns_its_own_kind(make_account, make_post):
    account = make_account()
    make_post(account)
    post = Delivery.objects.select_related("post", "account").get()
    rates.remember_pause(post, RateLimited(until=timezone.now() + HOUR), NOON)
    assert rates.resets_at(post, NOON) > NOON + HOUR / 2
    assert rates.resets_at(post, NOON + 2 * HOUR) is None
    post.operation = "delete"
    assert rates.resets_at(post, NOON) is None, "what must go is asked for all the same"


def test_every_network_that_tells_rates_names_what_a_post_comes_out_of(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {}}
    silent = {cls.slug for cls in network_classes() if cls.sending_rates == SendingRates()}
    assert silent == {"telegram"}, "it answers with a pause, and tells no rates"
