"""Concerns of two languages that may be one: proposed once, decided by an editor."""

from datetime import timedelta

import pytest

from smeditor.exceptions import Refused
from smeditor.insight.concerns import cross_language_matches, editing, grouper_memory, membership
from smeditor.insight.labels import intake
from smeditor.listening.erase import erase
from smeditor.models import Concern, ConcernMatch
from tests.desk_rows import T0, make_reaction

pytestmark = pytest.mark.django_db
FRENCH = ["Quand ouvre le pont Vauclair ? {}", "Le pont Vauclair ouvre quand exactement ? {}"]
ENGLISH = ["When does the Vauclair bridge open? {}", "The Vauclair bridge opens when exactly? {}"]
LINK = "https://ville.example/vauclair"


@pytest.fixture
def two_languages():
    rows = [make_reaction(text.format(LINK), language="fr") for text in FRENCH]
    rows += [make_reaction(text.format(LINK), language="en") for text in ENGLISH]
    intake.run_due(T0)
    membership.run_due(T0)
    return rows


def test_what_names_the_same_in_two_languages_is_proposed_once(two_languages):
    match = ConcernMatch.objects.get()
    assert {match.first.language, match.second.language} == {"fr", "en"}
    assert match.evidence
    make_reaction("Quand ouvre le pont Vauclair ?", language="fr")
    intake.run_due(T0)
    membership.run_due(T0 + timedelta(hours=1))
    assert ConcernMatch.objects.count() == 1


def test_accepting_merges_the_two_and_the_next_reactions_find_it(two_languages, editor):
    match = ConcernMatch.objects.get()
    edit = editing.accept_match(match, editor)
    assert Concern.objects.get(pk=edit.other_id).size == 4
    grouper_memory.forget()
    make_reaction(FRENCH[0].format(LINK), language="fr")
    intake.run_due(T0)
    membership.run_due(T0 + timedelta(hours=1))
    assert Concern.objects.get(pk=edit.other_id).size == 5
    assert not cross_language_matches.open_ones().exists()


def test_what_was_rejected_is_not_asked_again(two_languages, editor):
    match = ConcernMatch.objects.get()
    editing.reject_match(match, editor)
    assert not cross_language_matches.open_ones().exists()
    with pytest.raises(Refused):
        editing.accept_match(match, editor)


def test_words_of_a_reader_who_left_are_no_reason_any_more(two_languages):
    for reaction in two_languages:
        erase(reaction, T0)
    assert ConcernMatch.objects.get().evidence == []


def test_a_word_that_was_erased_is_in_no_proposal_that_is_made_later():
    """The memory of a running process holds words that the table has lost."""
    rows = [make_reaction(f"{text.format(LINK)} Zorglub", language="fr") for text in FRENCH]
    rows += [make_reaction(text.format(LINK), language="fr") for text in FRENCH]
    rows += [make_reaction(f"{text.format(LINK)} Zorglub", language="en") for text in ENGLISH]
    intake.run_due(T0)
    membership.run_due(T0)
    assert "zorglub" in ConcernMatch.objects.get().evidence
    ConcernMatch.objects.all().delete()
    for reaction in rows[:2]:
        erase(reaction, T0)
    assert cross_language_matches.propose(grouper_memory.current(), T0 + timedelta(hours=1)) == 1
    evidence = ConcernMatch.objects.get().evidence
    assert evidence
    assert "zorglub" not in evidence


def test_nothing_is_proposed_by_the_words_of_readers_who_all_left(two_languages):
    ConcernMatch.objects.all().delete()
    for reaction in two_languages[:2]:
        erase(reaction, T0)
    assert cross_language_matches.propose(grouper_memory.current(), T0 + timedelta(hours=1)) == 0
    assert not ConcernMatch.objects.exists()


def test_an_answered_concern_is_reopened_and_that_is_undone(two_languages, editor):
    concern = Concern.objects.filter(merged_into=None).first()
    Concern.objects.filter(pk=concern.pk).update(state="answered", answered_at=T0 + timedelta(days=9))
    concern.refresh_from_db()
    edit = editing.reopen(concern, editor)
    concern.refresh_from_db()
    assert concern.state == "open"
    editing.undo(edit, editor)
    concern.refresh_from_db()
    assert concern.state == "answered"


def test_an_open_concern_cannot_be_reopened(two_languages, editor):
    with pytest.raises(Refused):
        editing.reopen(Concern.objects.filter(merged_into=None).first(), editor)
