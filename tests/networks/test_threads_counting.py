"""How long a post is: characters, and emojis by their bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.marks import MarkKind
from smeditor.networks.threads import Threads
from smeditor.networks.threads.counting import length, marked
from smeditor.text.graphemes import grapheme_count
from tests.networks import threads_steps
from tests.networks.doubles.threads.state import counted
from tests.networks.threads_steps import publish

double, world, network = threads_steps.double, threads_steps.world, threads_steps.network


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("eau", 3),
        ("Où va l’eau ? 2 000 €", 21),
        ("日本", 2),
        ("🌊", 4),
        ("👩🏽‍🚒", 15),
        ("🇫🇷", 8),
        ("❤️", 6),
        ("1️⃣", 7),
        ("a🌊b", 6),
        ("2024", 4),
        ("#1 *", 4),
    ],
)
def test_an_emoji_counts_as_many_as_its_bytes(text, expected):
    assert length(text) == expected


@given(st.text(alphabet=st.characters(max_codepoint=0x2000, exclude_categories=["Cs"])))
def test_what_holds_no_picture_counts_its_code_points(text):
    if not any(sign in "©®‼⁉" for sign in text):
        assert length(text) == len(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_never_fewer_than_what_a_person_sees_and_never_more_than_the_bytes(text):
    assert grapheme_count(text) <= length(text) <= len(text.encode())


@given(st.lists(st.sampled_from(["a", "é", "🌊", "👩🏽‍🚒", "🇫🇷", "❤️", "1️⃣", " ", "#"]), max_size=40).map("".join))
def test_never_fewer_than_the_double_counts(text):
    assert length(text) >= counted(text)


def test_a_text_as_long_as_the_limit_is_accepted(world, network):
    from smeditor.networks.base import Message

    text = "🌊" * 125
    assert network.count(text) == Threads.default_limits.max_length == 500
    publish(network, Message(text))


def test_a_text_one_longer_is_refused_with_a_sentence(network):
    from smeditor.exceptions import Refused
    from smeditor.networks.base import Message

    with pytest.raises(Refused) as caught:
        publish(network, Message("🌊" * 125 + "."))
    assert "500" in caught.value.sentence


def test_links_names_and_the_topic_are_set_apart():
    text = "Avec @lectrice_du.port : #eau #mer https://example.org/x."
    found = [(mark.kind, text[mark.start : mark.end]) for mark in marked(text)]
    assert found == [
        (MarkKind.MENTION, "@lectrice_du.port"),
        (MarkKind.TAG, "#eau"),
        (MarkKind.LINK, "https://example.org/x"),
    ]


@pytest.mark.parametrize("text", ["a@b.fr", "@@x", "x/@y", "@"])
def test_what_is_no_name_is_not_set_apart(text):
    assert [mark for mark in marked(text) if mark.kind is MarkKind.MENTION] == []


@given(st.text(max_size=80))
def test_marks_stand_in_order_and_never_overlap(text):
    ends = 0
    for mark in marked(text):
        assert ends <= mark.start < mark.end <= len(text)
        ends = mark.end
