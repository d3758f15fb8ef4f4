"""Facets: what a stretch of a text leads to, in UTF-8 bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.bluesky import facets

KNOWN = {"alice.bsky.social": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}
PIECES = [
    "é",
    "👩🏽‍🚒",
    "🇫🇷",
    "नमस्ते",
    "#eau",
    "#économie",
    "@alice.bsky.social",
    "@nobody.bsky.social",
    " ",
    "\n",
    "«",
    "»",
]
texts = st.lists(st.sampled_from([*PIECES, "https://example.org/a?b=é", "lemonde.fr", "mot"]), max_size=14).map(
    " ".join
)


def resolve(handle: str) -> str:
    return KNOWN.get(handle, "")


def stretches(text: str) -> list[tuple[str, dict[str, str]]]:
    said = text.encode()
    return [
        (said[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0])
        for facet in facets.build(text, resolve)
    ]


def test_offsets_are_bytes_of_what_a_reader_sees():
    found = stretches("L’été 🌊 @alice.bsky.social : #économie https://example.org/eau?s=1&l=fr.")
    assert [(said, feature["$type"].partition("#")[2]) for said, feature in found] == [
        ("@alice.bsky.social", "mention"),
        ("#économie", "tag"),
        ("https://example.org/eau?s=1&l=fr", "link"),
    ]
    assert [feature.get("did") or feature.get("tag") or feature.get("uri") for _said, feature in found] == [
        KNOWN["alice.bsky.social"],
        "économie",
        "https://example.org/eau?s=1&l=fr",
    ]


def test_a_handle_that_nobody_has_stays_text():
    assert stretches("Bonjour @nobody.bsky.social") == []


def test_a_bare_domain_leads_to_its_secure_address():
    assert stretches("Lire lemonde.fr") == [
        ("lemonde.fr", {"$type": "app.bsky.richtext.facet#link", "uri": "https://lemonde.fr"})
    ]


def test_a_hash_inside_a_link_is_no_tag():
    assert [feature["$type"] for _said, feature in stretches("https://example.org/page#partie")] == [
        "app.bsky.richtext.facet#link"
    ]


def test_a_tag_longer_than_the_lexicon_allows_stays_text():
    assert stretches("#" + "a" * 65) == []
    assert len(stretches("#" + "a" * 64)) == 1


@given(texts)
def test_facets_are_in_order_do_not_overlap_and_cut_no_character(text):
    said, last = text.encode(), 0
    for facet in facets.build(text, resolve):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert last <= start < end <= len(said)
        said[start:end].decode()
        last = end


@given(texts)
def test_what_we_mark_is_what_we_read_back(text):
    built = facets.build(text, resolve)
    links = [feature["uri"] for facet in built for feature in facet["features"] if "uri" in feature]
    assert facets.links({"facets": built}) == list(dict.fromkeys(links))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["facets", "index", "features", "uri", "byteStart"]), inner)
        ),
    )
)
def test_a_lying_record_has_no_links_and_does_no_harm(value):
    assert all(link.startswith("http") for link in facets.links({"facets": value}))
