"""The automaton finds what a slow walk from every word finds: no more, no less."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.triage import shipped
from smeditor.insight.triage.automaton import Automaton
from smeditor.insight.triage.match import _Walk, find
from smeditor.insight.triage.normal import Reading
from smeditor.insight.triage.rules import LanguageRules, Node


def examples(lang: str) -> list[str]:
    return [text for rule in shipped().languages[lang].rules for text in rule.examples]


def texts(lang: str) -> st.SearchStrategy[tuple[str, str]]:
    known = examples(lang)
    vocabulary = sorted({word for text in known for word in text.split()})
    mixed = st.lists(st.sampled_from(vocabulary), max_size=25).map(" ".join)
    sentences = st.lists(st.sampled_from(known), max_size=3).map(" ".join)
    return st.tuples(st.just(lang), st.one_of(mixed, sentences))


def slowly(reading: Reading, rules: LanguageRules) -> set[tuple[int, int, str]]:
    """Try each tree from each word, and cut no way short for what the text lacks."""
    entries = [rules.entry(word) for word in reading.tokens]
    walk = _Walk(reading, entries, rules)
    walk.ahead = [every_key(rules)] * (len(entries) + 1)
    for number, tree in enumerate(rules.trees):
        for first, entry in enumerate(entries):
            if number % 2 and not walk._initial(first):
                continue
            ways: list[Node] = [tree.next[key] for key in entry.keys if key in tree.next] if entry else []
            ways += [way for kind, way in tree.open if walk._is(kind, first)]
            for way in ways:
                walk._go(way, first, first + 1)
    return {(first, last, rule.id) for first, last, rule in walk.hits}


def every_key(rules: LanguageRules) -> int:
    """Return the bits of all keys that any node needs."""
    keys = 0
    known: set[int] = set()
    ahead = list(rules.trees)
    while ahead:
        node = ahead.pop()
        if id(node) not in known:
            known.add(id(node))
            keys |= node.need
            ahead += [*node.next.values(), *node.gaps.values()]
    return keys


@given(st.deferred(lambda: st.one_of(texts("fr"), texts("en"))))  # not compiled whenever the tests are collected
@settings(max_examples=200)
def test_the_automaton_finds_what_a_slow_walk_finds(drawn):
    lang, text = drawn
    rules = shipped().languages[lang]
    reading = Reading(text)
    found = {(first, last, rule.id) for first, last, rule in find(reading, rules, thorough=True)}
    # A gap ends at the nearest word that completes a rule: from a place that both reach, both go the same way.
    assert found == slowly(reading, rules)


def test_forgetting_its_steps_changes_nothing(monkeypatch):
    rules = shipped().languages["fr"]
    readings = [Reading(text) for text in examples("fr")]
    before = [find(reading, rules, thorough=True) for reading in readings]
    monkeypatch.setattr("smeditor.insight.triage.automaton.REMEMBERED", 7)
    monkeypatch.setattr(rules, "automaton", Automaton(rules.trees))
    assert [find(reading, rules, thorough=True) for reading in readings] == before
