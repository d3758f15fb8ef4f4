"""Any text gets an answer, in bounded time, with spans that lie in the original."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.triage import LABELS, Context, explain, mask, triage
from smeditor.insight.triage.normal import Reading

ANY_TEXT = st.text(alphabet=st.characters(), max_size=400)
READERISH = st.lists(
    st.sampled_from(
        ["merci", "connards", "c0nnard", "vous êtes", "pourquoi", "?", "?!", "«", "»", "12", "pas 21", "\u200b", "e\u0301",
         "#StopMensonges", "c o n n a r d", "https://x.example", "@ana", "🙏", "\n> ", "you", "morons", "İ", "\ud800", "ﬁn"]
    ),
    max_size=60,
).map(" ".join)  # fmt: skip


@given(st.one_of(ANY_TEXT, READERISH), st.sampled_from([None, "fr", "en", "de", "zz-Latn", "", "x" * 50]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered_with_spans_of_the_original(text, lang):
    answer = triage(text, lang, Context(journalists=("Ana Petit", "@ana@paper.example", ""), people_in_concern=3))
    assert set(answer.evidence) == set(answer.labels) <= set(LABELS)
    assert all(0 <= score <= 1 for score in answer.scores.values())
    assert 0 <= answer.tip_score <= 1
    for label, spans in answer.evidence.items():
        assert spans, label
        for start, end, _ in spans:
            assert 0 <= start < end <= len(text)
    if answer.masked is not None:
        assert len(answer.masked) == len(text)
        assert "abuse" in answer.labels


@given(st.one_of(ANY_TEXT, READERISH))
@settings(deadline=None)
def test_every_word_read_stands_where_it_is_said_to_stand(text):
    reading = Reading(text)
    assert len(reading.spans) == len(reading.tokens)
    end = 0
    for start, stop in reading.spans:
        assert end <= start < stop <= len(text)
        end = stop


@given(READERISH)
@settings(deadline=None)
def test_the_same_text_gets_the_same_answer(text):
    assert triage(text) == triage(text)
    assert explain(text) == explain(text)


@given(ANY_TEXT, st.lists(st.tuples(st.integers(-5, 500), st.integers(-5, 500)), max_size=4))
def test_masking_keeps_length_and_every_other_character(text, spans):
    masked = mask(text, spans)
    assert len(masked) == len(text)
    inside = {place for start, end in spans for place in range(start, end)}
    assert all(a == b for place, (a, b) in enumerate(zip(text, masked, strict=True)) if place not in inside)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "🙂", "\u0000\u0007\u001b[31m", "مرحبا كيف الحال؟", "\ud800\udfff lone", "Zu spät? Warum?", "你好吗？",
        "a" * 100_000, "vous " * 20_000, "pourquoi " * 12_000, "? " * 50_000, "« " * 50_000, "connard " * 12_000,
        "a b c d " * 12_000, "#" * 100_000, "@" * 100_000, "l'" * 50_000, "1 pas " * 16_000, "🙏" * 100_000,
        "e\u0301" * 50_000, "\u200b" * 100_000, "you are " * 12_000, "*" * 100_000, '"' * 100_000, "http://" * 14_000,
        "c***d " * 16_000, "> " * 50_000, "\n>" * 50_000, "(" * 100_000,
    ],
    ids=lambda text: f"{text[:8]!r}x{len(text)}",
)  # fmt: skip
def test_bad_input_is_answered_quickly(text):
    started = time.process_time()
    for lang in ("fr", "en", None):
        answer = triage(text, lang)
        assert all(len(spans) <= 50 for spans in answer.evidence.values())
    assert time.process_time() - started < 6, "time must grow no faster than the text"


def test_a_language_without_rules_gets_a_harmless_answer():
    assert triage("Warum steht das nicht im Artikel?", "de").labels == ("question",)
    assert triage("Du Idiot, danke für nichts.", "de").labels == ()
    assert triage("你好吗？", "zh").labels == ("question",)


def test_the_answers_are_the_same_under_any_hash_seed():
    code = (
        "from smeditor.insight.triage import triage;"
        "print([triage(t) for t in ['Merci pour cet article, mais c’est 12 et non 21, bande de connards ?', "
        "'I work there and have the emails, contact me. Why do you morons never check?']])"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outs) == 1
