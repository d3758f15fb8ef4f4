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
from functools import cache
from itertools import product

from smeditor.insight.triage.normal import Reading, fold
from smeditor.insight.triage.rules import FOLDER

FILE = "firsthand.toml"
OWNERS = frozenset({"first_person", "first_person_plural", "place"})
"""With one of these a condition is one that the reader is in."""
SHARES = frozenset({"rt", "mt"})
_ALTERNATIVES = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of sign. ``weight`` counts for its first word, ``again`` for a second, ``own`` beside one of ``OWNERS``."""

    name: str
    why: str
    weight: float
    again: float = 0.0
    own: float = 0.0
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of the file, and by the first word of each phrase the phrases' other words with their cues' names."""

    by_name: dict[str, Cue]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]]


@cache
def cues() -> Cues:
    """Read the file once."""
    by_name: dict[str, Cue] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, entry in tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8")).items():
        expressions = entry.pop("words")
        by_name[name] = Cue(name, **{**entry, "marks": tuple(entry.get("marks", ()))})
        for first, *others in (phrase for text in expressions for phrase in spelled_out(text)):
            phrases.setdefault(first, []).append((tuple(others), name))
    return Cues(by_name, {first: tuple(found) for first, found in phrases.items()})


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
    known = cues()
    times = counted(reading, known)
    total = 0.0
    for name, number in times.items():
        cue = known.by_name[name]
        total += cue.weight + (cue.again if number > 1 else 0.0)
        if cue.own and not OWNERS.isdisjoint(times):
            total += cue.own
    return round(total, 4)


def counted(reading: Reading, known: Cues) -> dict[str, int]:
    """Return the cues that are found in ``reading``, and how often."""
    times: dict[str, int] = {}
    tokens = reading.tokens if reading.text.isascii() else [fold(word) for word in reading.tokens]
    for place, word in enumerate(tokens):
        for others, name in known.phrases.get(word, ()):
            if not others or tuple(tokens[place + 1 : place + 1 + len(others)]) == others:
                times[name] = times.get(name, 0) + 1
    if tokens and tokens[0] in SHARES:
        times["shared"] = 1
    text = reading.text
    if "://" in text or "www." in text:
        times["link"] = 1
    if any(mark in text for mark in known.by_name["exclamation"].marks):
        times["exclamation"] = 1
    return times
