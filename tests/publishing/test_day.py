"""A whole day in small: an article is published, a rule drafts, an editor approves, a slot comes, the post goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from smeditor.models import Delivery, Post, PublishedArticle, Rule
from smeditor.publishing.engine import tick
from smeditor.publishing.rules import run_due
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_an_article_leads_to_a_post_that_readers_see_once(section, editor, make_account):
    rule = Rule.objects.create(name="All", mode=Rule.Mode.DRAFT, created_by=editor)
    account = make_account("mastodon")
    rule.accounts.add(account)
    article = factories.make_article(section, live=False, first_published_at=None, last_published_at=None)

    article.save_revision().publish()
    assert PublishedArticle.objects.filter(article_key=article.pk, handled_at=None).exists()
    assert run_due(NOON) == 1
    post = Post.objects.get()
    assert not post.live
    assert article.get_full_url() in post.text

    post.latest_revision.publish(user=editor)
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.SCHEDULED
    assert delivery.approved_hash == delivery.payload_hash

    result = tick(NOON + timedelta(seconds=1), "worker:1:1")
    assert (result.sent, result.followed_up) == (1, 1)
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    [published] = server_at(account.server_url).published
    assert delivery.link_token in published.body["text"]
    assert delivery.remote_id == published.uri
    assert tick(NOON + timedelta(seconds=2), "worker:1:1").sent == 0
