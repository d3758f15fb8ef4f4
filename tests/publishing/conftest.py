"""A small newspaper and accounts on the fault harness's networks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from smeditor.accounts import clients
from smeditor.models import Account, Post
from smeditor.publishing import heartbeat
from smeditor.publishing.engine.clock import Clock
from tests.newsroom import paper
from tests.publishing.harness import networks

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def harness(settings):
    """The fault harness's networks are installed, its servers new, and nobody has looked at the queue yet."""
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": networks.NETWORKS, "TIME_ZONE": "Europe/Paris"}
    settings.LANGUAGE_CODE = "en"
    networks.SERVERS.clear()
    heartbeat.forget()
    clients._saved_rates.clear()
    return networks.SERVERS


@pytest.fixture
def no_time_passes(monkeypatch):
    """A tick takes no time but what a test gives it: on a busy machine its seconds would move what is due when."""
    monkeypatch.setattr(Clock, "elapsed", lambda clock: 0.0)


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
@paper.SITE.lies_under
def site(db):
    return paper.SITE.copy()


@pytest.fixture
@paper.SECTION.lies_under
def section(db):
    return paper.SECTION.copy()


@pytest.fixture
@paper.ARTICLE.lies_under
def article(db):
    return paper.ARTICLE.copy()


@pytest.fixture
@paper.EDITOR.lies_under
def editor(db):
    return paper.EDITOR.copy()


@pytest.fixture
def make_account(db) -> Callable[..., Account]:
    def make(kind: str = "mastodon", **fields) -> Account:
        number = Account.objects.count() + 1
        fields = {
            "network": f"lab_{kind}",
            "server_url": f"https://{kind}{number}.example",
            "handle": f"paper{number}",
            "secret": {"token": "valid"},
            "minimum_gap": 0,
            "limits": {"max_length": 300, "unit": "character"},
            **fields,
        }
        return Account.objects.create(**fields)

    return make


@pytest.fixture
def make_post(article, editor) -> Callable[..., Post]:
    """An approved (published) post about the article; ``accounts`` in order."""

    def make(*accounts: Account, text: str | None = None, live: bool = True, **fields) -> Post:
        url = article.get_full_url()
        post = Post(
            text=f"A tram for the valley {url}" if text is None else text,
            link=url,
            article=article,
            created_by=editor,
            live=False,
            **fields,
        )
        post.accounts = accounts
        post.save()
        revision = post.save_revision(user=editor)
        if live:
            revision.publish(user=editor)
        return Post.objects.get(pk=post.pk)

    return make
