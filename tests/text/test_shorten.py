import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.mastodon.counting import countable
from smeditor.text.graphemes import grapheme_count, graphemes
from smeditor.text.offsets import utf16_length
from smeditor.text.shorten import shorten

LENGTHS = [utf16_length, grapheme_count, len, lambda text: grapheme_count(countable(text, 23))]
NETWORKS = st.sampled_from(LENGTHS)


def cut(text, length, limit):
    return shorten(text, lambda trial: length(trial) <= limit, limit)


PIECES = st.sampled_from(
    [
        "un mot ",
        "été ",
        "日本語",
        "👨‍👩‍👧‍👦",
        "https://lemonde.fr/idees/a-b-c ",
        "lemonde.fr ",
        "@marie@m.example ",
        "#élection ",
        "e\u0301",
        "\n\n",
    ]
)
WHOLE = ("https://lemonde.fr/idees/a-b-c", "@marie@m.example", "#élection")


def test_a_text_that_fits_stays_as_it_is():
    assert cut("Bonjour à tous", len, 280) == "Bonjour à tous"


def test_the_cut_lies_behind_a_word():
    assert cut("Le parlement vote aujourd'hui", utf16_length, 20) == "Le parlement vote…"


def test_a_script_without_spaces_is_cut_between_graphemes():
    assert cut("日本語" * 10, utf16_length, 5) == "日本語日…"


@pytest.mark.parametrize("whole", WHOLE)
def test_what_belongs_together_stays_whole_or_goes(whole):
    assert cut(f"Lire {whole} maintenant", utf16_length, 12) == "Lire…"


def test_nothing_is_left_where_not_even_the_ellipsis_fits():
    assert cut("Bonjour", utf16_length, 0) == ""


@given(st.lists(PIECES, max_size=60).map("".join), NETWORKS, st.integers(1, 60))
def test_a_shortened_text_fits(text, length, limit):
    assert length(cut(text, length, limit)) <= limit


@given(st.lists(PIECES, max_size=60).map("".join), NETWORKS, st.integers(1, 60))
def test_a_shortened_text_is_a_beginning_in_whole_graphemes(text, length, limit):
    kept = cut(text, length, limit).removesuffix("…")
    if kept != text:
        clusters = list(graphemes(text))
        beginnings = {"".join(clusters[:number]).rstrip() for number in range(len(clusters) + 1)}
        assert kept in beginnings


@given(st.text(), NETWORKS, st.integers(0, 30))
def test_any_text_can_be_shortened(text, length, limit):
    assert length(cut(text, length, limit)) <= limit
