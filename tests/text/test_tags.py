"""Hashtags (P12): letters keep their marks, digits alone are no tag, and every network sees the tag that was made."""

import re
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.entities import hashtags
from smeditor.text.graphemes import grapheme_count
from smeditor.text.tags import hashtag

MASTODON = regex.compile(r"(?<![=/)\p{Alnum}])[#＃]([\p{L}\p{M}\p{Nd}\p{Pc}]*\p{L}[\p{L}\p{M}\p{Nd}\p{Pc}]*)")
"""The second form of HASHTAG_NAME_PAT, which takes no separators."""
BLUESKY = regex.compile(
    r"(?:^|\s)[#＃]((?!\ufe0f)[^\s\u00AD\u2060\u200A-\u200D\u20e2]*[^0-9\s\p{P}\u00AD\u2060\u200A-\u200D\u20e2]+\S*)"
)
TITLES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.lists(
    st.sampled_from(["e\u0301", "हिन्दी", "العربيّة", "ภาษาไทย", "2027", " ", "-", "n\u0303", "ß", "ე", "_", "𝔘", "தமிழ்"])
).map("".join)


@pytest.mark.parametrize(
    ("title", "tag"),
    [
        ("hôtel de ville", "#HôtelDeVille"),
        (unicodedata.normalize("NFD", "été 2027"), "#Été2027"),
        ("हिन्दी समाचार", "#हिन्दीसमाचार"),
        ("ข่าว วันนี้", "#ข่าววันนี้"),
        ("الأخبارُ اليوم", "#الأخبارُاليوم"),
        ("l’Alsace", "#LAlsace"),
        ("ქართული ენა", "#ქართულიენა"),
        ("ßtraße", "#ßtraße"),
        ("COVID-19", "#COVID19"),
    ],
)
def test_words_of_any_script_make_a_tag(title, tag):
    assert hashtag(title) == tag


@pytest.mark.parametrize("title", ["", "2027", "14 juillet"[:2], "१२", "…", "🦋", "\u0301", "a" * 65])
def test_what_no_network_takes_for_a_tag_makes_none(title):
    assert hashtag(title) == ""


@given(TITLES)
def test_every_network_sees_the_whole_tag(title):
    tag = hashtag(title)
    if not tag:
        return
    assert tag == unicodedata.normalize("NFC", tag)
    assert grapheme_count(tag) <= 65
    assert [(found.start, found.end) for found in hashtags(tag)] == [(0, len(tag))]
    assert MASTODON.fullmatch(tag)
    assert BLUESKY.fullmatch(tag)


@given(st.lists(st.sampled_from(["é", "नि", "की", "ّت", "ที่", "ம்", "a"]), min_size=1, max_size=12))
def test_no_letter_loses_its_mark(letters):
    word = "a" + "".join(letters)
    assert re.sub("^#.", "", hashtag(word)) == unicodedata.normalize("NFC", word)[1:]
