"""Questions to editors: which are kept, what an answer does, and that it can be undone."""

import pytest
from django.utils import translation

from smeditor.exceptions import Refused
from smeditor.insight.concerns import asking, calibration, editing, membership
from smeditor.insight.labels import intake
from smeditor.insight.same_concern.probability import LEXICAL, names, pair_weights
from smeditor.models import Concern, ConcernLink, ConcernMember, ConcernQuestion, Reaction
from tests.desk_rows import T0, make_reaction

pytestmark = pytest.mark.django_db
Answer = ConcernQuestion.Answer

CANTEEN = [
    "Mon fils est allergique, on lui servira quoi à midi ?",
    "Et les enfants diabétiques, personne n'y pense ?",
    "Rien de prévu pour ceux qui ont un régime ?",
    "On fait comment sans smartphone ?",
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def rows(article):
    found = [make_reaction(text, article=article) for text in CANTEEN]
    intake.run_due(T0)
    membership.run_due(T0)
    return found


@pytest.fixture
def question(rows):
    return ask(rows[0], rows[1])


def ask(first, second, chance=0.5):
    first, second = sorted((first, second), key=lambda row: row.pk)
    return ConcernQuestion.objects.update_or_create(
        first=first,
        second=second,
        defaults={
            "article_id": first.article_id,
            "probability": chance,
            "worth": 0.0,
            "kind": LEXICAL,
            "evidence": [0.5] * len(names(LEXICAL)),
        },
    )[0]


def concern_of(reaction) -> Concern:
    return ConcernMember.objects.get(reaction=reaction).concern


def test_yes_puts_both_into_one_concern_for_good(rows, question, editor):
    asking.answer(question, editor, same=True)
    assert concern_of(rows[0]) == concern_of(rows[1])
    assert ConcernLink.objects.filter(first=rows[0], second=rows[1], kind="must", undone_at=None).exists()
    question.refresh_from_db()
    assert (question.answer, question.user) == (Answer.SAME, editor)


def test_no_keeps_them_apart_for_good(rows, question, editor):
    asking.answer(question, editor, same=False)
    assert concern_of(rows[0]) != concern_of(rows[1])
    assert ConcernLink.objects.filter(first=rows[0], second=rows[1], kind="cannot", undone_at=None).exists()


def test_no_parts_what_stands_together(rows, editor):
    editing.move(rows[1], concern_of(rows[0]), editor)
    editing.undo(editing.move(rows[2], concern_of(rows[0]), editor), editor)
    editing.move(rows[3], concern_of(rows[0]), editor)
    ConcernLink.objects.all().delete()
    asking.answer(ask(rows[0], rows[1]), editor, same=False)
    assert concern_of(rows[0]) != concern_of(rows[1])


def test_yes_about_two_who_stand_together_already_pins_them(rows, editor):
    editing.move(rows[1], concern_of(rows[0]), editor)
    ConcernLink.objects.all().delete()
    edit = asking.answer(ask(rows[0], rows[1]), editor, same=True)
    assert edit.operation == "together"
    assert set(ConcernMember.objects.filter(reaction__in=rows[:2]).values_list("by", flat=True)) == {"editor"}


@pytest.mark.parametrize("same", [True, False])
def test_an_answer_is_undone_like_any_other_edit_and_the_question_is_open_again(rows, question, editor, same):
    before = {row.pk: concern_of(row).pk for row in rows}
    editing.undo(asking.answer(question, editor, same=same), editor)
    assert {row.pk: concern_of(row).pk for row in rows} == before
    question.refresh_from_db()
    assert (question.answer, question.user, question.edit) == ("", None, None)
    assert not ConcernLink.objects.filter(undone_at=None).exists()


def test_who_comes_second_is_told_so_and_changes_nothing(question, editor):
    asking.answer(question, editor, same=True)
    with pytest.raises(Refused, match="already"):
        asking.answer(question, editor, same=False)
    with pytest.raises(Refused, match="already"):
        asking.skip(question, editor)


def test_a_reaction_that_left_its_concern_is_not_joined_by_an_answer(rows, question, editor):
    ConcernMember.objects.filter(reaction=rows[0]).delete()
    with pytest.raises(Refused):
        asking.answer(question, editor, same=True)


def test_yes_carries_along_only_whom_editors_have_joined(rows, editor):
    for row in (rows[1], rows[2]):
        ConcernMember.objects.filter(reaction=row).update(concern=concern_of(rows[1]))
    stranger = rows[2]
    asking.answer(ask(rows[0], rows[3]), editor, same=True)
    asking.answer(ask(rows[0], rows[1]), editor, same=True)
    assert concern_of(rows[0]) == concern_of(rows[1]) == concern_of(rows[3])
    assert concern_of(stranger) != concern_of(rows[0])


def test_two_who_were_kept_apart_are_not_joined_by_way_of_a_third(rows, editor):
    asking.answer(ask(rows[0], rows[1]), editor, same=False)
    asking.answer(ask(rows[1], rows[2]), editor, same=True)
    with pytest.raises(Refused, match="two concerns"):
        asking.answer(ask(rows[0], rows[2]), editor, same=True)


def test_two_who_are_the_same_by_way_of_a_third_are_not_parted(rows, editor):
    asking.answer(ask(rows[0], rows[1]), editor, same=True)
    asking.answer(ask(rows[1], rows[2]), editor, same=True)
    with pytest.raises(Refused, match="the same"):
        asking.answer(ask(rows[0], rows[2]), editor, same=False)


def test_a_question_whose_answer_follows_is_dropped(rows, editor):
    third = ask(rows[0], rows[2])
    asking.answer(ask(rows[0], rows[1]), editor, same=True)
    asking.answer(ask(rows[1], rows[2]), editor, same=True)
    assert not ConcernQuestion.objects.filter(pk=third.pk).exists()


def test_a_pair_that_may_become_three_is_asked_about_next(rows, editor):
    other, growing = ask(rows[2], rows[3], 0.35), ask(rows[1], rows[2], 0.3)
    asking.answer(ask(rows[0], rows[1]), editor, same=True)
    best = asking.open_questions().filter(pk__in=[other.pk, growing.pk]).first()
    assert best == growing


def test_what_is_skipped_is_not_asked_again(rows, question, editor):
    asking.skip(question, editor)
    Reaction.objects.filter(pk=rows[0].pk).update(compared_at=None)
    membership.run_due(T0)
    question.refresh_from_db()
    assert question.answer == Answer.SKIPPED
    assert question not in asking.open_questions()


def test_answers_move_the_weights_and_undoing_moves_them_back(question, editor):
    before = calibration.weights_for(LEXICAL)
    edit = asking.answer(question, editor, same=True)
    after = calibration.weights_for(LEXICAL)
    values = question.evidence
    assert before == pair_weights(LEXICAL)
    assert after.log_odds(values) > before.log_odds(values)
    editing.undo(edit, editor)
    assert calibration.weights_for(LEXICAL) == before


def test_the_weights_learn_from_merges_and_splits_too(rows, editor):
    editing.merge(concern_of(rows[0]), concern_of(rows[3]), editor)
    Reaction.objects.filter(pk=rows[0].pk).update(compared_at=None)
    membership.run_due(T0)
    assert ConcernQuestion.objects.get(answer=Answer.SAME).first == rows[0]


def test_an_article_has_a_short_list(article, monkeypatch):
    monkeypatch.setattr(asking, "LIKELY", 0.0)  # whatever the weights that ship say of these
    monkeypatch.setattr(asking, "KEPT", 5)
    for number in range(30):
        make_reaction(f"{CANTEEN[number % 4]} {'bis ' * number}", article=article)
    intake.run_due(T0)
    membership.run_due(T0)
    assert 0 < asking.open_questions().count() <= asking.KEPT


def test_old_questions_are_forgotten(question):
    ConcernQuestion.objects.filter(pk=question.pk).update(asked_at=T0)
    asking.drop_stale(T0 + asking.STALE * 2)
    assert not ConcernQuestion.objects.filter(pk=question.pk).exists()
