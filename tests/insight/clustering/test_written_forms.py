"""The reasons of a group are words that somebody wrote (U6: "le soign fin a 21" was shown to editors)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.clustering.tokens import terms
from smeditor.insight.clustering.written_forms import written_forms


@pytest.mark.parametrize(
    ("text", "lang", "forms"),
    [
        ("Les infirmières finissent à 23h30", "fr", ["infirmières", "finissent", "23h30"]),
        ("Our nurses' schedules changed", "en", ["nurses", "schedules", "changed"]),
        ("Lire https://jornal.example/bonde?x=1", "fr", ["Lire", "jornal.example/bonde"]),
    ],
)
def test_a_stem_is_shown_as_the_word_that_was_written(text, lang, forms):
    assert written_forms(terms(text, lang), [text], lang) == forms


def test_little_words_are_left_out_unless_they_are_all_there_is():
    assert written_forms(["le", "soign", "a", "21"], ["Le soignant a 21 lits"], "fr") == ["soignant", "21"]
    assert written_forms(["le", "a"], ["Le a"], "fr") == ["Le", "a"]


def test_a_term_that_no_text_holds_stays_as_it_is():
    assert written_forms(["aubepin"], ["Rien de tel"], "fr") == ["aubepin"]


@given(st.text(max_size=300), st.sampled_from(["fr", "en", "de", None]))
def test_no_text_breaks_it_and_nothing_is_said_twice(text, lang):
    forms = written_forms(terms(text, lang), [text], lang)
    assert len({word.casefold() for word in forms}) == len(forms)
