"""Whatever a model does, the words go on: it is asked in bounded time, checked, and left alone after a failure."""

import math
import sys
import time

import pytest

from smeditor.insight.meaning.encoder import Encoder, cosine, dot, unit
from tests.insight import tiny_model


def plain(texts):
    return [[float(len(text)), 3.0] for text in texts]


def test_a_text_comes_back_as_a_vector_of_unit_length():
    (vector,) = Encoder(plain, "plain 1").vectors(["four"])
    assert vector.tolist() == pytest.approx([0.8, 0.6])


def test_no_text_needs_no_model():
    assert Encoder(tiny_model.broken, "broken").vectors([]) == []


def test_a_null_vector_stays_one_and_is_near_nothing():
    null, other = Encoder(lambda texts: [[0.0, 0.0], [1.0, 0.0]], "half").vectors(["", "a"])
    assert null.tolist() == [0.0, 0.0]
    assert cosine(null, other) == 0.0


WRONG = {
    "raises": lambda texts: 1 / 0,
    "ends the process": sys.exit,
    "gives too few": lambda texts: [[1.0, 2.0]],
    "gives too many": lambda texts: [[1.0, 2.0]] * (len(texts) + 1),
    "gives unequal lengths": lambda texts: [[1.0], [1.0, 2.0]],
    "gives empty vectors": lambda texts: [[] for _ in texts],
    "gives NaN": lambda texts: [[1.0, math.nan] for _ in texts],
    "gives an infinite number": lambda texts: [[1.0, math.inf] for _ in texts],
    "gives words": lambda texts: [["a", "b"] for _ in texts],
    "gives nothing": lambda texts: None,
    "gives one number": lambda texts: [1.0 for _ in texts],
}


@pytest.mark.parametrize("encode", WRONG.values(), ids=WRONG)
def test_a_model_that_answers_wrongly_is_set_aside_and_the_words_decide(encode):
    model = Encoder(encode, "wrong")
    assert model.vectors(["a", "b"]) is None
    assert model.failure != ""
    assert model.is_resting


def test_a_text_that_the_model_cannot_read_has_a_null_vector_and_the_others_their_own():
    found = Encoder(tiny_model.choosy, "choosy").vectors(["La navette", "#", "La piscine"])
    assert [any(vector) for vector in found] == [True, False, True]


def test_a_model_that_fails_for_every_text_is_asked_for_few_of_them():
    asked = []

    def away(texts):
        asked.append(texts)
        raise ConnectionError

    assert Encoder(away, "away").vectors([str(number) for number in range(32)]) is None
    assert len(asked) < 8


def test_vectors_of_another_length_than_before_are_not_taken():
    lengths = iter([2, 3])

    def changing(texts):
        length = next(lengths)
        return [[1.0] * length for _ in texts]

    model = Encoder(changing, "changing")
    assert model.vectors(["a"]) is not None
    assert model.vectors(["a"]) is None
    assert model.failure == "WrongShape"


def test_a_model_that_failed_is_left_alone_for_a_while_and_tried_again_then():
    asked = []

    def recovering(texts):
        asked.append(texts)
        if len(asked) == 1:
            raise RuntimeError
        return plain(texts)

    model = Encoder(recovering, "recovering", pause=0.05)
    assert [model.vectors(["a"]), model.vectors(["b"])] == [None, None]
    assert (model.failure, len(asked)) == ("RuntimeError", 1)
    time.sleep(0.06)
    assert model.vectors(["c"]) is not None
    assert (model.failure, len(asked)) == ("", 2)


def test_a_model_that_hangs_is_given_up_and_not_asked_while_it_still_hangs():
    tiny_model.released.clear()
    model = Encoder(tiny_model.hangs, "hangs", seconds=0.05, pause=0)
    begun = time.monotonic()
    assert [model.vectors(["a"]), model.vectors(["b"])] == [None, None]
    assert time.monotonic() - begun < 5
    assert (model.failure, model.is_resting) == ("TimeoutError", True)
    tiny_model.released.set()
    model._hanging.join(5)
    assert model.vectors(["c"]) is not None


def test_the_log_says_where_a_model_failed_and_nothing_of_the_reader_s_text(caplog):
    def broken(texts):
        raise ValueError(f"cannot read {texts[0]!r}")

    Encoder(broken, "broken").vectors(["my secret illness"])
    assert "ValueError at" in caplog.text
    assert "test_encoder.py" in caplog.text
    assert "secret" not in caplog.text


def test_the_log_says_the_same_failure_once(caplog):
    model = Encoder(tiny_model.broken, "broken", pause=0)
    for _ in range(3):
        model.vectors(["a"])
    assert len(caplog.records) == 1


def test_the_product_of_unit_vectors_is_their_cosine():
    a, b = [3.0, 4.0, 0.0], [1.0, 2.0, 2.0]
    assert dot(unit(a), unit(b)) == pytest.approx(cosine(a, b)) == pytest.approx(11 / 15)
