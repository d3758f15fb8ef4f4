"""A model that the newsroom brings is trusted as far as the stream bears it out."""

import pytest

from smeditor.insight.clustering.embedding import Embedding, cosine, load

TOPICS = ["pool", "train", "mayor"]


def good(texts):
    return [[float(topic in text) for topic in TOPICS] for text in texts]


def test_a_telling_model_calibrates_itself_on_the_stream():
    texts = [f"{TOPICS[n % 3]} {n}" for n in range(120)]
    model = Embedding(good)
    found = model.fit(model.vectors(texts), [n % 3 + 1 for n in range(120)])
    near, far = (cosine(*model.vectors(pair)) for pair in (["pool a", "pool b"], ["pool a", "train b"]))
    assert far < found.threshold < near


def test_a_model_that_tells_nothing_leaves_it_to_the_words():
    model = Embedding(lambda texts: [[1.0, 1.0] for _ in texts])
    assert model.fit(model.vectors([str(n) for n in range(120)]), [n % 3 for n in range(120)]) is None
    assert model.calibration is None


def test_a_model_that_fails_is_not_asked_again(caplog):
    def broken(texts):
        todos.append(texts)
        raise RuntimeError(f"no memory for {texts[0]}")

    todos, model = [], Embedding(broken)
    assert [model.vectors(["a"]), model.vectors(["b"])] == [None, None]
    assert (model.failure, len(todos)) == ("RuntimeError", 1)


def test_the_log_says_where_a_model_failed_and_nothing_of_the_reader_s_text(caplog):
    def broken(texts):
        raise ValueError(f"cannot read {texts[0]!r}")

    Embedding(broken).vectors(["my secret illness"])
    assert "ValueError at" in caplog.text
    assert "test_embedding_fallback.py" in caplog.text
    assert "secret" not in caplog.text


def test_a_wrong_path_is_named():
    with pytest.raises(ImportError, match=r"nowhere\.model"):
        load("nowhere.model")
