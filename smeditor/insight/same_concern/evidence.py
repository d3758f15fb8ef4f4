"""What speaks for two reactions to one article raising the same concern, each kind of evidence as a number.

Readers under an article speak of the article: its words and its subject join any two of them. So nearness is measured
against what is usual under this article (:func:`above_usual`), and by what is left of a text's meaning once most of the
article's is taken off (``deviation``). And what only thanks, mocks or answers another reader raises nothing: that both
raise something counts as much as that they are alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from operator import mul
from typing import Any, NamedTuple

from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.tokens import base_language, terms
from smeditor.insight.meaning.encoder import Vector, unit
from smeditor.insight.same_concern.projection import projected

Matrix = list[list[float]]

NEIGHBOURS = 5
"""How many of the nearest texts tell how near others usually are."""
ARTICLES_SHARE = 0.8
"""Part of the mean of its article's vectors that is taken off a text's vector, where the article has many."""
FEW_TEXTS = 10
"""So many texts tell half of what is common to all: of three that ask the same, the mean is what they ask."""
PRIOR_TEXTS = 100
"""Texts beside the article's own by which the rarity of a word is told: few texts tell common words from rare ones badly."""
GRAM = 4
COMMON_GRAM = 0.3
"""Share of the texts from which a row of letters tells nothing."""
REPEATED = 0.35
"""Cosine of the words from which one text repeats another, rather than that both speak of the article."""
CIRCUMSTANCES = ("repeated", "thread", "contested")
"""Evidence that is nothing for most pairs, whatever the article: the same words, thread of answers, contested passage."""
SEMANTIC_EVIDENCE = ("meaning", "above_usual", "deviation", "passage", "tokens", "characters", *CIRCUMSTANCES)
PROJECTED_EVIDENCE = ("discriminant", *SEMANTIC_EVIDENCE)
LEXICAL_EVIDENCE = ("tokens", "above_usual", "characters", *CIRCUMSTANCES)


@dataclass(frozen=True, slots=True)
class Text:
    """A reaction as it is compared: what it says and what is known of it.

    ``key``: the caller's name for it. ``lang``: BCP 47 tag. ``labels``: of triage. ``vector``: unit vector of its meaning,
    None without a model. ``thread``: same value, same thread of answers. ``contested``: the passage of the article that it
    says is wrong, "" for none.
    """

    key: Hashable
    text: str
    lang: str | None = None
    labels: frozenset[str] = frozenset()
    vector: Vector | None = None
    thread: Hashable = None
    contested: str = ""


class Pair(NamedTuple):
    """Two texts by their places, and the evidence between them by the names that ``Evidence.names`` lists."""

    first: int
    second: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """The texts under one article.

    ``passages``: unit vectors of its paragraphs, none where it is not at hand. ``projection``: an array that maps vectors to
    what tells concerns apart (:mod:`.projection`), where there is one for the encoder.
    """

    texts: Sequence[Text]
    passages: Sequence[Vector] = field(default_factory=tuple)
    projection: Any = None

    @property
    def has_meaning(self) -> bool:
        """Whether each text has a vector."""
        return bool(self.texts) and all(text.vector is not None for text in self.texts)


def names(article: Article) -> tuple[str, ...]:
    """Return the names of the kinds of evidence, in the order of ``Pair.values``."""
    if not article.has_meaning:
        return LEXICAL_EVIDENCE
    return SEMANTIC_EVIDENCE if article.projection is None else PROJECTED_EVIDENCE


def pairs(article: Article) -> list[Pair]:
    """Return each pair of texts with its evidence, as :func:`names` orders it."""
    found = _semantic(article) if article.has_meaning else _lexical(article)
    matrices = [found[name] for name in names(article)]
    size = len(article.texts)
    return [Pair(i, j, tuple([rows[i][j] for rows in matrices])) for i in range(size) for j in range(i + 1, size)]


def _lexical(article: Article) -> dict[str, Matrix]:
    tokens = shared_tokens(article.texts)
    return {
        "tokens": tokens,
        "above_usual": above_usual(tokens),
        "characters": shared_characters(article.texts),
        **_circumstances(article.texts, tokens),
    }


def _semantic(article: Article) -> dict[str, Matrix]:
    vectors = [text.vector for text in article.texts if text.vector is not None]
    meaning, tokens = cosines(vectors), shared_tokens(article.texts)
    own = deviations(vectors)
    telling = {} if article.projection is None else {"discriminant": cosines(projected(own, article.projection))}
    return {
        **telling,
        "meaning": meaning,
        "above_usual": above_usual(meaning),
        "deviation": cosines(own),
        "passage": same_passages(vectors, article.passages),
        "tokens": tokens,
        "characters": shared_characters(article.texts),
        **_circumstances(article.texts, tokens),
    }


