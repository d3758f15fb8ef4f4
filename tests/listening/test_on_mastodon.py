"""The whole way on a real server: readers write through a library that is not ours, and it comes home."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.accounts.clients import open_network
from smeditor.listening import poll, recheck
from smeditor.models import Account, Reaction, ReactionText
from smeditor.networks.base import Message
from tests.listening.conftest import make_sent
from tests.networks.contract_steps import fully_prepared
from tests.networks.servers import mastodon_server

foreign = pytest.importorskip("mastodon", reason="Mastodon.py is not installed (pip install wagtail-smeditor[test])")

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with mastodon_server(tmp_path_factory.mktemp("mastodon")) as url:
        yield url


@pytest.fixture
def post(url, article):
    """A post about the article, published by our account for good."""
    account = Account.objects.create(network="mastodon", server_url=url, secret={"access_token": "ada_token"})
    network = open_network(account)
    profile = network.verify()
    now = timezone.now()
    prepared = fully_prepared(network, Message(f"A tram for the valley {article.full_url}", language="en"))
    ref = network.send(prepared, network.mint_identity(now), now).ref
    network.close()
    Account.objects.update(remote_id=profile.remote_id, handle=profile.handle)
    account.refresh_from_db()
    return make_sent(account, article, ref.uri, now - timedelta(minutes=1))


@pytest.fixture
def reader(url):
    return foreign.Mastodon(access_token="alan_token", api_base_url=url, ratelimit_method="throw")


def test_a_reply_and_a_like_come_home_and_a_deleted_reply_goes(post, reader, article):
    reply = reader.status_post("@ada Is it free on Sundays?", in_reply_to_id=post.part.remote_id)
    reader.status_favourite(post.part.remote_id)
    now = timezone.now()
    poll.run_due(now, "w")
    ours = Reaction.objects.filter(article=article)
    assert set(ours.values_list("kind", "attached_by")) == {("reply", "reply"), ("like", "reply")}
    assert "Is it free on Sundays?" in ReactionText.objects.get(reaction__article=article).text
    answer = ours.get(kind="reply")
    assert answer.conversation.waiting_since

    reader.status_delete(reply.id)
    poll.run_due(now + timedelta(hours=2), "w")
    recheck.run_due(now + timedelta(hours=2))
    recheck.run_due(now + timedelta(hours=3))
    answer.refresh_from_db()
    assert answer.presence == "deleted"
    assert not ReactionText.objects.filter(reaction=answer).exists()


def test_a_refused_token_is_a_sentence_in_the_admin(url, db):
    account = Account.objects.create(network="mastodon", server_url=url, secret={"access_token": "wrong"})
    poll.run_due(timezone.now(), "w")
    account.refresh_from_db()
    assert account.state == Account.State.FAILED
    assert account.source.problem == account.state_reason != ""
