import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.offsets import utf8_span, utf16_span


@st.composite
def ranges(draw):
    text = draw(st.text())
    start = draw(st.integers(0, len(text)))
    return text, start, draw(st.integers(start, len(text)))


@given(ranges())
def test_a_utf8_span_cuts_the_same_words_out_of_the_bytes(drawn):
    text, start, end = drawn
    first, last = utf8_span(text, start, end)
    assert text.encode()[first:last].decode() == text[start:end]


@given(ranges())
def test_a_utf16_span_cuts_the_same_words_out_of_the_units(drawn):
    text, start, end = drawn
    first, last = utf16_span(text, start, end)
    assert text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le") == text[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 4)])
def test_a_range_outside_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="no range"):
        utf8_span("abc", start, end)


def test_a_lone_surrogate_breaks_nothing():
    assert utf16_span("a\ud800b", 2, 3) == (2, 3)
