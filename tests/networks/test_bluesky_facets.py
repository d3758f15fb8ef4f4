"""Facets: what a stretch of a text leads to, in UTF-8 bytes."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsroom.demo.bluesky_network import BlueskyUnavailable, find_package
from smeditor.networks.bluesky import detect, facets
from smeditor.text.offsets import utf8_span

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
    encoded = text.encode()
    return [
        (encoded[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0])
        for facet in facets.build(text, resolve)
    ]


def test_offsets_are_bytes_of_what_a_reader_sees():
    found = stretches("L’été 🌊 @alice.bsky.social : #économie https://example.org/eau?s=1&l=fr.")
    assert [(shown, feature["$type"].partition("#")[2]) for shown, feature in found] == [
        ("@alice.bsky.social", "mention"),
        ("#économie", "tag"),
        ("https://example.org/eau?s=1&l=fr", "link"),
    ]
    assert [feature.get("did") or feature.get("tag") or feature.get("uri") for _shown, feature in found] == [
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
    assert [feature["$type"] for _shown, feature in stretches("https://example.org/page#partie")] == [
        "app.bsky.richtext.facet#link"
    ]


def test_a_tag_longer_than_the_lexicon_allows_stays_text():
    assert stretches("#" + "a" * 65) == []
    assert len(stretches("#" + "a" * 64)) == 1


CASES = {
    # P14, kind: the rules of another network. As ``@atproto/api`` detects them, not as twitter-text does.
    "voir photo.paris.png ici": [],
    "archive.tar.gz/notes": [],
    "lire mairie.paris/plan?x=1.": ["https://mairie.paris/plan?x=1"],
    "le-monde.fr": [],
    "(https://a.example/b)": ["https://a.example/b"],
    "https://a.example/b_(c)": ["https://a.example/b_(c)"],
    "httpbin.org/get": ["https://httpbin.org/get"],
    "#🚋 part": ["🚋"],
    "#tram🚋2": ["tram🚋2"],
    "un #pont#neuf": ["pont#neuf"],
    "##pont": ["#pont"],
    "#pont__!?…": ["pont"],
    "#_pont": ["_pont"],
    "#2024": [],
    "#2024a": ["2024a"],
    "#---": [],
    "#\ufe0fpont": [],
    "(#pont)": [],
    "#pont,neuf;": ["pont,neuf"],
    "#été": ["été"],
    "#हिन्दी": ["हिन्दी"],
    "$orap, ($MC) $TOOLONG x$AAPL $1A $A1B2": ["$ORAP", "$MC", "$A1B2"],
    "#" + "🚋" * 32: ["🚋" * 32],
    "#" + "🚋" * 33: [],
}


@pytest.mark.parametrize("text", CASES)
def test_what_other_apps_of_the_network_would_mark_is_marked(text):
    found = [feature.get("tag") or feature.get("uri") for _shown, feature in stretches(text)]
    assert found == CASES[text]


ALPHABET = [
    "#",
    "$",
    "@",
    "a",
    "É",
    "2",
    ".",
    "com",
    "fr",
    "/",
    "(",
    ")",
    "_",
    "!",
    " ",
    "\n",
    "\u200b",
    "\ufe0f",
    "🚋",
    "https://",
]
ALPHABET += ["alice.test", "site.com", "\u3000", "\u00a0", "’", "-", "?", "AAPL", "e\u0301", "＃"]
written = st.lists(st.sampled_from(ALPHABET), max_size=12).map("".join)


@pytest.fixture(scope="module")
def official():
    """The detection of ``@atproto/api`` itself, many texts at a time."""
    try:
        library = find_package() / "node_modules/@atproto/api"
    except BlueskyUnavailable as error:
        pytest.skip(f"the library @atproto/api is not on this machine: {error}")
    node = shutil.which("node")
    if node is None or not library.is_dir():
        pytest.skip("the library @atproto/api is not on this machine")
    script = f"""
        const {{detectFacets}} = require("{library}/dist/rich-text/detection.js");
        const {{UnicodeString}} = require("{library}/dist/rich-text/unicode.js");
        const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const one = (f) => [f.index.byteStart, f.index.byteEnd, f.features[0].uri || f.features[0].tag || f.features[0].did];
        console.log(JSON.stringify(texts.map((t) => (detectFacets(new UnicodeString(t)) || []).map(one))));
    """

    def ask(texts: list[str]) -> list[list[list]]:
        done = subprocess.run(
            [node, "-e", script], input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(done.stdout)

    return ask


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(written, min_size=80, max_size=200))
def test_our_detection_is_the_official_one(official, texts):
    """P14: held to the library itself, on texts that are made of what its rules turn on."""

    def ours(text: str) -> list[list]:
        found = [*detect.mentions(text), *detect.links(text), *detect.hashtags(text), *detect.cashtags(text)]
        return [[*utf8_span(text, item.start, item.end), item.value] for item in found]

    assert [ours(text) for text in texts] == official(texts)


@given(texts)
def test_facets_are_in_order_do_not_overlap_and_cut_no_character(text):
    encoded, last = text.encode(), 0
    for facet in facets.build(text, resolve):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert last <= start < end <= len(encoded)
        encoded[start:end].decode()
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
