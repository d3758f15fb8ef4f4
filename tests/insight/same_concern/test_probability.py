"""One probability that two reactions raise the same, and how editors' answers move it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.same_concern import probability as p
from smeditor.insight.same_concern.evidence import Article, Text
from smeditor.insight.same_concern.questions import log_odds, probability

CANTEEN = [
    "Et les allergiques, on leur sert quoi à la cantine ?",
    "Mon fils est allergique aux œufs, que mangera-t-il à la cantine ?",
    "Bravo pour cet article",
    "Le car de 8 heures est supprimé ?",
    "Qui a voté contre ?",
]


def article(*contents):
    return Article([Text(place, content, "fr", frozenset({"question"})) for place, content in enumerate(contents)])


def test_two_who_ask_the_same_are_likelier_than_two_who_do_not():
    found = {(s.first, s.second): s.log_odds for s in p.scored(article(*CANTEEN))}
    assert max(found, key=found.__getitem__) == (0, 1)


def test_a_copy_is_the_same_beyond_doubt():
    found = p.scored(article("La cantine coûte trop cher !", "la cantine coûte trop cher", *CANTEEN[2:]))
    assert probability(found[0].log_odds) > 0.8


@pytest.mark.parametrize("kind", [p.SEMANTIC, p.OTHER_ENCODER, p.LEXICAL])
def test_no_likeness_speaks_against_it(kind):
    weights = p.pair_weights(kind)
    assert min(weights.weights) >= 0
    assert weights.names == p.names(kind)


def test_vectors_of_an_encoder_that_is_not_known_count_once_there_are_ten():
    texts = [Text(i, f"texte {i}", "fr", vector=(1.0, i / 10)) for i in range(10)]
    assert p.kind_of(Article(texts), "a newsroom's own") == p.OTHER_ENCODER
    assert p.kind_of(Article(texts[:9]), "a newsroom's own") == p.LEXICAL
    assert p.kind_of(Article(texts[:2]), p.shipped()["encoder"]) == p.SEMANTIC
    assert p.kind_of(article("a", "b")) == p.LEXICAL


def test_few_vectors_of_an_unknown_encoder_leave_it_to_the_words():
    plain = article(*CANTEEN)
    with_vectors = replace(plain, texts=[replace(text, vector=(1.0, 0.0)) for text in plain.texts])
    assert p.scored(with_vectors, "a newsroom's own") == p.scored(plain)


def test_the_map_that_ships_fits_the_encoder_that_the_weights_are_of():
    projection = p.projections.shipped()
    assert projection.shape[0] == len(p.raises_weights(p.SEMANTIC).vector)
    assert len(projection.T) > 0


def test_without_answers_what_ships_stands():
    prior = p.pair_weights(p.LEXICAL)
    assert p.moved(prior, []) == prior


values = st.lists(st.floats(-3, 3), min_size=len(p.names(p.LEXICAL)), max_size=len(p.names(p.LEXICAL))).map(tuple)


@settings(deadline=None)
@given(values, st.booleans())
def test_an_answer_moves_its_own_pair_towards_it(found, same):
    prior = p.pair_weights(p.LEXICAL)
    after = p.moved(prior, [p.Example(found, same)])
    change = after.log_odds(found) - prior.log_odds(found)
    assert change >= -1e-9 if same else change <= 1e-9


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(values, st.booleans()), min_size=1, max_size=30))
def test_any_answers_give_weights_that_are_numbers(rows):
    after = p.moved(p.pair_weights(p.LEXICAL), [p.Example(*row) for row in rows])
    assert all(abs(weight) < 50 for weight in (after.intercept, *after.weights))


def test_a_few_answers_move_less_than_many():
    prior = p.pair_weights(p.LEXICAL)
    found = (1.0,) * len(prior.weights)
    few = p.moved(prior, [p.Example(found, True)] * 2).log_odds(found)
    many = p.moved(prior, [p.Example(found, True)] * 50).log_odds(found)
    assert prior.log_odds(found) < few < many


def test_a_newsroom_whose_editors_say_no_gets_rarer_yeses():
    prior = p.pair_weights(p.LEXICAL)
    found = (0.5,) * len(prior.weights)
    assert probability(p.moved(prior, [p.Example(found, False)] * 20).log_odds(found)) < probability(
        prior.log_odds(found)
    )


def test_reasons_name_what_speaks_for_it_the_strongest_first():
    weights = p.PairWeights(("tokens", "passage", "thread"), (0.5, 1.0, 0.8), -3, {}, {})
    assert p.reasons(weights, (2.0, 3.0, 0.0)) == ["passage", "tokens"]


@given(st.floats(0.001, 0.999))
def test_log_odds_and_probability_are_each_others_inverse(chance):
    assert probability(log_odds(chance)) == pytest.approx(chance)
