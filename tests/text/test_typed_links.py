"""A post's link as an editor types it (P13): every way of writing it carries the token, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.links import canonical, token_of
from smeditor.text.typed_links import token_links

LINK = "https://paper.example/transport/tram/"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://paper.example/transport/tram/", "https://paper.example/transport/tram/?sme=tok"),
        ("https://paper.example/transport/tram", "https://paper.example/transport/tram?sme=tok"),
        (
            "https://paper.example/transport/tram/?utm_source=letter",
            "https://paper.example/transport/tram/?utm_source=letter&sme=tok",
        ),
        ("https://paper.example/transport/tram/#line-3", "https://paper.example/transport/tram/?sme=tok#line-3"),
        ("HTTPS://Paper.Example/transport/tram/", "HTTPS://Paper.Example/transport/tram/?sme=tok"),
        ("http://www.paper.example/transport/tram", "http://www.paper.example/transport/tram?sme=tok"),
    ],
)
@pytest.mark.parametrize("around", ["Read {} now", "({})", "{}.", "« {} »", "{}", "See {}, then {}!"])
def test_however_it_is_typed_it_carries_the_token(typed, sent, around):
    text = around.replace("{}", typed)
    assert token_links(text, LINK, "tok") == around.replace("{}", sent)


@pytest.mark.parametrize(
    "text",
    [
        "https://paper.example/transport/tramway/",
        "https://paper.example/transport/tram/2",
        "https://paper.example/Transport/tram/",
        "https://other.example/transport/tram/",
        "paper.example/transport/tram/",
        "no link at all",
    ],
)
def test_other_addresses_are_left_alone(text):
    assert token_links(text, LINK, "tok") == text


@pytest.mark.parametrize("link", ["", "mailto:a@paper.example", "https://"])
def test_what_is_no_web_address_gets_no_token(link):
    assert token_links(f"Read {link}", link, "tok") == f"Read {link}"


def test_a_link_in_signs_of_its_own_is_found_literally():
    link = "https://paper.example/Primer_(film)"
    assert token_links(f"({link})", link, "tok") == f"({link}?sme=tok)"


def test_a_link_of_thousands_of_characters_carries_the_token():
    link = "https://paper.example/" + "a" * 1900
    assert token_links(f"Read {link}/ now", link, "tok") == f"Read {link}/?sme=tok now"


PIECES = st.sampled_from([LINK, LINK[:-1], f"{LINK}?utm_campaign=x", "https://a.example/", "Tram", ".", " ", "\n", ")"])


@given(st.lists(PIECES, max_size=8).map(" ".join))
def test_a_token_changes_no_destination_and_can_be_replaced(text):
    sent = token_links(text, LINK, "first")
    for word, was in zip(sent.split(), text.split(), strict=True):
        if was.startswith("http"):
            assert canonical(word) == canonical(was)
            assert (token_of(word) == "first") == (canonical(was) == canonical(LINK))
    assert token_links(sent, LINK, "other") == token_links(text, LINK, "other")
