"""Queries do not grow with the number of reactions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smeditor.listening.store import store
from smeditor.models import Conversation, Reaction
from tests.listening.double import T0, message, person

pytestmark = pytest.mark.django_db


def thread(size: int, first: int = 0) -> list:
    """Half answers to our post, half answers to those."""
    return [
        message(
            f"r{n}",
            f"This is what reader number {n} thinks about the tram and its price on Sundays",
            author=person(f"p{n % 50}"),
            in_reply_to="ours-1" if n % 2 == 0 else f"r{n - 1}",
            published_at=T0 + timedelta(seconds=n),
        )
        for n in range(first, first + size)
    ]


def queries(inbound, origin) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        store(inbound, origin, T0 + timedelta(days=1))
    return len(captured)


def test_two_hundred_reactions_cost_as_many_queries_as_twenty(origin, sent):
    few = queries(thread(20), origin)
    many = queries(thread(200, 1000), origin)
    assert Reaction.objects.count() == 220
    assert many <= few + 15  # SQLite takes long inserts in pieces


def test_what_is_known_already_costs_no_more(origin, sent):
    queries(thread(200), origin)
    assert queries(thread(200), origin) < 40
    assert Conversation.objects.count() == 100
