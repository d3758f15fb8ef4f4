from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.graphemes import boundaries, grapheme_count, graphemes, nfc
from tests.text.vectors import emoji_cases, grapheme_cases


@pytest.mark.parametrize("clusters", grapheme_cases())
def test_clusters_break_where_unicode_says(clusters):
    assert list(graphemes("".join(clusters))) == clusters


@pytest.mark.parametrize("emoji", emoji_cases())
def test_an_emoji_is_one_cluster(emoji):
    assert [cluster for cluster in emoji if grapheme_count(cluster) != 1] == []


def test_an_indic_conjunct_is_one_cluster():
    assert grapheme_count("क्षि") == 1


@given(st.text())
def test_clusters_joined_are_the_text_again(text):
    assert "".join(graphemes(text)) == text


@given(st.text())
def test_boundaries_lie_between_the_clusters(text):
    edges = boundaries(text)
    assert [text[start:end] for start, end in pairwise(edges)] == list(graphemes(text))


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert nfc(nfc(text)) == nfc(text)


def test_an_endless_run_of_marks_is_left_as_it_is():
    heap = "\u0345\u0300" * 50
    assert nfc(f"e\u0301 {heap} e\u0301") == f"é {heap} é"
