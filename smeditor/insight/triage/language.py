"""Tell the languages that readers write by their commonest words; say "und" rather than guess.

Each language has a list (``insight/rules/languages.toml``). A word that stands in one list alone counts three times as much as
one that several languages share: "la" and "que" are French, Spanish and Italian, "dans" is French.
"""

from __future__ import annotations

import tomllib
from functools import cache

from smeditor.insight.triage.rules import FOLDER, RuleBook
from smeditor.text.language_tags import UNKNOWN, known_language

OWN = 3
"""What a word counts that stands in one language's list alone."""
OVERRULES = 2
"""So many distinct words that another language has and the declared one has not, and more in all, overrule what a network
declared."""
LETTERS = {
    "es": "ñ¿¡áíóú", "pt": "ãõáíóú", "it": "òì", "de": "ßäöü", "sv": "åäö", "da": "øåæ", "ro": "șțăî", "pl": "łąęśżźćń", "tr": "ğışç",
    "ca": "òíóú",
}  # fmt: skip
"""Letters that neither French nor English is written with; each that is met counts as a word of that language alone."""
FEW = 3
"""Where nothing but shared words speaks for the declared language, one of those and so many common words in all will do."""
LIKELIEST = frozenset({"fr", "en", "es", "it", "de"})
"""Of languages for which a text speaks alike, the one that is among these."""
LONG = 8
"""A text of so many words without any common word of the declared language is not written in it."""


_ODD = frozenset("".join(LETTERS.values())) - frozenset("çæîü")


class Vocabulary:
    """The common words of each language.

    ``common``: all of them; ``own``: those that it shares with none; ``foreign``: those of all others that it does not share;
    ``counted``: by word what it counts for each language.
    """

    def __init__(self, common: dict[str, frozenset[str]]) -> None:
        self.common = common
        self.own = {
            lang: tokens.difference(*(others for other, others in common.items() if other != lang))
            for lang, tokens in common.items()
        }
        self.foreign = {
            lang: frozenset().union(*(others for other, others in common.items() if other != lang)) - tokens
            for lang, tokens in common.items()
        }

        counted: dict[str, list[tuple[str, int]]] = {}
        for lang, tokens in common.items():
            for token in tokens:
                counted.setdefault(token, []).append((lang, OWN if token in self.own[lang] else 1))
        self.counted = counted

    def weights(self, distinct: set[str]) -> dict[str, int]:
        """Return what the distinct words of a text count for each language."""
        found = dict.fromkeys(self.common, 0)
        for token in self.counted.keys() & distinct:
            for lang, weight in self.counted[token]:
                found[lang] += weight
        letters = _odd_letters(distinct)
        if letters:
            for lang, odd in LETTERS.items():
                found[lang] += OWN * len(letters.intersection(odd))
        return found


@cache
def vocabulary() -> Vocabulary:
    """Return the shipped lists, read on first use."""
    lists = tomllib.loads((FOLDER / "languages.toml").read_text(encoding="utf-8"))
    return Vocabulary({lang: frozenset(tokens.split()) for lang, tokens in lists.items() if lang != "version"})


def detect(tokens: list[str], declared: str | None, book: RuleBook) -> str:
    """Return the language of ``tokens``: what was ``declared`` (any BCP 47 tag) unless the words plainly say otherwise.

    Networks pass on what an app's settings say, which is often the author's other language. A text that is not plainly
    written in a language with rules is not read by that language's rules.
    """
    known, declared = vocabulary(), known_language(declared)
    own = known.own.get(declared)
    if own is None:
        if declared != UNKNOWN:
            return declared
    elif known.foreign[declared].isdisjoint(tokens) and not own.isdisjoint(tokens):
        return declared
    distinct = set(tokens)
    weights = known.weights(distinct)
    best = _heaviest(weights)
    if own is None:
        return best
    if best == UNKNOWN or weights[best] <= weights[declared]:
        return UNKNOWN if declared in book.languages and _strange(distinct, weights[declared]) else declared
    odd = len(_odd_letters(distinct).intersection(LETTERS.get(best, "")))
    met = distinct & known.common[best]
    alone = odd + len(met - known.common[declared])
    sure = alone >= OVERRULES or (alone and odd + len(met) >= FEW and own.isdisjoint(distinct))
    return best if sure else declared


def _heaviest(weights: dict[str, int]) -> str:
    """Return the language that weighs most, or "und" where none does or several do."""
    most = max(weights.values())
    found = [lang for lang, weight in weights.items() if weight == most]
    if len(found) > 1:
        found = [lang for lang in found if lang in LIKELIEST]
    return found[0] if most and len(found) == 1 else UNKNOWN


def _strange(distinct: set[str], weight: int) -> bool:
    """Tell whether a text has no common word of the declared language though it is long, or is in another script."""
    letters = [token for token in distinct if token.isalpha()]
    foreign = sum(token[0] > "\u036f" and not "\u1e00" <= token[0] <= "\u1eff" for token in letters)
    return not weight and (len(letters) >= LONG or foreign > len(letters) / 2)


def _odd_letters(distinct: set[str]) -> frozenset[str]:
    """Return the letters among ``distinct`` words that neither French nor English has."""
    return _ODD.intersection("".join(distinct))
