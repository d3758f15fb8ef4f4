"""Phrases: whole words, whatever their capitals and accents, and in time that grows with the text alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.phrases import PhraseBook, folded, tokens_of


def found(pattern: str, text: str) -> list[str]:
    return [text[match.start : match.end] for match in PhraseBook([(pattern, pattern)]).matches(text)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("le meurtrier", "LE MEURTRIER court toujours", ["LE MEURTRIER"]),
        ("présumé coupable", "le presume  coupable", ["presume  coupable"]),
        ("l'assassin", "L’assassin habite au 21", ["L’assassin"]),
        ("suicid*", "Il s’est suicidé. Le suicide, ce suicid", ["suicidé", "suicide", "suicid"]),
        ("15 year old", "a 15-year-old", ["15-year-old"]),
        ("âgé* de 14 ans", "une fille âgée de 14 ans", ["âgée de 14 ans"]),
        ("cœur", "un coeur, un CŒUR", ["coeur", "CŒUR"]),
    ],
)
def test_a_phrase_is_found_as_it_is_written_or_otherwise(pattern, text, expected):
    assert found(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("tueur", "un tueurs"),
        ("mineur", "https://paper.example/le-mineur"),
        ("le tueur", "@le tueur"),
        ("le tueur", "le grand tueur"),
        ("", "anything"),
        ("*", "anything"),
    ],
)
def test_a_part_of_a_word_an_address_and_a_handle_are_no_phrase(pattern, text):
    assert found(pattern, text) == []


def test_phrases_that_overlap_are_all_found():
    book = PhraseBook([("a b", 1), ("b c", 2), ("b", 3)])
    assert [match.value for match in book.matches("a b c")] == [1, 3, 2]


@given(st.text())
def test_a_text_is_found_in_itself_whatever_it_is(text):
    tokens = [token.text for token in tokens_of(text)][:12]
    if tokens and all(folded(token) for token in tokens):
        assert next(PhraseBook([(" ".join(tokens), 0)]).matches(" ".join(tokens)), None) is not None


@given(st.text(), st.lists(st.text(max_size=30)))
def test_nothing_that_anybody_types_breaks_it(text, patterns):
    for match in PhraseBook((pattern, 0) for pattern in patterns).matches(text):
        assert 0 <= match.start < match.end <= len(text)


def test_a_hundred_thousand_characters_take_twice_as_long_as_half_of_them():
    book = PhraseBook([(f"{'mot ' * n}fin*", n) for n in range(11)])

    def seconds(length: int) -> float:
        text = ("mot " * length)[:length]
        began = time.perf_counter()
        list(book.matches(text))
        return time.perf_counter() - began

    seconds(1_000)
    short, long = min(seconds(50_000) for _ in range(3)), min(seconds(100_000) for _ in range(3))
    assert long < 4 * short
