"""What speaks for two reactions raising the same concern."""

from dataclasses import replace
from math import isclose

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.same_concern import evidence
from smeditor.insight.same_concern.evidence import Article, Text


def texts(*contents, **known):
    return [Text(place, content, "fr", **known) for place, content in enumerate(contents)]


def value(article, name, first=0, second=1):
    pair = next(p for p in evidence.pairs(article) if (p.first, p.second) == (first, second))
    return pair.values[evidence.names(article).index(name)]


def test_every_pair_is_compared_once():
    article = Article(texts("la cantine", "le car", "le prix", "le froid"))
    assert [(p.first, p.second) for p in evidence.pairs(article)] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def test_a_lone_text_has_no_pair():
    assert evidence.pairs(Article(texts("la cantine"))) == []
    assert evidence.pairs(Article([])) == []


def test_what_repeats_another_text_is_evidence_and_a_shared_word_is_not():
    article = Article(
        texts("La cantine coûte trop cher !", "la cantine coûte trop cher", "Qui paie la cantine des petits ?")
    )
    assert value(article, "repeated") > 0.9
    assert value(article, "repeated", 0, 2) == 0


def test_a_typo_leaves_letters_in_common():
    article = Article(texts("la reservation obligatoire", "resevation obligatoir", "il neige à Brest"))
    assert value(article, "characters") > value(article, "characters", 0, 2)


def test_the_same_thread_and_the_same_contested_passage_are_evidence():
    article = Article(
        [
            Text(1, "non", "fr", thread=7, contested="140 kilos"),
            Text(2, "si", "fr", thread=7, contested="140 kilos"),
            Text(3, "ah", "fr", thread=8),
            Text(4, "oh", "fr"),
            Text(5, "eh", "fr"),
        ]
    )
    assert value(article, "thread") == value(article, "contested") == 1
    assert value(article, "thread", 0, 2) == value(article, "contested", 2, 3) == 0
    assert value(article, "thread", 3, 4) == 0  # of neither a thread is known


def test_vectors_count_only_where_each_text_has_one():
    assert Article(texts("a", "b", vector=(1.0, 0.0))).has_meaning
    assert not Article([*texts("a", vector=(1.0, 0.0)), *texts("b")]).has_meaning


def test_what_all_readers_under_an_article_say_is_taken_off():
    subject = (0.9, 0.3, 0.3)
    article = Article([Text(i, "x", "fr", vector=evidence.unit(v)) for i, v in enumerate([
        (subject[0], 0.4, 0.0), (subject[0], 0.4, 0.05), (subject[0], 0.0, 0.4), (subject[0], 0.05, 0.4),
    ])])  # fmt: skip
    alike, unlike = value(article, "deviation", 0, 1), value(article, "deviation", 0, 2)
    assert alike - unlike > value(article, "meaning", 0, 1) - value(article, "meaning", 0, 2)


def test_readers_of_one_passage_are_told_from_readers_of_another():
    passages = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
    vectors = [(0.9, 0.1, 0.1), (0.8, 0.2, 0.1), (0.1, 0.9, 0.1)]
    article = Article([Text(i, "x", "fr", vector=evidence.unit(v)) for i, v in enumerate(vectors)], passages)
    assert value(article, "passage", 0, 1) > 0.9 > 0 > value(article, "passage", 0, 2)


def test_without_the_article_its_passages_say_nothing():
    article = Article(texts("a", "b", vector=(1.0, 0.0)))
    assert value(article, "passage") == 0


@given(st.lists(st.lists(st.floats(-1, 1), min_size=3, max_size=3), min_size=2, max_size=6))
def test_likeness_above_the_usual_is_the_same_both_ways(vectors):
    near = evidence.cosines([evidence.unit(v) for v in vectors])
    found = evidence.above_usual(near)
    assert all(
        isclose(found[i][j], found[j][i], abs_tol=1e-5)
        for i in range(len(vectors))
        for j in range(len(vectors))
        if i != j
    )


@given(st.lists(st.text(max_size=60), min_size=2, max_size=6))
def test_any_texts_are_compared_and_every_value_is_a_number(contents):
    for pair in evidence.pairs(Article(texts(*contents))):
        assert all(-10 < v < 10 for v in pair.values)


def test_what_tells_concerns_apart_is_compared_where_there_is_a_map_for_the_encoder():
    vectors = [evidence.unit(v) for v in ((0.9, 0.4, 0.1), (0.9, 0.4, -0.1), (0.9, -0.4, 0.1))]
    plain = Article([Text(i, "x", "fr", vector=v) for i, v in enumerate(vectors)])
    mapped = replace(plain, projection=np.diag([0.1, 1.0, 0.1]))
    assert "discriminant" not in evidence.names(plain)
    assert value(mapped, "discriminant", 0, 1) > 0.9 > value(mapped, "discriminant", 0, 2)
