"""Names that the accounts' networks know, searched for while one types: asked seldom, never waited for."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from smeditor.accounts import mark_search
from smeditor.exceptions import Temporary
from smeditor.models import Account
from smeditor.networks.base import Capabilities, FoundMark, MarkKind
from tests.desk import world
from tests.listening.double import MemoryNetwork

pytestmark = pytest.mark.django_db


class Searching(MemoryNetwork):
    """Finds what ``known`` says, and notes what it was asked."""

    capabilities = Capabilities(mark_search=frozenset({MarkKind.MENTION}))
    known: list[FoundMark] = []
    asked: list[tuple[str, str]] = []
    trouble: Exception | None = None

    def search_marks(self, kind, query):
        Searching.asked.append((self.credentials.server_url, query))
        if Searching.trouble is not None:
            raise Searching.trouble
        return Searching.known


@pytest.fixture(autouse=True)
def searching(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": f"{__name__}.Searching"}}
    Searching.known, Searching.asked, Searching.trouble = [FoundMark("@lemonde@social.example", "Le Monde")], [], None
    cache.clear()
    yield
    cache.clear()


def account(handle="paper", server="https://one.example", **fields):
    return world.make_account(handle, "memory", server_url=server, **fields)


def found(*accounts, name="lemo", kind=MarkKind.MENTION):
    return [mark.text for _account, mark in mark_search.search_marks(accounts, kind, name)]


def test_each_network_is_asked_once_through_one_of_its_accounts():
    accounts = [account("a"), account("b"), account("c", "https://two.example")]
    assert found(*accounts) == ["@lemonde@social.example"]
    assert Searching.asked == [("https://one.example", "lemo"), ("https://two.example", "lemo")]


def test_what_was_asked_before_is_known():
    mine = account()
    assert found(mine) == found(mine, name="LEMO") == ["@lemonde@social.example"]
    assert len(Searching.asked) == 1


def test_a_network_that_does_not_answer_is_left_alone_for_a_while_and_stops_nobody():
    mine = account()
    Searching.trouble = Temporary(cause="timeout")
    assert found(mine) == found(mine, name="lemon") == []
    assert len(Searching.asked) == 1


@pytest.mark.parametrize("name", ["", "le", "  le  ", "x" * 61])
def test_two_letters_or_a_whole_paragraph_are_no_name(name):
    assert found(account(), name=name) == []
    assert Searching.asked == []


@pytest.mark.parametrize("state", [state for state in Account.State if state != Account.State.ACTIVE])
def test_an_account_that_is_not_at_work_asks_nothing(state):
    assert found(account(state=state)) == []
    assert Searching.asked == []


def test_a_network_that_searches_no_tags_is_not_asked_for_one():
    assert found(account(), kind=MarkKind.TAG) == []
    assert Searching.asked == []
