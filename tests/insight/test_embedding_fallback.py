"""A model that the newsroom brings is trusted as far as the stream bears it out."""

import pytest

from smeditor.insight.embedding import Embedding, load

TOPICS = ["pool", "train", "mayor"]


def good(texts):
    return [[float(topic in text) for topic in TOPICS] for text in texts]


def test_a_telling_model_calibrates_itself_on_the_stream():
    texts = [f"{TOPICS[n % 3]} {n}" for n in range(120)]
    model = Embedding(good)
    model.calibrate(texts, [n % 3 + 1 for n in range(120)])
    assert (model.same("pool a", "pool b"), model.same("pool a", "train b")) == (True, False)


def test_a_model_that_tells_nothing_leaves_it_to_the_words():
    model = Embedding(lambda texts: [[1.0, 1.0] for _ in texts])
    assert model.calibrate([str(n) for n in range(120)], [n % 3 for n in range(120)]) is None
    assert model.same("a", "b") is None


def test_a_model_that_fails_is_not_asked_again(caplog):
    def broken(texts):
        raise RuntimeError("no memory")

    model = Embedding(broken)
    assert model.vectors(["a"]) is None
    assert model.failed


def test_a_wrong_path_is_named():
    with pytest.raises(ImportError, match=r"nowhere\.model"):
        load("nowhere.model")
