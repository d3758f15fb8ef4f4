"""Concerns in the table: people counted, ids that stay, and the same result after a cold start."""

import pytest

from smeditor.insight.concerns import editing, grouper_memory, membership
from smeditor.insight.labels import intake
from smeditor.listening.erase import erase
from smeditor.models import Concern, ConcernMember, Reaction, ReactionText
from tests.desk_rows import T0, make_reaction, make_reader

pytestmark = pytest.mark.django_db

SHUTTLE = [
    "Pourquoi la dernière navette part-elle à 21 h alors que les soignants de l'hôpital finissent à 21 h 30 ?",
    "Les soignants de l'hôpital finissent à 21 h 30 et la dernière navette part à 21 h, pourquoi ?",
    "La dernière navette à 21 h ? Les soignants de l'hôpital finissent à 21 h 30 !",
]
WATER = "L'arrosage des potagers sera-t-il interdit en juillet ?"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def understand():
    intake.run_due(T0)
    return membership.run_due(T0)


def shuttle() -> Concern:
    return ConcernMember.objects.filter(reaction__content__text=SHUTTLE[0]).get().concern


def test_three_people_who_ask_the_same_make_an_open_concern():
    for text in SHUTTLE:
        make_reaction(text)
    understand()
    assert (shuttle().people, shuttle().state) == (3, Concern.State.OPEN)


def test_one_person_who_asks_three_times_is_one_person():
    reader = make_reader()
    for text in SHUTTLE:
        make_reaction(text, reader=reader)
    understand()
    assert (shuttle().people, shuttle().size, shuttle().state) == (1, 3, Concern.State.FORMING)


@pytest.mark.parametrize("who", ["is_staff", "is_bot"])
def test_staff_and_bots_are_not_counted_as_people(who):
    for text in SHUTTLE:
        make_reaction(text, reader=make_reader(**{who: True}))
    understand()
    assert shuttle().people == 0


def test_what_can_never_be_grouped_keeps_nothing_from_its_concern(monkeypatch):
    monkeypatch.setattr(membership, "CANDIDATES", 2)
    erased = [make_reaction(WATER).pk for _ in range(3)]
    ReactionText.objects.filter(reaction__in=erased).delete()
    for text in SHUTTLE:
        make_reaction(text)
    understand()
    assert shuttle().people == 3


def test_what_is_about_something_else_stays_out():
    for text in [*SHUTTLE, WATER]:
        make_reaction(text)
    understand()
    assert shuttle().size == 3


def test_a_cold_start_goes_on_where_the_last_process_stopped():
    for text in SHUTTLE[:2]:
        make_reaction(text)
    understand()
    before = shuttle().pk
    grouper_memory.forget()
    make_reaction(SHUTTLE[2])
    understand()
    assert (shuttle().pk, shuttle().size) == (before, 3)


def test_the_label_is_a_readers_own_sentence():
    for text in SHUTTLE:
        make_reaction(text)
    understand()
    assert any(shuttle().label.rstrip("…") in text for text in SHUTTLE)


def test_a_label_is_made_anew_when_its_words_were_erased():
    rows = [make_reaction(text) for text in SHUTTLE]
    understand()
    concern = shuttle()
    quoted = next(row for row in rows if concern.label.rstrip("…") in row.content.text)
    quoted.content.delete()
    Concern.objects.filter(pk=concern.pk).update(label="")
    membership.run_due(T0)
    concern.refresh_from_db()
    assert concern.label
    assert concern.label not in quoted.content.text


def test_merging_carries_the_people_and_can_be_undone(editor):
    for text in SHUTTLE:
        make_reaction(text)
    make_reaction(WATER)
    understand()
    water = ConcernMember.objects.get(reaction__content__text=WATER).concern
    edit = editing.merge(water, shuttle(), editor)
    assert shuttle().people == 4
    editing.undo(edit, editor)
    water.refresh_from_db()
    assert (shuttle().people, water.people, water.merged_into) == (3, 1, None)


def test_what_was_split_off_is_a_concern_of_its_own(editor):
    rows = [make_reaction(text) for text in SHUTTLE]
    understand()
    edit = editing.split(shuttle(), [rows[2]], editor)
    assert (shuttle().people, edit.concern.people) == (2, 1)


def test_a_split_must_leave_something(editor):
    rows = [make_reaction(text) for text in SHUTTLE]
    understand()
    with pytest.raises(Exception, match="leave at least one"):
        editing.split(shuttle(), rows, editor)


def test_an_edit_is_undone_once(editor):
    rows = [make_reaction(text) for text in SHUTTLE]
    understand()
    edit = editing.split(shuttle(), [rows[2]], editor)
    editing.undo(edit, editor)
    with pytest.raises(Exception, match="undone already"):
        editing.undo(edit, editor)


def test_an_answered_concern_opens_again_when_as_many_people_raise_it_anew():
    for text in SHUTTLE:
        make_reaction(text)
    understand()
    Concern.objects.update(
        state=Concern.State.ANSWERED, answered_at=Reaction.objects.latest("collected_at").collected_at
    )
    for text in SHUTTLE:
        make_reaction(text + " Toujours pas de réponse.")
    understand()
    assert shuttle().state == Concern.State.OPEN


def test_a_rebuild_from_the_table_groups_what_comes_next_alike():
    for text in SHUTTLE:
        make_reaction(text)
    understand()
    warm = grouper_memory.current()
    grouper_memory.forget()
    cold = grouper_memory.current()
    new = make_reaction("Les soignants qui finissent à 21 h 30 ont-ils une navette après 21 h ?")
    found = [memory.row_of[memory.place(new).group] for memory in (warm, cold)]
    assert found == [shuttle().pk, shuttle().pk]


def test_what_an_editor_split_off_stays_apart_after_a_restart(editor):
    rows = [make_reaction(text) for text in SHUTTLE]
    understand()
    edit = editing.split(shuttle(), [rows[2]], editor)
    grouper_memory.forget()
    for number in range(25):
        make_reaction(f"{WATER} {number}")
    understand()
    assert ConcernMember.objects.get(reaction=rows[2]).concern == edit.concern


def test_what_was_erased_while_it_was_placed_becomes_no_member_and_leaves_no_word(monkeypatch):
    for text in SHUTTLE[:2]:
        make_reaction(text)
    understand()
    row = make_reaction(SHUTTLE[2])
    intake.run_due(T0)
    place = grouper_memory.Memory.place

    def erased_meanwhile(memory, reaction):
        found = place(memory, reaction)
        erase(Reaction.objects.get(pk=row.pk), T0)
        return found

    monkeypatch.setattr(grouper_memory.Memory, "place", erased_meanwhile)
    membership.run_due(T0)
    assert not ConcernMember.objects.filter(reaction=row).exists()
    assert grouper_memory.current().grouper.concern_of(row.pk) is None
