"""Text at the border (P2): one normal form, and one way to split a thread, whatever a browser or a phone sent."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.normal import normalise_text, normalise_whole, split_thread

LINE_ENDS = ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"]
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"], exclude_characters="-"), max_size=20)


@pytest.mark.parametrize("end", LINE_ENDS)
@pytest.mark.parametrize("around", ["", " ", "\t", "\u00a0", " \u202f"])
def test_a_thread_splits_whatever_ends_its_lines_and_stands_around_the_hyphens(end, around):
    typed = f"Un{end}{around}---{around}{end}deux{end}{end}-----{end}trois"
    assert split_thread(typed) == ["Un", "deux", "trois"]


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u2060", "\u00ad", "\x00"])
def test_what_nobody_sees_does_not_keep_a_thread_together(hidden):
    assert split_thread(f"Un\n{hidden}---{hidden}\ndeux") == ["Un", "deux"]


@pytest.mark.parametrize("text", ["Un --- deux", "Un\n-- -\ndeux", "Un\n---deux"])
def test_hyphens_within_a_line_are_text(text):
    assert split_thread(text) == [text]


def test_nothing_makes_no_message():
    assert split_thread("\r\n---\r\n \r\n---") == []


@given(st.lists(LINE, min_size=1, max_size=6), st.sampled_from(LINE_ENDS))
def test_the_line_ends_make_no_difference(lines, end):
    assert split_thread(end.join([*lines, "---", *lines])) == split_thread("\n".join([*lines, "---", *lines]))


@given(st.text(max_size=200))
def test_splitting_what_was_normalised_is_splitting(text):
    assert split_thread(normalise_text(text)) == split_thread(text)


@given(
    st.text(
        st.characters(max_codepoint=0x24F) | st.sampled_from("\u2010\u2015\u2018\u201e\u2022\u2026\u202f\u20ac\u0301"),
        max_size=60,
    ),
    st.integers(16, 70),
)
def test_plain_text_is_normalised_as_all_text_is(text, limit):
    """What is invisible makes a text no plain one any more, and goes."""
    assert normalise_text(text, limit) == normalise_text("\u200b" + text, limit)


def test_every_plain_character_is_kept_as_it_is_beside_any_other():
    plain = [chr(code) for code in range(0x250) if normalise_text(chr(code)) == chr(code)]
    assert len(plain) > 500
    for other in plain:
        text = "".join(character + other for character in plain)
        assert normalise_text(text) == text == normalise_text("\u200b" + text)


@pytest.mark.parametrize("text", ["\u0958", "\u0958\u0959", "\ufb2c", "\U0001d15e"])
def test_a_text_that_grows_in_its_normal_form_loses_nothing(text):
    """Unicode excludes these from composition: their normal form has more code points than what was typed."""
    normal = unicodedata.normalize("NFC", text)
    assert len(normal) > len(text)
    assert normalise_whole(text) == normal
    assert split_thread(text) == [normal]
