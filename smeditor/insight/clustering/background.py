"""How common words are before a stream has told: the shipped lists of common French and English words.

Of the first ten reactions to an article, "the" may stand in two, and so may the name of the street that burns. Only a
stream of hundreds tells them apart. Until then each language's list (``insight/common/``) lends its shares.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from smeditor.insight.clustering.tokens import prefixes, terms

FOLDER = Path(__file__).with_name("common")


def _read(path: Path, split: Callable[[str], Iterable[str]]) -> dict[str, float]:
    shares: dict[str, float] = {}
    share = 0.0
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0].isdigit():
            share = float(line)
            continue
        for term in split(line):
            shares[term] = max(share, shares.get(term, 0.0))
    return shares


def _shares(lang: str, split: Callable[[str], Iterable[str]]) -> dict[str, float]:
    if lang != "und":
        path = FOLDER / f"{lang}.txt"
        return _read(path, split) if path.exists() else {}
    shares: dict[str, float] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for term, share in _read(path, split).items():
            shares[term] = max(share, shares.get(term, 0.0))
    return shares


@lru_cache(maxsize=16)
def common_terms(lang: str) -> dict[str, float]:
    """Return the share of texts, between 0 and 1, in which each common term of a language is expected.

    ``lang``: a primary subtag. Where the language is not known ("und"), the lists of all languages count, unstemmed; a
    language without a list has no common terms.
    """
    return _shares(lang, lambda line: terms(line, None if lang == "und" else lang))


@lru_cache(maxsize=16)
def common_prefixes(lang: str) -> dict[str, float]:
    """Return the same shares for the beginnings of words that ``tokens.prefixes`` gives."""
    return _shares(lang, prefixes)
