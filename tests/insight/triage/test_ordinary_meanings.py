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
