"""Much at once, of which little is worth anything: slower, never wrong, and nothing is left open."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from smeditor import tasks
from smeditor.insight.concerns import membership
from smeditor.insight.labels import intake
from smeditor.listening.store import store
from smeditor.models import Concern, ConcernMember, Conversation, Reaction, Reader
from smeditor.networks.base import Kind
from tests.listening.double import T0, message, person

pytestmark = pytest.mark.django_db
FLOOD = 1_500
LATER = T0 + timedelta(days=1)


def likes(number: int) -> list:
    return [message(f"like{n}", "", kind=Kind.LIKE, author=person(f"p{n}"), subject="ours-1") for n in range(number)]


def rant(number: int) -> list:
    """What three accounts say, over and over."""
    return [
        message(
            f"r{n}",
            f"The tram is a scandal and the mayor knows it, shame on all of you {n % 40}",
            author=person(f"p{n % 3}"),
            in_reply_to="ours-1",
            published_at=T0 + timedelta(seconds=n),
        )
        for n in range(number)
    ]


def understand() -> None:
    now = timezone.now()
    while intake.run_due(now):
        pass
    while membership.run_due(now):
        pass


def test_likes_leave_nothing_to_be_done(origin, sent):
    assert len(store(likes(FLOOD), origin, LATER).created) == FLOOD
    assert not Conversation.objects.exists()
    assert list(intake._waiting()) == []
    assert membership._waiting(10) == []


def test_what_has_no_words_is_stored_as_seen_and_lies_in_no_index_of_what_waits(origin, sent):
    silent = person("silent")
    store([message("said", author=silent)], origin, LATER)
    Reader.objects.update(opted_out=True)
    Reaction.objects.all().delete()
    store([*likes(3), message("unsaid", author=silent)], origin, LATER)
    assert Reaction.objects.filter(content=None, triaged_at=LATER, grouped_at=LATER, embedded_at=LATER).count() == 4


def test_a_flood_of_likes_makes_the_idle_worker_ask_no_more(origin, sent):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            tasks.understand()
        return len(captured)

    queries()
    before = queries()
    store(likes(FLOOD), origin, LATER)
    queries()
    assert queries() == before


def test_a_flood_from_three_accounts_is_three_people(origin, sent):
    store(rant(FLOOD), origin, LATER)
    understand()
    assert Reaction.objects.filter(grouped_at__isnull=False).count() == FLOOD
    assert max(Concern.objects.values_list("people", flat=True)) <= Reader.objects.count() == 3
    assert sum(Concern.objects.values_list("size", flat=True)) == ConcernMember.objects.count()


def test_the_same_flood_read_again_changes_nothing(origin, sent):
    store(rant(300), origin, LATER)
    understand()
    before = list(Concern.objects.order_by("pk").values_list("pk", "people", "size"))
    assert not store(rant(300), origin, LATER).created
    understand()
    assert list(Concern.objects.order_by("pk").values_list("pk", "people", "size")) == before
