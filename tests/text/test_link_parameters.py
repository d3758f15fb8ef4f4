"""What is added to a link for statistics."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.link_parameters import BadParameters, parse_parameters, with_parameters

LINK = "https://paper.example/a/"


@pytest.mark.parametrize(
    ("link", "typed", "expected"),
    [
        (LINK, "utm_source=social&utm_campaign={section}", f"{LINK}?utm_source=social&utm_campaign=city-hall"),
        (LINK, "?utm_source=Social Desk", f"{LINK}?utm_source=social-desk"),
        (f"{LINK}?page=2#there", "utm_source=social&page=9", f"{LINK}?page=2&utm_source=social#there"),
        (LINK, "utm_campaign={nothing}", LINK),
        (LINK, "no pairs at all", LINK),
        (LINK, "", LINK),
        ("", "utm_source=social", ""),
    ],
)
def test_pairs_are_added_and_nothing_that_is_there_is_changed(link, typed, expected):
    assert with_parameters(link, typed, {"section": "City hall"}) == expected


@pytest.mark.parametrize("typed", ["utm_source", "=x", "a=", "a b=c", "a=b&c", "<script>=1"])
def test_what_is_no_pair_is_refused(typed):
    with pytest.raises(BadParameters):
        parse_parameters(typed)


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_is_typed_the_link_stays_one_and_leads_to_the_same_page(typed, section):
    link = urlsplit(with_parameters(LINK, typed, {"section": section}))
    assert (link.scheme, link.netloc, link.path, link.fragment) == ("https", "paper.example", "/a/", "")
    assert all(name for name, _value in parse_qsl(link.query, keep_blank_values=True))
