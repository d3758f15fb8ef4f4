"""The composer's search for handles and hashtags on the networks of the chosen accounts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from smeditor.desk.posts import mark_search
from smeditor.networks.base import FoundMark, MarkKind
from tests.desk import world
from tests.desk.test_actions import DESK

MONDE = FoundMark("@lemonde@social.example", "Le Monde")


@pytest.fixture
def searched(monkeypatch):
    """What was searched for, and through whom; everybody finds Le Monde."""
    searches = []

    def search(accounts, kind, name):
        asking = list(accounts)
        searches.append((asking, kind, name))
        return [(account, MONDE) for account in asking]

    monkeypatch.setattr(mark_search, "search_marks", search)
    return searches


def suggestions(client, *accounts, word="@lemo"):
    asked = {"accounts": [account.pk for account in accounts], "word": word}
    return client.get(reverse("smeditor:post_search_marks"), asked)


def test_an_editor_sees_who_it_is_and_where(client, desk, as_role, searched):
    as_role(DESK)
    shown = suggestions(client, desk.account).json()["suggestions"]
    assert shown == [{"text": "@lemonde@social.example", "note": "Le Monde · Mastodon"}]
    assert searched == [([desk.account], MarkKind.MENTION, "lemo")]


def test_a_hash_sign_searches_hashtags(client, desk, as_role, searched):
    as_role(DESK)
    suggestions(client, desk.account, word="#tram")
    assert searched == [([desk.account], MarkKind.TAG, "tram")]


@pytest.mark.parametrize("word", ["", "lemo", " @lemo"])
def test_what_begins_with_no_sign_is_not_searched(client, desk, as_role, searched, word):
    as_role(DESK)
    assert suggestions(client, desk.account, word=word).json() == {"suggestions": []}
    assert searched == []


def test_who_writes_no_posts_searches_nothing(client, desk, as_role, searched):
    client.force_login(world.make_user("stranger"))
    assert suggestions(client, desk.account).status_code in (302, 403)
    assert searched == []
