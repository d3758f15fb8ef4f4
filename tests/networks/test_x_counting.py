"""How long a post is to X, and what it shows in it: by twitter-text's own vectors and against a plain second reading."""

from __future__ import annotations

import itertools
import random
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.networks.marks import MarkKind
from smeditor.networks.x.counting import weighted_length
from smeditor.networks.x.entities import marked
from smeditor.text.emoji import emoji_end
from tests.shared import shared
from tests.text.vectors import cases, emoji_cases


@pytest.mark.parametrize(
    ("text", "expected"),
    cases("validate", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"),
)
def test_every_vector_of_the_official_suite_counts_as_it_says(text, expected):
    assert weighted_length(text) == expected["weightedLength"]


@pytest.mark.parametrize("emoji", emoji_cases())
def test_every_emoji_counts_two_however_it_is_composed(emoji):
    assert [sign for sign in emoji if weighted_length(sign) != 2] == []


def test_an_emoji_that_was_joined_by_hand_counts_as_its_parts():
    assert weighted_length("😀\u200d😀") == 5


def test_a_copyright_sign_is_no_emoji_unless_it_is_written_as_such():
    assert (weighted_length("©"), weighted_length("©\ufe0f")) == (1, 2)


def test_a_digit_is_no_emoji_and_a_key_is():
    assert (weighted_length("1"), weighted_length("1\ufe0f\u20e3")) == (1, 2)


def test_the_length_of_a_long_text_takes_linear_time():
    assert weighted_length("👨‍👩‍👧‍👦" * 20_000) == 40_000


LIGHT = [(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)]
PIECES = [
    "harbour",
    "Élysée",
    "naïve",
    "故人西辞",
    "Привет",
    "नमस्ते",
    "e\u0301te\u0301",
    "—",
    "…",
    "“so”",
    "‼",
    "\u2028",
    "ﷺ",
    "\U0001d54f",
]
LINKS = [
    "https://lemonde.fr",
    "https://paper.example.com/a?b=c&d=e",
    "http://t.co/abc",
    "https://example.org/" + "x" * 300,
]


def every_emoji() -> list[str]:
    lines = shared("vectors/unicode/emoji-test.txt").read_text(encoding="utf-8").splitlines()
    return [
        "".join(chr(int(point, 16)) for point in line.split(";")[0].split())
        for line in lines
        if "; fully-qualified" in line or "; minimally-qualified" in line
    ]


def plainly_counted(text: str, emoji: set[str]) -> int:
    """A second reading of the configuration: words by white space, links by their scheme, emoji by the longest match in Unicode's list."""
    total = 0
    for part in re.split(r"(\s+)", unicodedata.normalize("NFC", text)):
        if part.startswith("http"):
            total += 23
            continue
        at = 0
        while at < len(part):
            length = next((size for size in range(12, 0, -1) if part[at : at + size] in emoji), 0)
            if length:
                total, at = total + 2, at + length
            else:
                total += 1 if any(low <= ord(part[at]) <= high for low, high in LIGHT) else 2
                at += 1
    return total


@pytest.mark.slow
def test_ten_thousand_texts_count_as_a_plain_second_reading_counts_them():
    emoji = every_emoji()
    known, chance, wrong = set(emoji), random.Random(20261130), []
    for _case in range(10_000):
        pieces = []
        for _piece in range(chance.randint(1, 12)):
            kind = chance.random()
            if kind < 0.3:
                pieces.append("".join(chance.choices(emoji, k=chance.randint(1, 4))))
            elif kind < 0.45:
                pieces.append(chance.choice(LINKS))
            elif kind < 0.75:
                pieces.append(chance.choice(PIECES))
            else:
                pieces.append(
                    "".join(
                        chr(chance.choice([chance.randint(0x21, 0x17F), chance.randint(0x3041, 0x30FF)]))
                        for _sign in range(5)
                    )
                    .replace(".", "")
                    .replace("http", "")
                )
        text = " ".join(pieces)
        if "://" in re.sub(r"https?://\S+", "", text):
            continue
        if weighted_length(text) != plainly_counted(text, known):
            wrong.append((text, weighted_length(text), plainly_counted(text, known)))
    assert wrong[:3] == []


@given(st.text())
@settings(max_examples=500, deadline=None)
def test_any_text_is_counted_and_never_less_than_its_composed_letters(text):
    assert weighted_length(text) >= 0
    assert weighted_length(text + "x") >= 1


@given(st.text(alphabet=st.sampled_from("👨👩👧\u200d\ufe0f🏽1#\u20e3🇫🇷🏴©a"), max_size=30))
@settings(max_examples=1000, deadline=None)
def test_reading_emoji_never_stands_still_and_never_goes_beyond_the_text(text):
    at = 0
    while at < len(text):
        end = emoji_end(text, at)
        assert at <= end <= len(text)
        at = max(end, at + 1)


def test_links_names_and_tags_are_marked_as_twitter_text_finds_them():
    text = "@paper reads lemonde.fr and https://a.example.com/x #Harbour $AAPL"
    found = [(mark.kind, text[mark.start : mark.end]) for mark in marked(text)]
    assert found == [
        (MarkKind.MENTION, "@paper"),
        (MarkKind.LINK, "lemonde.fr"),
        (MarkKind.LINK, "https://a.example.com/x"),
        (MarkKind.TAG, "#Harbour"),
        (MarkKind.TAG, "$AAPL"),
    ]


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_marks_are_in_order_and_do_not_overlap(text):
    found = marked(text)
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))
