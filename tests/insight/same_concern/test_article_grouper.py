"""Grouping of a file whose lines name their articles."""

import pytest

from smeditor.insight.meaning.encoder import Encoder
from smeditor.insight.same_concern import article_grouper
from smeditor.insight.same_concern.article_grouper import ArticleGrouper

ASKED_TWICE = "Pourquoi le guichet de la gare ferme-t-il le samedi ?"


def grouper_of(rows, encoder=None):
    grouper = ArticleGrouper(encoder)
    for place, (text, article) in enumerate(rows):
        grouper.add(place, text, "fr", article)
    grouper.finish()
    return grouper


def failing(texts):
    raise RuntimeError("no weights")


def test_what_two_say_alike_under_one_article_is_one_concern():
    found = grouper_of([(ASKED_TWICE, "a"), (ASKED_TWICE.lower(), "a"), ("Bravo !", "a")]).concerns
    assert found[0] == found[1] != found[2]


def test_a_copied_message_is_one_concern_under_every_article():
    found = grouper_of([(ASKED_TWICE, "a"), ("Bravo !", "a"), (ASKED_TWICE, "b"), ("Merci", "b")]).concerns
    assert found[0] == found[2]


def test_short_words_that_everybody_writes_join_no_articles():
    found = grouper_of([("Merci bien", "a"), ("Merci bien", "b")]).concerns
    assert found[0] != found[1]


def test_questions_stay_within_an_article():
    rows = [(f"{word} coûte combien au juste ?", key) for key in "ab" for word in ("Le car", "Le repas", "L'eau")]
    questions = list(grouper_of(rows).questions())
    assert questions
    assert all(rows[q.first][1] == rows[q.second][1] and 0 < q.probability < 1 for q in questions)


def test_no_more_is_asked_than_there_are_texts():
    rows = [(f"Question numéro {n} sur le prix du repas ?", "a") for n in range(12)]
    assert len(list(grouper_of(rows).questions())) <= len(rows)


def test_an_encoder_that_fails_leaves_it_to_the_words():
    rows = [(ASKED_TWICE, "a"), (ASKED_TWICE.lower(), "a"), ("Bravo !", "a")]
    assert grouper_of(rows, Encoder(failing, "broken")).concerns == grouper_of(rows).concerns


def test_a_long_article_is_compared_in_parts_and_no_text_is_lost(monkeypatch):
    monkeypatch.setattr(article_grouper, "LARGEST", 4)
    grouper = grouper_of([(f"texte {n} {ASKED_TWICE}", "a") for n in range(10)])
    assert sorted(grouper.concerns) == list(range(10))


def test_no_more_texts_wait_than_fit(monkeypatch):
    monkeypatch.setattr(article_grouper, "OPEN", 6)
    grouper = ArticleGrouper()
    for place in range(50):
        grouper.add(place, f"texte {place}", "fr", f"article {place % 5}")
        assert sum(map(len, grouper._articles.values())) <= 6
    grouper.finish()
    assert len(grouper.concerns) == 50


@pytest.mark.parametrize("text", ["", "👍", "non", "a" * 100_000, "Where is 我的 bus d'école ??", "\x00"])
def test_any_text_has_a_place(text):
    assert set(grouper_of([(text, "a"), (ASKED_TWICE, "a"), (text, "a")]).concerns) == {0, 1, 2}
