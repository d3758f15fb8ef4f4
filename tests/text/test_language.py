import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.text.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("C'est vraiment n'importe quoi cet article", "fr"),
        ("Bravo pour cette enquête", "fr"),
        ("This is plainly wrong, please fix it", "en"),
        ("Esto no es verdad, lo siento", "es"),
        ("这是一个错误的报道，请更正这条新闻谢谢", "zh"),
        (
            "Ceci est une phrase assez longue, écrite en français, pour que le modèle entier en soit sûr et que personne ne s'y "
            "trompe, même avec des mots rares.",
            "fr",
        ),
    ],
)
def test_a_sentence_is_recognised(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "ok lol", "@marie@m.example #budget https://lemonde.fr/une-longue-adresse-en-francais", "123 456 789 012 345"],
)
def test_too_little_is_not_guessed(text):
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("hint", "language"), [("fr", "fr"), ("fr-CA", "fr"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("EN", "en")]
)
def test_what_the_network_says_is_believed(hint, language):
    assert language_of("x", hint) == language


@pytest.mark.parametrize("hint", ["", "und", "zxx", "français", "x", "fr-" + "a" * 60, "fr;drop"])
def test_a_hint_that_names_no_language_is_passed_over(hint):
    assert language_of("This is plainly wrong, please fix it", hint) == "en"


@settings(max_examples=50, deadline=None)
@given(st.text(), st.none() | st.text(max_size=40))
def test_any_text_has_a_language_or_none(text, hint):
    language = language_of(text, hint)
    assert language is None or (language.isalpha() and language.islower())
