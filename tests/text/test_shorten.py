import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text import fits, graphemes, networks, shorten

NETWORKS = st.sampled_from(networks())
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
    assert shorten("Bonjour à tous", "x") == "Bonjour à tous"


def test_the_cut_lies_behind_a_word():
    assert shorten("Le parlement vote aujourd'hui", "telegram", 20) == "Le parlement vote…"


def test_a_script_without_spaces_is_cut_between_graphemes():
    assert shorten("日本語" * 10, "telegram", 5) == "日本語日…"


@pytest.mark.parametrize("whole", WHOLE)
def test_what_belongs_together_stays_whole_or_goes(whole):
    assert shorten(f"Lire {whole} maintenant", "telegram", 12) == "Lire…"


def test_nothing_is_left_where_not_even_the_ellipsis_fits():
    assert shorten("Bonjour", "telegram", 0) == ""


@given(st.lists(PIECES, max_size=60).map("".join), NETWORKS, st.integers(1, 60))
def test_a_shortened_text_fits(text, network, limit):
    assert fits(shorten(text, network, limit), network, limit=limit)


@given(st.lists(PIECES, max_size=60).map("".join), NETWORKS, st.integers(1, 60))
def test_a_shortened_text_is_a_beginning_in_whole_graphemes(text, network, limit):
    kept = shorten(text, network, limit).removesuffix("…")
    if kept != text:
        clusters = list(graphemes(text))
        beginnings = {"".join(clusters[:number]).rstrip() for number in range(len(clusters) + 1)}
        assert kept in beginnings


@given(st.text(), NETWORKS, st.integers(0, 30))
def test_any_text_can_be_shortened(text, network, limit):
    assert fits(shorten(text, network, limit), network, limit=limit)
