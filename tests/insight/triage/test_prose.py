"""What newspapers write raises nothing harmful: no sentence is spam, abuse or masked.

``SMEDITOR_NEWS_SENTENCES`` names text files of such sentences, one a line, as many as there are, divided by the system's
separator of paths; the language is the part of a name after its last underscore (``news_fr.txt``). None lies in the project:
what may be read for a test may not always be passed on. Our own few are always read.
"""

import os
from pathlib import Path

import pytest

from bench.reactions import HERE, prose
from smeditor.insight.triage import triage

NAMED = os.environ.get("SMEDITOR_NEWS_SENTENCES", "")
ONE_IN = 1_000
"""Quoted speech of people who insult each other stands in newspapers, too: of so many sentences one may be abuse."""


def harmed(text: str, lang: str) -> bool:
    result = triage(text, lang)
    return "spam" in result.labels or result.masked is not None


def test_our_own_prose_raises_nothing_harmful():
    assert HERE.is_dir()
    assert [row.text for row in prose() if harmed(row.text, row.lang) or "abuse" in triage(row.text).labels] == []


@pytest.mark.skipif(not NAMED, reason="SMEDITOR_NEWS_SENTENCES names no files of newspapers' sentences")
@pytest.mark.parametrize("path", [path for path in NAMED.split(os.pathsep) if path])
def test_newspapers_sentences_raise_nothing_harmful(path):
    lang = Path(path).stem.rpartition("_")[2]
    sentences = [line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert [text for text in sentences if harmed(text, lang)] == []
    assert sum("abuse" in triage(text, lang).labels for text in sentences) <= len(sentences) / ONE_IN
