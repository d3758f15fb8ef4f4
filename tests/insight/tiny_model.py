"""Embedding models small enough to be read: each dimension is a thing that a text may be about."""

import threading

ABOUT = [("navette", "car du soir"), ("arrosage", "potager"), ("piscine",)]
asked: list[str] = []


def embed(texts):
    asked.extend(texts)
    return [[0.1, *(float(any(word in text.lower() for word in terms)) for terms in ABOUT)] for text in texts]


def broken(texts):
    raise RuntimeError("out of memory")


def hangs(texts):
    released.wait(30)
    return embed(texts)


released = threading.Event()
"""Whoever had :func:`hangs` asked sets it in the end, so that no thread of a test outlives it for long."""


def not_finite(texts):
    return [[1.0, float("nan")] for _ in texts]


def choosy(texts):
    if any("#" in text for text in texts):
        raise ValueError("cannot read this")
    return embed(texts)


def changing(texts):
    """Vectors as long as there are texts."""
    return [[1.0] * len(texts) for _ in texts]
