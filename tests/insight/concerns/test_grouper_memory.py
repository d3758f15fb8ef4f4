"""The memory of a process: bounded, soon warm again, and its second thoughts come in slices."""

import pytest

from smeditor.insight.concerns import grouper_memory, membership
from smeditor.insight.labels import intake
from smeditor.models import Concern, ConcernMember, Heartbeat
from tests.desk_rows import T0, make_reaction

pytestmark = pytest.mark.django_db
SHUTTLE = "Pourquoi la dernière navette part-elle à 21 h alors que les soignants de l'hôpital finissent à 21 h 30 ?"
WATER = "L'arrosage des potagers sera-t-il interdit en juillet, demandent les jardiniers ?"


def understand() -> int:
    intake.run_due(T0)
    return membership.run_due(T0)


def concern_of(reaction) -> int:
    return ConcernMember.objects.get(reaction=reaction).concern_id


def test_a_cold_start_knows_a_concern_again_whose_texts_it_does_not_read(monkeypatch):
    old = [make_reaction(SHUTTLE) for _ in range(3)]
    for _ in range(3):
        make_reaction(WATER)
    understand()
    grouper_memory.forget()
    monkeypatch.setattr(grouper_memory, "READ_BACK", 3)
    assert grouper_memory.current().grouper.concern_of(old[0].pk) is None
    new = make_reaction(SHUTTLE)
    understand()
    assert concern_of(new) == concern_of(old[0])


def test_second_thoughts_go_on_when_nothing_comes_in_any_more(monkeypatch):
    monkeypatch.setattr(grouper_memory, "RECLUSTERED_EVERY", 10)
    monkeypatch.setattr(membership, "COMPARED", 4)
    for number in range(12):
        make_reaction(f"{SHUTTLE if number % 2 else WATER} {number}")
    understand()
    assert grouper_memory.is_thinking()
    assert [membership.run_due(T0) for _ in range(2)] == [0, 0]
    assert not grouper_memory.is_thinking()


def test_the_first_texts_of_a_large_window_do_not_have_all_of_it_compared_again(monkeypatch):
    monkeypatch.setattr(grouper_memory, "RECLUSTERED_EVERY", 5)
    for number in range(60):
        make_reaction(f"{WATER} {number}")
    understand()
    for number in range(5):
        make_reaction(f"{WATER} {number}")
    intake.run_due(T0)
    memory = grouper_memory.current()
    monkeypatch.setattr(memory.grouper, "window_of", lambda base: pytest.fail("it was looked at"))
    membership.run_due(T0)


def test_what_an_editor_did_meanwhile_is_not_overruled_by_second_thoughts(editor):
    from smeditor.insight.concerns import editing

    rows = [make_reaction(SHUTTLE) for _ in range(3)]
    understand()
    memory = grouper_memory.current()
    memory._changes = {rows[0].pk: 9_999}
    editing.split(Concern.objects.get(), [rows[2]], editor)
    before = concern_of(rows[0])
    membership.run_due(T0)
    assert concern_of(rows[0]) == before


def test_the_worker_that_grouped_last_is_waited_for(monkeypatch):
    make_reaction(SHUTTLE)
    understand()
    make_reaction(SHUTTLE)
    intake.run_due(T0)
    monkeypatch.setattr("smeditor.leases.os.getpid", lambda: 1)
    assert membership.run_due(T0) == 0
    Heartbeat.objects.filter(name="lease:insight.concerns").update(seen_at=T0)
    assert membership.run_due(T0) == 1


def test_nothing_that_is_grouped_already_by_an_editor_is_placed_a_second_time():
    seated = make_reaction(SHUTTLE)
    concern = Concern.objects.create(label="shuttle", label_by_editor=True)
    ConcernMember.objects.create(concern=concern, reaction=seated, by=ConcernMember.By.EDITOR)
    assert understand() == 1
    assert Concern.objects.get() == concern
