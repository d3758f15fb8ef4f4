"""LinkedIn's "little" text: whatever an editor writes, readers see just that."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.linkedin import LinkedIn, little, urns
from tests.networks.doubles.linkedin import rules

RESERVED = "|{}@[]()<>#\\*_~"
texts = st.text(
    alphabet=st.one_of(st.sampled_from(RESERVED + " abé#"), st.characters(codec="utf-8", exclude_characters="＃"))
)


@given(texts)
def test_escaping_round_trips(text):
    assert little.plain(little.escape(text)) == text


def test_a_tag_with_a_wide_sign_is_live_with_the_usual_one():
    assert little.plain(little.escape("voir ＃eau")) == "voir #eau"


@given(texts)
def test_linkedin_s_own_grammar_reads_the_same(text):
    """The double's reader is written apart from ours, and cuts at the first character that stands unescaped."""
    assert rules.rendered(little.escape(text)) == text


@given(texts)
def test_no_reserved_character_stands_alone(text):
    escaped = re.sub(r"\{hashtag\|\\#\|(?:\\.|[^|{}\\])+\}", "", little.escape(text))
    assert not re.search(
        rf"(?<!\\)(?:\\\\)*[{re.escape(RESERVED[:13] + RESERVED[14:])}]", re.sub(r"\\.", "", escaped, flags=re.S)
    )


@given(st.text())
def test_any_little_text_is_read_without_an_error(text):
    little.plain(text)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Où va l’eau (enquête) ?", r"Où va l’eau \(enquête\) ?"),
        ("snake_case *gras* ~ 3 < 4", r"snake\_case \*gras\* \~ 3 \< 4"),
        ("C:\\eau @maire [1] {x} a|b", r"C:\\eau \@maire \[1\] \{x\} a\|b"),
        ("#économie et n° #1", r"{hashtag|\#|économie} et n° \#1"),
        ("#snake_case", r"{hashtag|\#|snake\_case}"),
        ("https://example.org/a_b?c=(1)#x", r"https://example.org/a\_b?c=\(1\)\#x"),
        ("→ ✅ 👩🏽‍🚒", "→ ✅ 👩🏽‍🚒"),
    ],
)
def test_what_is_sent(text, sent):
    assert little.escape(text) == sent


def test_what_linkedin_gives_back_is_read_as_readers_see_it():
    assert (
        little.plain(r"Avec @[Devtestco](urn:li:organization:2414183) : {hashtag|\#|eau} \(1\)")
        == "Avec Devtestco : #eau (1)"
    )


@given(st.text())
def test_marks_lie_within_the_text_in_order(text):
    ends = [0]
    for mark in LinkedIn.marks(text):
        assert ends[-1] <= mark.start < mark.end <= len(text)
        ends.append(mark.end)


# addresses


@pytest.mark.parametrize(
    ("url", "urn"),
    [
        ("https://www.linkedin.com/feed/update/urn:li:share:7341234567890123456/", "urn:li:share:7341234567890123456"),
        (
            "https://www.linkedin.com/posts/leclair_eau-activity-7341234567890123456-abCd?utm_source=share",
            "urn:li:activity:7341234567890123456",
        ),
        (
            "https://www.linkedin.com/feed/update/urn:li:activity:7341234567890123456?commentUrn="
            "urn%3Ali%3Acomment%3A%28activity%3A7341234567890123456%2C7341234567890123457%29",
            "urn:li:comment:(urn:li:activity:7341234567890123456,7341234567890123457)",
        ),
        ("https://www.linkedin.com/company/leclair/", ""),
        ("https://example.org/", ""),
    ],
)
def test_an_address_that_a_person_copied_names_its_post_or_comment(url, urn):
    assert urns.at(url) == urn


@given(st.text())
def test_no_address_breaks_the_reading(text):
    urns.at(text)


@given(st.integers(10**15, 10**19 - 1), st.integers(10**15, 10**19 - 1))
def test_the_address_of_a_comment_leads_back_to_it(thread, number):
    urn = f"urn:li:comment:(urn:li:activity:{thread},{number})"
    assert urns.at(urns.comment_address(f"urn:li:activity:{thread}", urn)) == urn
