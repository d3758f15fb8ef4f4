"""Abuse never hides a reaction: what it may hide is an insult's letters, never the grievance."""

import pytest

from smeditor.insight.triage import AIMED_AT_JOURNALIST, Context, triage


def test_abuse_with_a_grievance_is_a_call_for_help_with_the_grievance_left_readable():
    answer = triage("Bande de connards, j'attends mon remboursement depuis un mois, répondez !", "fr")
    assert {"abuse", "call_for_help"} <= set(answer.labels)
    assert answer.masked == "Bande de ••••••••, j'attends mon remboursement depuis un mois, répondez !"


def test_abuse_with_a_question_is_a_call_for_help():
    answer = triage("Why do you never print the real numbers, you morons?", "en")
    assert "call_for_help" in answer.labels
    assert answer.masked == "Why do you never print the real numbers, you ••••••?"


def test_abuse_alone_is_neither_masked_nor_a_call_for_help():
    answer = triage("Va te faire foutre.", "fr")
    assert answer.labels == ("abuse",)
    assert answer.masked is None


def test_abuse_in_a_concern_of_several_people_is_a_call_for_help():
    assert "call_for_help" in triage("You are scum.", "en", Context(people_in_concern=2)).labels
    assert "call_for_help" not in triage("You are scum.", "en", Context(people_in_concern=1)).labels


@pytest.mark.parametrize(
    "text",
    [
        "Il m'a répondu « bande de connards ».",
        "Arrêtez de traiter les gens d'abrutis.",
        "Je ne suis pas un abruti.",
        "Putain, quelle chaleur.",
        'He called me "a moron".',
        "Stop calling people morons.",
        "I'm such an idiot, I forgot my keys.",
        "What a shitty day.",
    ],
)
def test_quoted_refused_or_self_directed_insults_and_profanity_are_not_abuse(text):
    assert "abuse" not in triage(text).labels


@pytest.mark.parametrize(
    "text",
    ["vous êtes des c0nnards", "vous êtes des c*nnards", "vous êtes des connnnards", "vous êtes des c o n n a r d s",
     "vous êtes des con\u200bnards", "vous êtes des CONNARDS", "vous êtes des ｃｏｎｎａｒｄｓ", "#BandeDeConnards",
     "vous êtes des golmons", "t'es qu'un narvalo"],
)  # fmt: skip
def test_leet_stars_spacing_invisible_letters_and_verlan_do_not_hide_an_insult(text):
    assert "abuse" in triage(text, "fr").labels


@pytest.mark.parametrize("name", ["Ana Petit", "@ana_petit@paper.example", "@ana_petit"])
def test_abuse_that_names_a_journalist_is_marked_for_the_shield(name):
    text = "Ana Petit est une connasse, @ana_petit on sait où tu habites"
    assert AIMED_AT_JOURNALIST in triage(text, "fr", Context(journalists=(name,))).markers


def test_abuse_in_answer_to_a_journalist_is_marked_and_a_complaint_is_not():
    answering = Context(answers_journalist=True)
    assert AIMED_AT_JOURNALIST in triage("You stupid cow, shut up.", "en", answering).markers
    assert triage("This article is rubbish, Ana Petit.", "en", Context(journalists=("Ana Petit",))).markers == ()
