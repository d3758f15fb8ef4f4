"""Embedding models small enough to be read: each dimension is a thing that a text may be about."""

ABOUT = [("navette", "car du soir"), ("arrosage", "potager"), ("piscine",)]
asked: list[str] = []


def embed(texts):
    asked.extend(texts)
    return [[0.1, *(float(any(word in text.lower() for word in terms)) for terms in ABOUT)] for text in texts]


def broken(texts):
    raise RuntimeError("out of memory")
