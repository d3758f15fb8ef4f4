"""Terms back into the words that people wrote: an editor reads "soignants", never the stem "soign"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.tokens import MAX_CHARS, PREFIX, base_language, terms

SHORTEST = 3
"""Letters of a word that tells something: shorter ones are articles and pronouns, unless they hold a digit."""
COMMON = 0.06
"""Share of all texts from which a word tells nothing of what one text is about."""
SPACED = "\u0e00"
"""Characters before this one belong to scripts that part their words by spaces."""
_link_or_word = re.compile(r"https?://\S+|[\w'’.,-]*\w")


def written_forms(found: Iterable[str], texts: Iterable[str], lang: str | None = None) -> list[str]:
    """Return each term of ``found`` as the first of ``texts`` that has it wrote it, without repetitions.

    ``found``: terms as ``tokens.terms`` gives them, or beginnings of words as ``tokens.prefixes`` does. ``texts``:
    where they were found, the likeliest first. ``lang``: a BCP 47 tag: that by which the terms were stemmed.

    A link is given as host and path, and a term that no text holds as it is. Little words, and those that everybody
    writes, are left out where the others say enough.
    """
    written: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for text in texts:
        for word in _link_or_word.findall(text[:MAX_CHARS]):
            for term in terms(word, lang):
                written.setdefault(term, word)
                beginnings.setdefault(term[:PREFIX], word)
    common = common_terms(base_language(lang))
    shown = [(term, _shown(term, written.get(term) or beginnings.get(term))) for term in found]
    forms = [word for _term, word in shown]
    telling = [word for term, word in shown if _tells(word) and common.get(term, 0.0) < COMMON]
    return list({word.casefold(): word for word in reversed(telling or forms)}.values())[::-1]


def _tells(word: str) -> bool:
    return len(word) >= SHORTEST or any(map(str.isdigit, word)) or word >= SPACED


def _shown(term: str, word: str | None) -> str:
    return term.removeprefix("url:") if term.startswith("url:") else word or term
