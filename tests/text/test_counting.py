import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text import UnknownNetwork, count, fits, limit_of, measure, networks, utf16_length

from .vectors import emoji_cases

LINK = "https://www.lemonde.fr/idees/article/2026/11/23/une-adresse-qui-n-en-finit-pas_6026_3232.html"
FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("network", "text", "length"),
    [
        ("bluesky", f"é{FAMILY}e\u0301", 3),
        ("bluesky", LINK, len(LINK)),
        ("mastodon", f"Lire {LINK}", 28),
        ("mastodon", "lemonde.fr", 10),
        ("mastodon", "@marie@mastodon.example merci", 12),
        ("mastodon", FAMILY, 1),
        ("mastodon", f"@marie@{'a.' * 125}fr", 6),
        # P14: at a host of more than 253 characters nobody can be, and the server counts every character.
        ("mastodon", f"@marie@{'a.' * 126}fr", 261),
        ("x", f"Lire {LINK}", 28),
        ("x", "lemonde.fr", 23),
        ("x", f"é{FAMILY}日", 5),
        ("threads", "é", 1),
        ("threads", "a🔥", 5),
        ("threads", FAMILY, 25),
        ("telegram", "é🔥", 3),
        ("facebook", "é🔥", 3),
        ("linkedin", "é🔥", 3),
        ("instagram", "é🔥", 3),
    ],
)
def test_each_network_counts_in_its_own_way(network, text, length):
    assert count(text, network) == length


@pytest.mark.parametrize("emoji", emoji_cases())
def test_an_emoji_weighs_two_on_x(emoji):
    assert [one for one in emoji if count(one, "x") != 2] == []


@pytest.mark.parametrize("network", ["mastodon", "x"])
def test_a_server_says_what_a_link_counts(network):
    assert count(LINK, network, url_length=30) == 30


def test_a_post_for_bluesky_must_also_fit_in_bytes():
    heavy = FAMILY * 130
    assert count(heavy, "bluesky") <= limit_of("bluesky")
    assert not fits(heavy, "bluesky")


def test_a_measure_says_what_remains():
    result = measure("x" * 510, "mastodon")
    assert (result.count, result.limit, result.unit, result.remaining, result.fits) == (
        510,
        500,
        "grapheme",
        -10,
        False,
    )


def test_an_account_may_have_its_own_limit():
    assert fits("x" * 510, "mastodon", limit=1000)


def test_an_unknown_network_is_named_in_the_error():
    with pytest.raises(UnknownNetwork, match="myspace"):
        count("x", "myspace")


@given(st.text(), st.sampled_from(networks()))
def test_no_text_counts_more_than_its_units_allow(text, network):
    longest = {"threads": 4, "x": 23, "mastodon": 23}.get(network, 1)
    assert 0 <= count(text, network) <= longest * max(utf16_length(text), 1)


@given(st.text(), st.sampled_from(networks()))
def test_a_measure_is_consistent(text, network):
    result = measure(text, network)
    assert result.remaining == result.limit - result.count
    assert not (result.fits and result.remaining < 0)
