"""Five hundred requests, forged, oversized, malformed, out of order: none is believed that its page did not bear out."""

from __future__ import annotations

import random
from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from smeditor.listening.webmentions import receive, verify
from smeditor.models import Reaction, ReactionText, ReceivedMention
from smeditor.networks.client import GuardedClient
from smeditor.networks.webmention import xml_rpc
from tests.listening.webmentions.conftest import ENDPOINT, FORM, entry
from tests.newsroom import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REQUESTS = 500


class Web:
    """Pages of many hosts in memory. ``linked``: what each page has truly linked to at some time it was asked for."""

    def __init__(self, chance: random.Random, targets: list[str]) -> None:
        self.chance, self.targets = chance, targets
        self.pages: dict[str, tuple[int, str, str]] = {}
        self.linked: dict[str, set[str]] = {}

    def change(self, url: str) -> None:
        chance, target = self.chance, self.chance.choice(self.targets)
        linking = [
            entry(target, f"<p>Words number {chance.randrange(10**6)} about it.</p>", prop=prop)
            for prop in ("u-in-reply-to", "u-like-of", "u-repost-of", "u-bookmark-of", "")
        ] + [f"<html><p>Read <a href='{target}'>this</a></p></html>", f"<html><img src='{target}'></html>"]
        seeming = [
            f"<html><p>{target}</p></html>",
            f"<html><!-- <a href='{target}'>x</a> --></html>",
            f"<html><a href='{target}?utm_source=x'>x</a></html>",
            f"<html><a href='{target[:-1]}'>x</a></html>",
            f"<html><textarea><a href='{target}'>x</a></textarea></html>",
            f"<html>&lt;a href='{target}'&gt;</html>",
            f"<html><script><a href='{target}'>x</a></script></html>",
            "<html><p>Nothing of the kind.</p></html>",
            f"<html><a href='{'x' * 5000}{target}'>x</a></html>",
            "",
        ]
        status = chance.choice([200] * 8 + [404, 410, 500, 403, 429, 206])
        kind = chance.choice(["text/html"] * 8 + ["text/plain", "application/json", ""])
        self.pages[url] = (status, kind, chance.choice(linking + seeming))

    def answer(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        status, kind, body = self.pages.get(url, (404, "text/html", ""))
        if status < 300 and kind == "text/html":
            for target in self.targets:
                plain = body.startswith(("<html><p>Read <a href", "<html><img src")) and f"'{target}'" in body
                if plain or f'href="{target}"' in body:
                    self.linked.setdefault(url, set()).add(target)
        return httpx.Response(status, headers={"Content-Type": kind}, content=body.encode())


def forged(chance: random.Random, source: str, target: str) -> tuple[str, str, bytes | str]:
    """(path, content type, body) of a request that may be anything."""
    valid = f"source={source}&target={target}"
    pingback = "/smeditor/pingback/"
    return chance.choice(
        [
            *[(ENDPOINT, FORM, valid)] * 12,
            (pingback, "text/xml", xml_rpc.call(source, target)),
            (pingback, "text/xml", xml_rpc.call(source, target)[: chance.randrange(20, 200)]),
            (pingback, "text/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + xml_rpc.call(source, target)),
            (ENDPOINT, "application/json", valid),
            (ENDPOINT, FORM, f"source={source}"),
            (ENDPOINT, FORM, f"source={target}&target={source}"),
            (ENDPOINT, FORM, f"source={source}&target={target}&source={source}"),
            (ENDPOINT, FORM, valid + "&pad=" + "x" * 20_000),
            (ENDPOINT, FORM, f"source={source}&target=https://elsewhere.example/"),
            (ENDPOINT, FORM, f"source=http://169.254.169.254/{chance.randrange(9)}&target={target}"),
            (ENDPOINT, FORM, f"source=file:///etc/passwd&target={target}"),
            (ENDPOINT, FORM, bytes(chance.randrange(256) for _byte in range(chance.randrange(200)))),
        ]
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_of_five_hundred_requests_none_is_believed_that_is_not_true(article, settings, monkeypatch, seed):
    settings.SMEDITOR = {**settings.SMEDITOR, "PINGBACKS": True}
    monkeypatch.setattr(receive, "OF_A_HOST", 1000)
    chance = random.Random(seed)
    other = factories.make_article(article.get_parent(), title="Another tram")
    targets = [article.full_url, other.full_url]
    aims = [*targets, f"{article.full_url}nothing/", article.get_parent().full_url]
    web = Web(chance, targets)
    sources = [f"https://site{number}.example/{page}" for number in range(12) for page in range(2)]
    resolver = lambda host, port: ["93.184.215.14"]  # noqa: E731
    transport = httpx.MockTransport(web.answer)
    monkeypatch.setattr(verify, "outside_client", lambda: GuardedClient(transport=transport, resolver=resolver))
    client, now = Client(enforce_csrf_checks=True), timezone.now()
    statuses = set()
    for number in range(REQUESTS):
        source = chance.choice(sources)
        if chance.random() < 0.6:
            web.change(source)
        path, kind, body = forged(chance, source, chance.choice(aims))
        statuses.add(client.post(path, body, content_type=kind).status_code)
        if number % 10 == 9:
            now += timedelta(minutes=chance.choice([1, 12, 90, 600]))
            ReceivedMention.objects.filter(due_at__gt=now).update(received_at=now)
            verify.run_due(now)
            assert_nothing_false(web)
    assert statuses == {200, 202, 400, 413}
    assert ReactionText.objects.exists()
    for source in sources:  # in the end all of them are deleted, and say so
        web.pages[source] = (410, "text/html", "")
    for row in ReceivedMention.objects.all():
        client.post(ENDPOINT, f"source={row.source}&target={row.target}", content_type=FORM)
    for _round in range(40):
        now += timedelta(days=1)
        verify.run_due(now)
    assert not ReactionText.objects.exists()
    assert "site" not in repr(
        list(Reaction.objects.exclude(kind__in=["like", "repost"]).values_list("url", "native_id"))
    )


def assert_nothing_false(web: Web) -> None:
    articles = set()
    for row in ReceivedMention.objects.filter(state="verified").select_related("reaction"):
        assert row.target in web.linked[row.source]
        articles.add(row.reaction_id)
    for reaction in Reaction.objects.exclude(presence="deleted"):
        assert reaction.native_id in web.linked, "a page that never linked became a reaction"
        assert reaction.pk in articles
