"""A word that has an ordinary meaning raises nothing by itself, in thousands of sentences that only use it so."""

import pytest

from smeditor.insight.triage import triage
from tests.insight.triage.corpora import generated

HARM = {"abuse", "spam", "call_for_help"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_words_that_insult_elsewhere_insult_nobody_in_ordinary_sentences(lang):
    texts = generated(f"ordinary_words_{lang}")
    assert len(texts) > 400
    assert [text for text in texts if HARM & set(triage(text, lang).labels)] == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_opinions_and_remarks_correct_nothing_thank_nobody_and_tell_no_secret(lang):
    unwanted = HARM | {"correction", "thanks", "tip"}
    assert [text for text in generated(f"ordinary_opinions_{lang}") if unwanted & set(triage(text, lang).labels)] == []


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Crève, ordure.", "fr"), ("Bande de rats.", "fr"), ("Vous êtes des vendus.", "fr"), ("Sale bâtard.", "fr"),
        ("La ferme !", "fr"), ("Je vais te crever.", "fr"), ("Rentre dans ton pays.", "fr"), ("Surveille tes arrières.", "fr"),
        ("Filthy rats!", "en"), ("You are vermin.", "en"), ("Go die.", "en"), ("You dyke.", "en"),
        ("We are coming for you.", "en"), ("Watch your back.", "en"),
    ],
)  # fmt: skip
def test_the_same_words_flung_at_somebody_are_abuse(text, lang):
    assert "abuse" in triage(text, lang).labels


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("La victime a été tuée d'une balle dans la tête.", "fr"),
        ("La haine des juifs progresse dans les cours d'école.", "fr"),
        ("Cela va te faire tout drôle de rentrer au pays.", "fr"),
        ("Les libéraux allemands (FDP) quittent la coalition.", "fr"),
        ("Ils m'ont prévenue : tu vas mourir, et ta famille aussi.", "fr"),
        ("Un homme a crié au philosophe : \"Tu es un traître et tu vas mourir.", "fr"),
        ("The climbers left a rope for the next team.", "en"),
        ("She asked him, ‘Why do you call us filthy Pakis?", "en"),
    ],
)  # fmt: skip
def test_what_newspapers_report_of_wounds_hatred_and_threats_is_not_the_writers_own(text, lang):
    assert HARM & set(triage(text, lang).labels) == set()


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Une balle dans la nuque et on n'en parle plus.", "fr"),
        ("Il mérite une balle dans la tête.", "fr"),
        ("J'ai la haine des Arabes.", "fr"),
        ("Va te faire voir.", "fr"),
        ("Sale fdp", "fr"),
        ("Rope for these traitors.", "en"),
    ],
)
def test_the_same_said_by_the_writer_is_abuse(text, lang):
    assert "abuse" in triage(text, lang).labels
