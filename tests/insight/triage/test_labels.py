"""The flags of triage: independent, explained, in the words of the reader."""

import pytest

from smeditor.insight.triage import shipped, triage

BOOK = shipped()
RULES = [(lang, rule) for lang, rules in BOOK.languages.items() for rule in rules.rules]


@pytest.mark.parametrize(("lang", "rule"), RULES, ids=[f"{lang}-{rule.id}" for lang, rule in RULES])
def test_every_rule_is_found_in_its_own_examples(lang, rule):
    from smeditor.insight.triage import explain

    assert rule.examples, "a rule an editor can read has an example"
    for example in rule.examples:
        assert rule.id in {finding.rule for finding in explain(example, lang) if finding.counted}, example


def test_flags_are_independent():
    answer = triage("Merci pour cet article. Il y a une erreur au début. Pourquoi ne pas vérifier ?", "fr")
    assert set(answer.labels) >= {"thanks", "correction", "question"}


def test_each_raised_flag_shows_the_words_that_raised_it():
    text = "Bonjour, merci pour l’article !"
    answer = triage(text, "fr")
    for label in answer.labels:
        assert [text[start:end] for start, end, _ in answer.evidence[label]] == ["merci"]


@pytest.mark.parametrize("opening", ["@vigie ", "@vigie @lea@masto.example ", "@lea.bsky.social, "])
def test_a_sentence_begins_after_whom_it_is_addressed_to(opening):
    text = "Merci beaucoup pour cet article."
    assert triage(opening + text, "fr").labels == triage(text, "fr").labels == ("thanks",)
