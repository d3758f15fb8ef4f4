"""Whoever refuses, quotes, reports or reclaims an insult, or merely names a group, is neither hidden nor masked."""

import pytest

from smeditor.insight.triage import triage
from tests.insight.triage.corpora import generated


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_counter_speech_is_not_hidden_hardly_masked_and_rarely_called_abuse(lang):
    texts = generated(f"counter_speech_{lang}")
    assert len(texts) >= 400
    answers = [triage(text, lang) for text in texts]
    assert [text for text, answer in zip(texts, answers, strict=True) if "spam" in answer.labels] == []
    assert sum(answer.masked is not None for answer in answers) <= 0.002 * len(texts)
    assert sum("abuse" in answer.labels for answer in answers) <= 0.02 * len(texts)
