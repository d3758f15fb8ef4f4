"""In which language a text is written."""

from functools import cache
from threading import Lock
from typing import Any

import regex

from smeditor.text.entities import fediverse_mentions, hashtags, spans
from smeditor.text.language_tags import LANGUAGES, UNKNOWN, known_language
from smeditor.text.urls import find_urls

_TAG = regex.compile(r"[a-zA-Z]{2,3}+(?:[-_][a-zA-Z0-9]{1,8}+)*+")
_LONGEST_TAG = 35  # RFC 5646, section 4.4.1
_LONGEST_READ = 4_000
_FEWEST_LETTERS = 12
_FEW_LETTERS = 120
_SURE = 0.8
_LETTER = regex.compile(r"\p{L}")
_loading = Lock()


def language_of(text: str, hint: str | None = None) -> str | None:
    """Return the language of ``text`` as a lower-case ISO 639 code (``fr``), or None when it is too short or uncertain.

    ``hint`` is what the network says (a BCP 47 tag such as ``fr-CA``) and is believed when it names a language. Only the first 4,000
    characters are read, without links, mentions and hashtags. Never raises.
    """
    if hint and len(hint) <= _LONGEST_TAG and _TAG.fullmatch(hint.strip()) and known_language(hint) != UNKNOWN:
        return known_language(hint)
    prose = _prose(text[:_LONGEST_READ])
    letters = len(_LETTER.findall(prose))
    if letters < _FEWEST_LETTERS:
        return None
    ranking: list[tuple[str, float]] = _model().rank(prose)
    if letters < _FEW_LETTERS:  # among all of the model's languages a French line is soon taken for Occitan or Walloon
        ranking = [(language, share) for language, share in ranking if language in LANGUAGES]
    total = sum(share for _, share in ranking)
    language, share = ranking[0]
    return language if total and share / total >= _SURE else None


def _prose(text: str) -> str:
    """Return ``text`` without what has no language."""
    pieces: list[str] = []
    done = 0
    for start, end in spans(find_urls(text), fediverse_mentions(text), hashtags(text)):
        pieces.append(text[done : max(start, done)])
        done = max(end, done)
    return " ".join([*pieces, text[done:]])


def _model() -> Any:
    with _loading:
        return _load()


@cache
def _load() -> Any:
    """Load the model on first use: it takes half a second and some 30 MB that a process without readers' texts saves."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
