from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.listening.webmentions import verify
from smeditor.models import Reaction, ReceivedMention
from smeditor.networks.client import GuardedClient
from tests.networks.mention_site import running_site

ENDPOINT = "/smeditor/webmention/"


@pytest.fixture
def blog(monkeypatch):
    """Somebody's site on loopback, which the worker may ask here as if it were public."""
    monkeypatch.setattr(verify, "outside_client", lambda: GuardedClient(allowed_private_hosts=["127.0.0.1"]))
    with running_site() as site:
        yield site


class Newsroom:
    """Sends mentions of the article, as another site would, and lets the worker run at a time of the test's own."""

    def __init__(self, client, article):
        self.client, self.article = client, article
        self.now = timezone.now()

    @property
    def target(self):
        return self.article.full_url

    def hears(self, source, target=None):
        answer = self.client.post(ENDPOINT, f"source={source}&target={target or self.target}", content_type=FORM)
        assert answer.status_code == 202, answer.content
        return answer

    def works(self, **later):
        self.now += timedelta(**later)
        return verify.run_due(self.now + timedelta(seconds=5))

    @property
    def reaction(self):
        return Reaction.objects.select_related("content", "reader").get()

    @property
    def row(self):
        return ReceivedMention.objects.get()


FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def newsroom(client, article):
    return Newsroom(client, article)


def entry(target, content="<p>When does it open?</p>", *, prop="u-in-reply-to", author="/", extra=""):
    """A page with one entry, as people's own sites have it."""
    return (
        f'<html lang="en"><head><title>A note</title></head><body><article class="h-entry">'
        f'<a class="p-author h-card" href="{author}">Léa Martin</a>{extra}'
        f'<a class="{prop}" href="{target}">The tram</a><div class="e-content">{content}</div></article></body></html>'
    )
