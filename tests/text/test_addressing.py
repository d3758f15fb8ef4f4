from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.addressing import addressed_to, without_addressees


def test_the_mentions_at_the_beginning_are_left_out():
    assert without_addressees("@vigie @lea@masto.example, Pourquoi ?") == "Pourquoi ?"


def test_a_mention_inside_a_sentence_stays():
    assert without_addressees("Merci @vigie pour cet article") == "Merci @vigie pour cet article"


def test_nothing_but_mentions_stays_as_it_is():
    assert without_addressees("@vigie @lea ") == "@vigie @lea "


@given(st.text(max_size=200))
def test_what_is_left_is_always_a_part_of_the_text(text):
    assert without_addressees(text) in text


def test_only_our_own_name_counts_as_our_address():
    assert addressed_to("@vigie Pourquoi ?", "vigie@social.example") == 7
    assert addressed_to("@vigie@social.example, pourquoi ?", "vigie@social.example") == 23
    assert addressed_to("@vigie_en Why?", "vigie") == 0
    assert addressed_to("@lea Why?", "vigie") == 0
