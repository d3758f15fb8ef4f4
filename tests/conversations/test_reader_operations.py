"""Hiding and liking: asked for by a person, done once by a worker, repeated in doubt, undone by its opposite."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from django.utils import timezone

from smeditor.conversations import reader_operations
from smeditor.exceptions import Gone, OutcomeUnknown, RateLimited, Refused, Temporary, UnsupportedFeature
from smeditor.models import Account, Reaction, ReactionOperation, Reader
from smeditor.networks.base import Capabilities, Kind, Presence, ReaderOperation
from tests.listening.double import MemoryNetwork

pytestmark = pytest.mark.django_db
State = ReactionOperation.State
HIDE, UNHIDE, LIKE = ReaderOperation.HIDE, ReaderOperation.UNHIDE, ReaderOperation.LIKE


class HidingNetwork(MemoryNetwork):
    capabilities: ClassVar[Capabilities] = Capabilities(reader_operations=frozenset(ReaderOperation))
    done: ClassVar[list[tuple[str, ReaderOperation]]] = []
    faults: ClassVar[list[Exception]] = []

    def operate(self, native_id: str, operation: ReaderOperation) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.done.append((native_id, operation))


@pytest.fixture(autouse=True)
def network(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": {"memory": f"{__name__}.HidingNetwork"}}
    settings.LANGUAGE_CODE = "en"
    HidingNetwork.done.clear()
    HidingNetwork.faults.clear()


@pytest.fixture
def reaction(db) -> Reaction:
    account = Account.objects.create(network="memory", handle="paper", server_url="https://memory.example")
    reader = Reader.objects.create(pseudonym="r", network="memory")
    now = timezone.now()
    return Reaction.objects.create(
        network="memory", kind=Kind.COMMENT, native_id="c1", account=account, reader=reader, published_at=now
    )


def ask(reaction, operation, editor):
    return reader_operations.request(reaction, operation, editor, timezone.now())


def after(minutes: int = 0) -> None:
    reader_operations.run_due(timezone.now() + timedelta(minutes=minutes))


def test_a_worker_hides_what_an_editor_wants_hidden(reaction, editor):
    row = ask(reaction, HIDE, editor)
    after()
    row.refresh_from_db()
    reaction.refresh_from_db()
    assert HidingNetwork.done == [("c1", HIDE)]
    assert (row.state, row.requested_by, reaction.presence) == (State.DONE, editor, Presence.HIDDEN)


def test_what_is_done_is_done_once(reaction, editor):
    ask(reaction, LIKE, editor)
    for minutes in range(3):
        after(minutes)
    assert HidingNetwork.done == [("c1", LIKE)]


def test_it_can_be_undone_and_no_more_than_once(reaction, editor):
    ask(reaction, HIDE, editor)
    after()
    ask(reaction, UNHIDE, editor)
    after()
    reaction.refresh_from_db()
    assert reaction.presence == Presence.ALIVE
    with pytest.raises(UnsupportedFeature):
        ask(reaction, UNHIDE, editor)


def test_what_still_waits_is_taken_back_by_its_opposite(reaction, editor):
    ask(reaction, HIDE, editor)
    ask(reaction, UNHIDE, editor)
    after()
    assert HidingNetwork.done == [("c1", UNHIDE)]


@pytest.mark.parametrize(
    "trouble",
    [Temporary("busy"), OutcomeUnknown("lost"), RateLimited("slow", until=timezone.now()), ValueError("a bug")],
    ids=lambda error: type(error).__name__,
)
def test_after_trouble_and_in_doubt_it_is_done_again(reaction, editor, trouble):
    HidingNetwork.faults.append(trouble)
    row = ask(reaction, HIDE, editor)
    after()
    row.refresh_from_db()
    assert (row.state, row.tries) == (State.WAITING, 1)
    after(15)
    assert HidingNetwork.done == [("c1", HIDE)]


@pytest.mark.parametrize("refusal", [Refused("Not yours."), Gone("It is gone.")], ids=["refused", "gone"])
def test_a_refusal_is_shown_with_its_sentence(reaction, editor, refusal):
    HidingNetwork.faults.append(refusal)
    row = ask(reaction, HIDE, editor)
    after()
    row.refresh_from_db()
    reaction.refresh_from_db()
    assert (row.state, row.reason, reaction.presence) == (State.REFUSED, refusal.sentence, Presence.ALIVE)


def test_a_worker_that_was_overtaken_writes_nothing(reaction, editor, monkeypatch):
    row = ask(reaction, HIDE, editor)
    monkeypatch.setattr(
        HidingNetwork,
        "operate",
        lambda network, native_id, operation: ReactionOperation.objects.update(fence=99),
    )
    after()
    row.refresh_from_db()
    reaction.refresh_from_db()
    assert (row.state, reaction.presence) == (State.WAITING, Presence.ALIVE)


def test_a_network_that_never_answers_is_given_up(reaction, editor):
    HidingNetwork.faults.extend(Temporary("busy") for _ in range(50))
    row = ask(reaction, HIDE, editor)
    for hour in range(20):
        after(60 * hour)
    row.refresh_from_db()
    assert (row.state, row.tries, row.reason) == (State.REFUSED, reader_operations.MOST_TRIES - 1, "busy")


def test_nothing_is_offered_on_a_like_or_without_an_account(reaction):
    reaction.kind = Kind.LIKE
    assert reader_operations.offered(reaction) == []
    reaction.kind, reaction.account = Kind.COMMENT, None
    assert reader_operations.offered(reaction) == []
