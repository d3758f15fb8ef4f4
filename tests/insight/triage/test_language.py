"""A text is read by the rules of the language in which it is written, and by no others."""

import pytest

from smeditor.insight.triage import triage
from tests.insight.triage.corpora import sentences

FOREIGN = {lang: sentences(f"foreign_{lang}") for lang in ("es", "it", "de", "pt", "nl", "ca", "ro", "pl", "sv", "tr")}
EVERY = [(lang, text) for lang, texts in FOREIGN.items() for text in texts]


@pytest.mark.parametrize("declared", [None, "fr", "en", "und", "fr-FR", "xx"])
def test_a_text_of_another_language_is_labelled_by_no_french_or_english_rule(declared):
    answers = [(text, triage(text, declared)) for _, text in EVERY]
    assert [text for text, answer in answers if answer.lang in ("fr", "en")] == []
    assert {label for _, answer in answers for label in answer.labels} <= {"question"}


@pytest.mark.parametrize("lang", ["es", "it", "de"])
def test_german_spanish_and_italian_are_recognised(lang):
    assert {triage(text).lang for text in FOREIGN[lang]} == {lang}


@pytest.mark.parametrize("declared", [None, "fr", "und", "xx-YY"])
@pytest.mark.parametrize("name", ["ordinary_money_fr", "advertising_fr"])
def test_french_is_read_as_french(name, declared):
    texts = sentences(name)
    assert sum(triage(text, declared).lang == "fr" for text in texts) >= 0.95 * len(texts)


@pytest.mark.parametrize("declared", [None, "en"])
def test_english_is_read_as_english(declared):
    texts = sentences("ordinary_money_en")
    assert sum(triage(text, declared).lang == "en" for text in texts) >= 0.95 * len(texts)


def test_a_quotation_in_another_language_does_not_change_the_readers():
    assert triage("Vous traduisez « el pueblo unido » par « la ville unie », c'est faux.", "fr").lang == "fr"


@pytest.mark.parametrize(
    "text", ["Это неправда, исправьте статью?", "هذا ليس صحيحا", "这是错的，请更正", "Αυτό δεν είναι σωστό"]
)
def test_another_script_is_not_read_by_the_declared_languages_rules(text):
    assert triage(text, "fr").lang == "und"


def test_a_declared_language_is_believed_where_the_text_tells_nothing():
    assert triage("Bravo !", "fr").lang == "fr"
    assert triage("Wrong caption.", "en").lang == "en"
