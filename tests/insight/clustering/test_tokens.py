"""The tokeniser gives the same bounded list of terms for any text."""

from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.clustering.tokens import MAX_CHARS, MAX_TERM, terms


def test_an_elision_and_a_typographic_apostrophe_do_not_hide_the_word():
    assert terms("L’article", "fr") == terms("l'article", "fr") == terms("article", "fr")


def test_accents_do_not_part_a_word_from_itself():
    assert terms("Élèves", "fr") == terms("eleves", "fr")


def test_a_camel_case_hashtag_gives_the_tag_and_its_words():
    assert terms("#JusticePourTous") == ["justicepourtous", "justice", "pour", "tous"]


def test_a_decimal_number_is_one_term():
    assert terms("1,5 million") == ["1,5", "million"]


def test_a_link_is_one_term_without_its_query():
    assert terms("see https://www.example.org/a/b?utm=1.") == ["see", "url:example.org/a/b"]


def test_a_mention_is_no_term():
    assert terms("@someone@example.org hello") == ["hello"]


def test_scripts_without_spaces_give_pairs_of_characters():
    assert terms("你好世界") == ["你好", "好世", "世界"]


def test_vowel_signs_do_not_break_a_word():
    assert len(terms("हिन्दी भाषा", "hi")) == 2


def test_a_lone_emoji_is_its_own_term():
    assert terms("🙂🙂") == ["🙂"]


@given(st.text(st.characters(), max_size=300), st.sampled_from([None, "fr", "en", "ar", "zh-Hant", "xx", "", "_"]))
def test_any_text_gives_short_terms_twice_the_same(text, lang):
    found = terms(text, lang)
    assert found == terms(text, lang)
    assert all(0 < len(term) <= max(MAX_TERM, 125) for term in found)


def test_a_wall_of_characters_is_read_up_to_the_limit():
    assert len(terms("a " * 100_000)) <= MAX_CHARS // 2
