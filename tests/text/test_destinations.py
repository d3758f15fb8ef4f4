"""Where an address may lead, told from the address alone; and addresses found in what readers write around them."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.links import destinations, links_in

STORY = "https://paper.example/2026/tram?page=2"


@pytest.mark.parametrize(
    "wrapper",
    [
        "https://l.facebook.com/l.php?u={}&h=AT0x",
        "https://www.google.com/url?sa=t&url={}",
        "https://out.example/?x=1&target={}#top",
        "https://slack-redir.example/link?url={}",
        "https://a.example/?q=https%3A%2F%2Fb.example%2F%3Fto%3D{}",
    ],
)
def test_the_target_that_a_wrapper_carries_is_a_destination(wrapper):
    """L7."""
    encoded = quote(STORY, safe="")
    assert STORY in destinations(wrapper.format(quote(encoded, safe="") if "q=https" in wrapper else encoded))


@pytest.mark.parametrize(
    "dress",
    [
        "https://paper-example.cdn.ampproject.org/c/s/paper.example/2026/tram/amp/",
        "https://www.google.fr/amp/s/amp.paper.example/2026/tram",
        "https://amp.paper.example/2026/tram.amp",
        "https://PAPER.example/2026/%74ram?utm_source=x",
    ],
)
def test_the_page_behind_another_dress_is_a_destination(dress):
    assert any(place.endswith("paper.example/2026/tram") for place in destinations(dress))


@given(
    st.text(max_size=300) | st.text(max_size=100).map(lambda text: f"https://a.example/?u=https://b.example/?u={text}")
)
def test_an_address_leads_to_few_places_itself_first(url):
    found = destinations(url)
    assert found[0] == url.strip()
    assert len(found) <= 9


def test_a_wrapper_of_itself_comes_to_an_end():
    url = "https://a.example/"
    for _level in range(12):
        url = f"https://a.example/?u={quote(url, safe='')}&v={quote(url, safe='')}"[:8000]
    assert len(destinations(url)) <= 9


@pytest.mark.parametrize(
    "around",
    [
        "«{}»",
        "« {} »",
        "“{}”",
        "{}…",
        "{}’",
        "‘{}’",
        "{}\u200b",
        "\u200b{}\u200b more",
        "({})",
        "<p>{}</p>",
        "<p><a href='https://else.fr/'>x</a> {}</p>",
        "<b>{}</b>",
    ],
)
def test_what_readers_write_around_an_address_is_no_part_of_it(around):
    """L7: quotation marks, an ellipsis, what is invisible, and a plain address beside any anchor."""
    assert "https://paper.fr/tram" in links_in(around.format("https://paper.fr/tram"))


def test_an_apostrophe_inside_a_path_is_part_of_it():
    assert links_in("https://fr.wikipedia.org/wiki/L’Équipe now") == ["https://fr.wikipedia.org/wiki/L’Équipe"]


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ("https://eau.fr/2<br>Fin", ["https://eau.fr/2"]),
        ("<p>https://eau.fr/2</p><p>Fin</p>", ["https://eau.fr/2"]),
        ("<ul><li>https://eau.fr/2</li><li>https://mer.fr/3</li></ul>", ["https://eau.fr/2", "https://mer.fr/3"]),
        ('<a href="https://eau.fr/2"><p>eau.fr/2</p></a> Fin', ["https://eau.fr/2"]),
    ],
)
def test_an_address_that_html_writes_out_ends_with_its_line(html, links):
    """Where a line ended without a space, the next word became part of the address."""
    assert links_in(html) == links
