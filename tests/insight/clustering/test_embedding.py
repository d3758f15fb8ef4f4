"""What counts as near in a model's vectors is read off the stream itself."""

from smeditor.insight.clustering.embedding import calibrate
from smeditor.insight.meaning.encoder import cosine

TOPICS = ["pool", "train", "mayor"]


def good(texts):
    return [[float(topic in text) for topic in TOPICS] for text in texts]


def test_a_telling_model_calibrates_itself_on_the_stream():
    texts = [f"{TOPICS[n % 3]} {n}" for n in range(120)]
    found = calibrate(good(texts), [n % 3 + 1 for n in range(120)])
    near, far = (cosine(*good(pair)) for pair in (["pool a", "pool b"], ["pool a", "train b"]))
    assert far < found.threshold < near


def test_a_model_that_tells_nothing_leaves_it_to_the_words():
    assert calibrate([[1.0, 1.0] for _ in range(120)], [n % 3 for n in range(120)]) is None
