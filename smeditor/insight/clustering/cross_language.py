"""Proposals that concerns in two languages are the same one: shared names, numbers and links."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from smeditor.insight.clustering.concern_index import ConcernIndex

TERMS_COMPARED = 24
LEAST_SHARED = 2
LEAST_RARITY = 3.0
"""IDF from which a word that two languages spell alike is taken for a name."""


@dataclass(frozen=True, slots=True)
class CrossLanguageMatch:
    """Two concerns of different languages that may be one, with the terms that say so. An editor decides."""

    first: int
    second: int
    evidence: tuple[str, ...]


def _telling(index: ConcernIndex, concern: int) -> list[str]:
    return [
        term
        for term in index.top_terms(concern, TERMS_COMPARED)
        if term.startswith("url:")
        or (term[0].isdigit() and len(term) >= 2)
        or (len(term) >= 4 and index.rarity(term) >= LEAST_RARITY)
    ]


def is_enough(shared: Collection[str], least: int = LEAST_SHARED) -> bool:
    """Whether the telling terms that two concerns share are reason to propose them: ``least`` of them, or a link."""
    return len(shared) >= least or any(term.startswith("url:") for term in shared)


def cross_language_matches(
    indexes: Mapping[str, ConcernIndex], sizes: Mapping[int, int], least: int = LEAST_SHARED
) -> list[CrossLanguageMatch]:
    """Return pairs of concerns of at least two texts, across languages, that share ``least`` telling terms or a link."""
    by_term: dict[str, list[tuple[str, int]]] = {}
    for lang, index in indexes.items():
        for concern in index.centroids:
            if sizes.get(concern, 0) > 1:
                for term in _telling(index, concern):
                    by_term.setdefault(term, []).append((lang, concern))
    shared: dict[tuple[int, int], list[str]] = {}
    for term, places in by_term.items():
        if len(places) > 20:
            continue
        for n, (lang, concern) in enumerate(places):
            for other_lang, other in places[n + 1 :]:
                if other_lang != lang:
                    pair = (min(concern, other), max(concern, other))
                    shared.setdefault(pair, []).append(term)
    proposals = [
        CrossLanguageMatch(first, second, tuple(sorted(found)))
        for (first, second), found in shared.items()
        if is_enough(found, least)
    ]
    return sorted(proposals, key=lambda b: (-len(b.evidence), b.first, b.second))
