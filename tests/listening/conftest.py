from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from wagtail.models import Page

from smeditor.listening.batch import Origin
from smeditor.models import Account, Delivery, Part, Post
from tests.listening import double
from tests.listening.double import T0
from tests.newsroom.paper import ARTICLE, SITE

numbers = count(1)


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def square(settings, monkeypatch):
    """The network in memory, installed as a newsroom would install one of its own."""
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": "tests.listening.double.MemoryNetwork"}}
    fresh = double.Square()
    monkeypatch.setattr(double, "square", fresh)
    return fresh


@pytest.fixture
@SITE.lies_under
def paper(db):
    return SITE.copy()


@pytest.fixture
@ARTICLE.lies_under
def article(db):
    return ARTICLE.copy()


@pytest.fixture
def account(db, square):
    return make_account()


@pytest.fixture
def origin(account):
    return Origin("memory", account=account)


@dataclass
class Sent:
    post: Post
    delivery: Delivery
    part: Part


@pytest.fixture
def sent(article, account):
    """Our post about the article, sent as ``ours-1`` an hour ago."""
    return make_sent(account, article, "ours-1")


def make_account(network: str = "memory", handle: str = "paper@memory.example", **fields) -> Account:
    fields = {"server_url": "https://memory.example", "remote_id": f"https://memory.example/us-{handle}", **fields}
    return Account.objects.create(network=network, handle=handle, **fields)


def make_sent(account: Account, article: Page | None, remote_id: str, sent_at=T0 - timedelta(hours=1), **post) -> Sent:
    made = Post.objects.create(
        text="A tram!", article=article, article_title=article.title if article else "", live=True, **post
    )
    delivery = Delivery.objects.create(
        post=made,
        account=account,
        state=Delivery.State.SENT,
        slot=sent_at,
        due_at=sent_at,
        sent_at=sent_at,
        remote_id=remote_id,
        link_token=f"tok{next(numbers)}",
    )
    return Sent(made, delivery, Part.objects.create(delivery=delivery, remote_id=remote_id))
