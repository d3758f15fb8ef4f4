import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.offsets import utf8_length, utf8_span, utf16_length


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


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 4)])
def test_a_range_outside_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="no range"):
        utf8_span("abc", start, end)


@given(st.text())
def test_lengths_are_those_of_the_encoded_text(text):
    assert (utf8_length(text), utf16_length(text)) == (len(text.encode()), len(text.encode("utf-16-le")) // 2)


def test_a_lone_surrogate_breaks_nothing():
    assert utf8_span("a\ud800b", 2, 3) == (4, 5)
    assert utf16_length("a\ud800b") == 3
