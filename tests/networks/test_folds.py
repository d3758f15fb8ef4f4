"""Where a network's apps write "more"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.base import WHOLE, Fold
from smeditor.networks.registry import SHIPPED, get_network_class
from smeditor.text.graphemes import boundaries, grapheme_count


@pytest.mark.parametrize(
    ("fold", "text", "shown"),
    [
        (WHOLE, "a\nb", "a\nb"),
        (Fold(characters=3), "abc", "abc"),
        (Fold(characters=3), "abcd", "abc"),
        (Fold(characters=1), "👩‍👩‍👧‍👦x", "👩‍👩‍👧‍👦"),
        (Fold(lines=2), "a\nb\nc", "a\nb"),
        (Fold(lines=2), "a\nb", "a\nb"),
        (Fold(characters=2, lines=2), "abc\nd", "ab"),
        (Fold(characters=9, lines=1), "abc\nd", "abc"),
        (Fold(characters=5), "", ""),
    ],
)
def test_a_text_is_cut_at_the_first_limit_that_it_meets(fold, text, shown):
    assert text[: fold.shown(text)] == shown


@given(st.text(), st.none() | st.integers(1, 9), st.none() | st.integers(1, 4))
def test_a_cut_never_lies_within_a_character(text, characters, lines):
    cut = Fold(characters, lines).shown(text)
    assert cut in boundaries(text) or text[cut] == "\n"
    if characters is not None:
        assert grapheme_count(text[:cut]) <= characters


@pytest.mark.parametrize("slug", sorted(SHIPPED))
def test_every_network_shows_something_before_more(slug):
    assert get_network_class(slug, {}).fold.shown("x") == 1
