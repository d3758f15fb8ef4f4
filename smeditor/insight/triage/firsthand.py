"""Was whoever writes there? The cues of those who saw, heard and felt it against those of who passes it on.

Editors look for the person who was on the spot. Which words tell is known from studies of eyewitness messages (Diakopoulos,
De Choudhury and Naaman, CHI 2012; Doggett and Cantarero, 2016): first person, perception, place and moment, what one only
notices there, feeling. Against it speak shares, links, the words of institutions, good wishes, appeals and hearsay. The
weights are round numbers that were set by hand; no text is in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from smeditor.insight.triage.language import vocabulary
from smeditor.insight.triage.normal import Reading, fold
from smeditor.insight.triage.rules import FOLDER

FILE = "firsthand.toml"
OWNERS = frozenset({"first_person", "first_person_plural", "place"})
"""With one of these a condition is one that the reader is in."""
SHARES = frozenset({"rt", "mt"})
_HASTE = re.compile(r"!!|\?!|:'?\(|:(?:[)-]|/(?!/))")
_ALTERNATIVES = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of sign. ``weight`` counts for its first word, ``again`` for a second, ``own`` beside one of ``OWNERS``."""

    name: str
    why: str
    weight: float
    again: float = 0.0
    own: float = 0.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Several tokens that are one sign. ``before``: how many of them stand before the one by which it is looked up."""

    tokens: tuple[str, ...]
    before: int
    name: str


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of the file by name; their names by single token; the phrases by their rarest token, which few texts have."""

    by_name: dict[str, Cue]
    tokens: dict[str, str]
    phrases: dict[str, list[Phrase]]


@cache
def cues() -> Cues:
    """Read the file once."""
    found = Cues({}, {}, {})
    common = frozenset().union(*vocabulary().common.values())
    for name, entry in tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8")).items():
        expressions = entry.pop("words")
        found.by_name[name] = Cue(name, **entry)
        for tokens in (phrase for text in expressions for phrase in spelled_out(text)):
            if len(tokens) == 1:
                found.tokens[tokens[0]] = name
            else:
                rarest = max(tokens, key=lambda token: (token not in common, len(token)))
                found.phrases.setdefault(rarest, []).append(Phrase(tokens, tokens.index(rarest), name))
    return found


def spelled_out(text: str) -> Iterator[tuple[str, ...]]:
    """Yield each phrase that "(a|b) c" stands for, as a reading's words.

    >>> list(spelled_out("(my|our) house"))
    [('my', 'house'), ('our', 'house')]
    """
    parts = [
        part.split("|") if place % 2 else [part] for place, part in enumerate(_ALTERNATIVES.split(text)) if part.strip()
    ]
    for chosen in product(*parts):
        yield tuple(Reading(" ".join(chosen)).tokens)


def strength(reading: Reading) -> float:
    """Return how much speaks for having been there: the sum of the cues' weights, negative where more speaks against it."""
    return _sum(tuple(found(reading)))


@lru_cache(maxsize=20_000)
def _sum(names: tuple[str, ...]) -> float:
    """The sum of the cues of these ``names``; the same few meet again and again."""
    total = 0.0
    for name in dict.fromkeys(names):
        cue = cues().by_name[name]
        total += cue.weight + (cue.again if names.count(name) > 1 else 0.0)
        if cue.own and not OWNERS.isdisjoint(names):
            total += cue.own
    return round(total, 4)


def found(reading: Reading) -> list[str]:
    """Return the names of the cues in ``reading``, each as often as it is there."""
    known = cues()
    text = reading.text
    tokens = reading.tokens if text.isascii() else [fold(token) for token in reading.tokens]
    names = list(filter(None, map(known.tokens.get, tokens)))
    if not known.phrases.keys().isdisjoint(tokens):
        names += _phrases(tokens, known)
    if tokens and tokens[0] in SHARES:
        names.append("shared")
    if "://" in text or "www." in text:
        names.append("link")
    if ("!" in text or ":" in text) and _HASTE.search(text):
        names.append("exclamation")
    return names


def _phrases(tokens: list[str], known: Cues) -> Iterator[str]:
    for place in [place for place, token in enumerate(tokens) if token in known.phrases]:
        for phrase in known.phrases[tokens[place]]:
            start = max(place - phrase.before, 0)
            if tuple(tokens[start : start + len(phrase.tokens)]) == phrase.tokens:
                yield phrase.name
