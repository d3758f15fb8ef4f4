"""K13: whatever is asked, by whomever, of whichever address: no 500, and nobody sees what is a stranger's."""

import socket
from collections import Counter
from random import Random

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from smeditor.models import Post, Reaction
from tests.desk import world
from tests.permissions import hostile

REQUESTS = 2000
ROLES = (None, "nobody", "contributor", "journalist", "moderator", "social_editor", "desk_editor", "chief")
SHIELDED, DRAFT, SEALED = "Zanzibar Zeppelin", "Quagga Quixotic", "Figures were changed by Xerxes"
HIDDEN = {
    None: (SHIELDED, DRAFT, SEALED),
    "nobody": (SHIELDED, DRAFT, SEALED),
    "contributor": (SHIELDED, SEALED),
    "journalist": (SHIELDED, SEALED),
    "moderator": (DRAFT, SEALED),
}


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise socket.gaierror("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def people(desk):
    world.make_reaction(SHIELDED, account=desk.account, article=desk.article, queue=Reaction.Queue.PROTECTED)
    world.make_post(DRAFT, accounts=[desk.account], article=desk.article)
    desk.tip.envelope = {"text": SEALED}
    desk.tip.save()
    clients = {}
    for role in ROLES:
        clients[role] = Client(raise_request_exception=False, enforce_csrf_checks=False)
        if role is not None:
            roles = [] if role == "nobody" else [role]
            clients[role].force_login(world.make_user(f"{role}-{next(world.numbers)}", *roles))
    return clients


def ask(client, asked):
    """The answer, with everything that it changed taken back, so that the next one finds a whole desk."""
    with transaction.atomic():
        answer = client.generic(asked.method, asked.path, asked.body, asked.kind or "text/plain")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer.status_code, content.decode(errors="replace")


@pytest.mark.slow
def test_two_thousand_hostile_requests_meet_a_sentence_and_no_strangers_data(people, no_network):
    """Kind: numbers, dates, keys and bodies from outside that reach the database or a parser as they came."""
    wrong, opened = Counter(), Counter()
    for number, asked in enumerate(hostile.requests(Random(28), REQUESTS)):
        role = ROLES[number % len(ROLES)]
        status, text = ask(people[role], asked)
        opened[role] += status == 200
        if status >= 500 and status != 501:  # oEmbed answers 501 to a format that it does not know (oembed.com, 2.3.4)
            wrong[f"{status} {asked.method} {asked.path[:150]} {asked.kind} {asked.body[:150]!r} ({role})"] += 1
        wrong.update(
            f"{role} read {secret} at {asked.path[:80]}" for secret in HIDDEN.get(role, (SEALED,)) if secret in text
        )
    assert dict(wrong) == {}
    assert opened["chief"] > opened["nobody"] > 0  # they did reach the views


def test_every_address_of_the_desk_is_among_them():
    known = hostile.routes()
    for name in ("smeditor:inbox", "smeditor_posts:list", "smeditor_accounts:index", "smeditor_holds:add", "tell-us"):
        assert reverse(name).lstrip("/") in known


def test_a_post_that_was_sent_is_not_deleted_and_one_is_told_why(desk, client, as_role):
    """Kind: a row that others must keep pointing to."""
    as_role("chief")
    page = client.post(reverse("smeditor_posts:delete", args=[desk.post.pk]), follow=True)
    assert "which stay on record" in page.content.decode()
    bulk = reverse("wagtail_bulk_action", args=["smeditor", "post", "delete"])
    client.post(f"{bulk}?id={desk.post.pk}")
    assert Post.objects.filter(pk=desk.post.pk).exists()


def test_nor_is_an_account_that_sent_something(desk, client, as_role):
    as_role("chief")
    page = client.post(reverse("smeditor_accounts:delete", args=[desk.account.pk]), follow=True)
    assert "which stay on record" in page.content.decode()
