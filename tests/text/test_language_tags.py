"""A tag names a language of a closed list, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.language_tags import LANGUAGES, UNKNOWN, known_language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("FR_be", "fr"),
        ("fra", "fr"),
        ("zh-Hant-TW", "zh"),
        (" en ", "en"),
        ("ger", "de"),
    ],
)
def test_a_tag_names_its_primary_language(tag, language):
    assert known_language(tag) == language


@pytest.mark.parametrize(
    "tag", [None, "", "und", "mul", "xx", "qaa", "f", "french", "français", "fr1", "-fr", "x-klingon", "\x00"]
)
def test_what_names_none_of_ours_is_unknown(tag):
    assert known_language(tag) == UNKNOWN


@given(st.text(max_size=60))
def test_any_text_is_a_known_language_or_none(tag):
    assert known_language(tag) in LANGUAGES | {UNKNOWN}