def _circumstances(texts: Sequence[Text], tokens: Matrix) -> dict[str, Matrix]:
    return {
        "repeated": [[max(0.0, near - REPEATED) / (1 - REPEATED) for near in row] for row in tokens],
        "thread": _alike(texts, lambda text: text.thread),
        "contested": _alike(texts, lambda text: text.contested or None),
    }


def _alike(texts: Sequence[Text], of: Callable[[Text], Hashable]) -> Matrix:
    """1 where two texts have the same of something, 0 where not or where one has none."""
    values = [of(text) for text in texts]
    return [[float(value is not None and value == other) for other in values] for value in values]


# by meaning


def cosines(vectors: Sequence[Vector], others: Sequence[Vector] | None = None) -> Matrix:
    """Return the cosines of unit vectors with each other, or with ``others``: a row for each vector."""
    columns = vectors if others is None else others
    if not vectors or not columns:
        return [[] for _ in vectors]
    try:
        import numpy as np
    except ImportError:  # numpy comes with an extra; a newsroom's own model may do without
        return [[sum(map(mul, a, b)) for b in columns] for a in vectors]
    found: Matrix = (np.asarray(vectors, dtype="f4") @ np.asarray(columns, dtype="f4").T).tolist()
    return found


def deviations(vectors: Sequence[Vector]) -> list[Vector]:
    """Return what is left of unit vectors once most of what all of them share is taken off, at length 1 again."""
    share = ARTICLES_SHARE / (len(vectors) + FEW_TEXTS)
    mean = [share * sum(column) for column in zip(*vectors, strict=True)]
    return [unit([x - m for x, m in zip(vector, mean, strict=True)]) for vector in vectors]


def above_usual(near: Matrix) -> Matrix:
    """Return how much nearer two texts are than each is to its nearest (cross-domain similarity local scaling).

    Conneau et al., "Word Translation Without Parallel Data" (ICLR 2018), section 2.3: without it a few texts are near to
    all others.
    """
    size = len(near)
    usual = []
    for place, row in enumerate(near):
        best = nlargest(NEIGHBOURS, row[:place] + row[place + 1 :])
        usual.append(sum(best) / len(best) if best else 0.0)
    return [[2 * near[i][j] - usual[i] - usual[j] for j in range(size)] for i in range(size)]


def same_passages(vectors: Sequence[Vector], passages: Sequence[Vector]) -> Matrix:
    """Return how alike two texts are in which of the article's passages they are near to: -1 to 1, 0 where none is given."""
    if len(passages) < 2:
        return [[0.0] * len(vectors) for _ in vectors]
    profiles: list[Vector] = []
    for row in cosines(vectors, passages):
        mean = sum(row) / len(row)
        profiles.append(unit([value - mean for value in row]))
    return cosines(profiles)


# by words


def shared_tokens(texts: Sequence[Text]) -> Matrix:
    """Return the cosines of the texts' stems, weighted by how rare they are under this article and elsewhere."""
    bags = [dict.fromkeys(terms(text.text, text.lang)) for text in texts]
    counts = Counter(term for bag in bags for term in bag)
    total = len(texts) + PRIOR_TEXTS
    vectors = []
    for text, bag in zip(texts, bags, strict=True):
        common = common_terms(base_language(text.lang))
        weights = {term: math.log(total / (counts[term] + PRIOR_TEXTS * common.get(term, 0.0))) for term in bag}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors.append({term: weight / length for term, weight in weights.items() if counts[term] > 1})
    return _dots(vectors)


def shared_characters(texts: Sequence[Text]) -> Matrix:
    """Return the cosines of the texts' rows of four letters: what joins "app", "l'appli" and a typo."""
    grams = [_grams(text.text) for text in texts]
    counts = Counter(gram for found in grams for gram in found)
    most = max(COMMON_GRAM * len(texts), 2)
    vectors = []
    for found in grams:
        length = math.sqrt(len(found)) or 1.0
        vectors.append({gram: 1 / length for gram in found if 1 < counts[gram] <= most})
    return _dots(vectors)


def _grams(text: str) -> set[str]:
    plain = " ".join(text.lower().split())[:1_000]
    return {plain[start : start + GRAM] for start in range(len(plain) - GRAM + 1)}


def _dots(vectors: Sequence[Mapping[str, float]]) -> Matrix:
    """Return the dot products of sparse vectors, by way of what each dimension joins."""
    joined: dict[str, list[tuple[int, float]]] = {}
    for place, vector in enumerate(vectors):
        for name, weight in vector.items():
            joined.setdefault(name, []).append((place, weight))
    rows = [[0.0] * len(vectors) for _ in vectors]
    for found in joined.values():
        for place, weight in found:
            row = rows[place]
            for other, also in found:
                row[other] += weight * also
    return rows
