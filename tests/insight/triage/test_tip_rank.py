"""Knowledge from inside comes before having been there, and that before what is passed on."""

from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.triage import triage
from smeditor.insight.triage.tip_rank import NEUTRAL, rank

SUM = st.floats(-5, 5)


@given(SUM, SUM, st.floats(-8, 8))
def test_a_rank_lies_between_nothing_and_one(strength, inside, firsthand):
    assert 0 <= rank(strength, inside, firsthand) <= 1


@given(SUM, SUM, st.floats(-8, 8), st.floats(0, 3))
def test_more_firsthand_never_ranks_lower(strength, inside, firsthand, more):
    assert rank(abs(strength), abs(inside), firsthand + more) >= rank(abs(strength), abs(inside), firsthand) - 1e-4


def test_a_text_that_nothing_speaks_for_or_against_is_neutral_and_has_no_score():
    answer = triage("The council meets on Thursday.", "en")
    assert (answer.tip_score, answer.scores) == (NEUTRAL, {})


def test_an_insider_with_documents_comes_before_an_eyewitness_and_both_before_a_notice():
    insider = "I work in the town hall and I have the documents, contact me on Signal."
    witness = "I can smell the smoke from my window, we have no power here!!"
    notice = "RT @police: for information on the fire contact us on 0800 123 456 https://police.example"
    ranks = [triage(text, "en").tip_score for text in (insider, witness, notice)]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == 3


def test_the_score_of_a_tip_keeps_the_order_of_ranks_and_says_by_its_half_whether_it_was_raised():
    raised = triage("I work in the town hall and I have the documents, contact me on Signal.", "en")
    witness = triage("I can smell the smoke from my window, we have no power here!!", "en")
    assert "tip" in raised.labels
    assert raised.scores["tip"] == round(0.5 + raised.tip_score / 2, 4)
    assert "tip" not in witness.labels
    assert witness.scores["tip"] == round(witness.tip_score / 2, 4)


def test_in_a_language_without_rules_too_who_was_there_has_a_rank():
    assert triage("Sentí el temblor en mi casa, qué susto", "es").tip_score > NEUTRAL


def test_an_advertisement_is_no_tip():
    text = "Prêt sans justificatif en 24 h, contactez-moi au 06 12 34 56 78 ou sur WhatsApp"
    answer = triage(text, "fr")
    assert "spam" in answer.labels
    assert answer.tip_score == 0
