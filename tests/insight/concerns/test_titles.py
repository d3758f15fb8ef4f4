"""A label reads like a sentence that an editor would write: whole words, whole clauses, nobody's handle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.clustering.concern_records import LABEL_CHARS, shorten
from smeditor.insight.clustering.tokens import terms
from smeditor.insight.concerns.titles import _central, _name, _sentences, clarity

LONG = (
    "The last bus to the hospital leaves at nine, so the nurses who finish at half past nine have to walk home at night"
)


def test_a_long_sentence_ends_with_a_clause():
    assert shorten(LONG) == "The last bus to the hospital leaves at nine"


def test_a_sentence_is_cut_before_a_conjunction():
    text = (
        "Les bus de nuit ne passent plus devant la gare alors que les soignants de l'hôpital finissent à 21 h 30 tous"
    )
    assert shorten(text) == "Les bus de nuit ne passent plus devant la gare"


def test_words_that_announce_another_are_not_left_hanging():
    text = (
        "Nobody in this town hall has ever explained to anyone how the money that was set aside for the swimming pool"
    )
    assert shorten(text, 84) == "Nobody in this town hall has ever explained to anyone how the money that was set…"


def test_handles_links_and_trailing_hashtags_are_left_out():
    text = "@desk why is the pool closed, @mayor@town.example? https://example.org/a #pool #shame"
    assert shorten(text) == "Why is the pool closed?"


def test_a_hashtag_within_the_sentence_stays_as_a_word():
    assert shorten("The #pool is closed again") == "The pool is closed again"


def test_a_decimal_or_a_time_does_not_end_a_sentence():
    assert _sentences("The bus at 21.30 costs 3.50 euros. Why is that so?") == [
        "The bus at 21.30 costs 3.50 euros.",
        "Why is that so?",
    ]


def test_the_label_of_a_concern_is_cut_like_any_other():
    text = f"{LONG}, which nobody in the town hall seems to care about at all"
    assert _central([text], [set(terms(text, "en"))], "en") == LONG


@pytest.mark.parametrize("text", ["", "🙂", "#", "@someone", "https://example.org"])
def test_what_holds_no_sentence_breaks_nothing(text):
    assert isinstance(shorten(text), str)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=3, max_size=60))
def test_no_word_is_ever_cut(vocabulary):
    label = shorten(" ".join(vocabulary)).rstrip("…").lower()
    assert label.split() == vocabulary[: len(label.split())]
    assert len(label) <= LABEL_CHARS


@pytest.mark.parametrize(
    ("clear", "unclear"),
    [
        ("Les vélos sont-ils admis dans le bac de nuit ?", "LES VELOS SONT-ILS ADMIS DANS LE BAC DE NUIT ?"),
        ("Les vélos sont-ils admis dans le bac de nuit ?", "Et les vélos, ils sont admis dans le bac de nuit ?"),
        ("Are bikes allowed on the night ferry?", "Are bikes allowed on the night ferry???!!"),
        ("Are bikes allowed on the night ferry?", "They are not allowed on it."),
        ("La ligne fait 11 kilomètres.", "La ligne fait 11 kilomètres… 🤦"),
        ("La ligne fait 11 kilomètres entre les deux gares.", "Je fais 11 kilomètres entre les deux gares."),
        ("La ligne fait 11 kilomètres entre les deux gares.", "C'était 11 kilomètres entre les deux gares."),
        ("La ligne fait « 11 kilomètres » entre les gares.", "La ligne fait 11 kilomètres » entre les gares."),
        ("La ligne fait 11 kilomètres.", "Faites le calcul."),
    ],
)
def test_a_sentence_that_stands_by_itself_makes_the_clearer_title(clear, unclear):
    assert clarity(clear) > clarity(unclear)


def test_what_everybody_writes_does_not_choose_the_title():
    texts = [
        "Il y a que je ne suis pas sûre que ce soit bien ce que vous dites là, mais bon.",
        "La passerelle est-elle ouverte aux fauteuils ?",
        "Fauteuils interdits de passerelle ?",
        "La passerelle et les fauteuils, personne n'en parle.",
    ]
    assert "passerelle" in _name(texts, "fr").label


def test_where_nobody_repeats_another_the_fullest_sentence_is_the_title():
    texts = [
        "J'adore les principes.",
        "Qui remboursera les frais de voyage des coureurs ?",
        "Quarante euros pour rien.",
    ]
    assert _name(texts, "fr").label == "Qui remboursera les frais de voyage des coureurs ?"
