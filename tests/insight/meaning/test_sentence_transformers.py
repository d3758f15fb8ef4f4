"""The adapter to sentence-transformers, against a package of that shape: the real one brings gigabytes."""

import sys
import types

import pytest

from smeditor.insight.meaning import sentence_transformers as adapter
from smeditor.insight.meaning.encoder import Encoder


class Model:
    made: list = []

    def __init__(self, name, device, revision):
        self.made.append((name, device, revision))

    def encode(self, texts, show_progress_bar):
        assert show_progress_bar is False
        return [[float(len(text)), 1.0] for text in texts]


@pytest.fixture(autouse=True)
def package(monkeypatch):
    Model.made.clear()
    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = Model
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    monkeypatch.setattr(adapter, "version_of", lambda package: "5.1.0")


def test_the_model_is_loaded_by_the_first_text_and_once():
    encode = adapter.SentenceTransformers("mini")
    assert Model.made == []
    model = Encoder(encode, encode.version)
    assert [len(found) for found in (model.vectors(["a"]), model.vectors(["b", "c"]))] == [1, 2]
    assert Model.made == [("mini", "cpu", None)]


def test_another_model_or_prefix_is_another_version():
    versions = {
        adapter.SentenceTransformers("mini").version,
        adapter.SentenceTransformers("maxi").version,
        adapter.SentenceTransformers("mini", revision="abc").version,
        adapter.SentenceTransformers("mini", prefix="query: ").version,
    }
    assert len(versions) == 4


def test_the_prefix_stands_before_each_text():
    assert adapter.SentenceTransformers("mini", prefix="query: ")(["a"]) == [[8.0, 1.0]]


def test_a_text_of_any_length_is_cut_before_it_is_given_to_the_model():
    assert adapter.SentenceTransformers("mini")(["a" * 100_000]) == [[float(adapter.LONGEST), 1.0]]
