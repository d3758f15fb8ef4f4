"""A network on which nothing is posted and readers are answered all the same: it says so, and the desk holds to it."""

import pytest
from django.utils import timezone

from smeditor.conversations.answers import obstacle
from smeditor.models import Account, Post, Reaction, ReactionText
from smeditor.networks.registry import network_classes
from smeditor.publishing import fitting

pytestmark = pytest.mark.django_db
ANSWERING = [network for network in network_classes() if network.capabilities.reply and not network.capabilities.sends]


@pytest.fixture(params=ANSWERING, ids=lambda network: network.slug)
def account(request):
    return Account.objects.create(
        network=request.param.slug,
        handle="thepaper",
        remote_id="UCpaper",
        server_url=request.param.connecting.home_server,
    )


@pytest.fixture
def reaction(account):
    row = Reaction.objects.create(
        network=account.network, kind="reply", native_id="Ugw1", account=account, published_at=timezone.now()
    )
    ReactionText.objects.create(reaction=row, text="When?", author_handle="lea", expires_at=timezone.now())
    return row


def codes(post, account):
    return {finding.code for finding in fitting.findings(post, account, None)}


def test_there_is_such_a_network():
    assert ANSWERING


def test_a_post_is_refused_before_it_is_approved(account):
    assert "does_not_send" in codes(Post.objects.create(text="A tram!"), account)


def test_an_answer_is_not(account, reaction):
    assert obstacle(reaction) == ""
    answer = Post.objects.create(text="@lea In May.", kind=Post.Kind.REPLY, in_reply_to=reaction)
    assert "does_not_send" not in codes(answer, account)
