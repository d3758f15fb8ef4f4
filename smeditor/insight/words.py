"""Words mode: texts grouped in one pass by their words alone, for a polemic's millions.

Coarser than `grouping.Grouper`, and several times as fast: nothing is kept of a concern but its words, nothing is
settled, and no editor's decision is known. A word is its beginning, `tokens.PREFIX` characters long, which costs less
than a stem and groups short texts as well (truncation as a stemmer: McNamee and Mayfield, Information Retrieval 7,
2004). Candidates come from an inverted index over concerns (FastStream, arXiv 2101.08595) that keeps, of each word,
the concerns of its latest uses; the few that the text's words were last used in most often are compared in full.

>>> grouper = WordGrouper()
>>> first = grouper.add("The heating in our school is broken again", "en")
>>> first == grouper.add("School heating broken again since Monday", "en")
True
"""

import math
from collections import Counter, deque
from itertools import chain, islice, pairwise

from smeditor.insight.background import common_prefixes
from smeditor.insight.concern_index import DAMPING, PIVOT, PRIOR_TEXTS, SLOPE, TABLED
from smeditor.insight.tokens import base_language, prefixes

DEFAULT_THRESHOLD = 0.3
USES = 10
"""Latest uses of a word that are kept, one entry a use."""
QUERY = 7
"""Words of a text, the rarest first, whose uses are counted; the rarest counts twice."""
COMPARED = 5
SURE = 0.6
"""Similarity from which the search ends: hardly ever is another concern nearer still."""
LIVE_CONCERNS = 40_000
"""Concerns that are searched; beyond them the oldest that one text alone raised leave the search."""
MAX_WORDS = 200_000
"""Distinct words that are remembered; beyond them, what was met first is forgotten."""
COPIES_KEPT = 50_000

_weights = [n**DAMPING for n in range(TABLED + 1)]
_next_weight = dict(pairwise(_weights[1:]))
_growth = {weight: after**2 - weight**2 for weight, after in _next_weight.items()}
_logs = [math.log(n + 0.5) for n in range(TABLED)]


class _Language:
    """The words of one language: how common each is, where it was used last, and the concerns made of them.

    A concern's word weighs its number of texts to the power 0.7, a text's word the root of its rarity, and so the
    concern's; similarity is the cosine, raised for long texts (as in `concern_index`, with the reasons there).
    """

    def __init__(self, base: str, threshold: float) -> None:
        self.threshold = threshold
        self.texts = PRIOR_TEXTS
        self.seen: dict[str, int] = {word: int(share * PRIOR_TEXTS) for word, share in common_prefixes(base).items()}
        self.uses: dict[str, deque[int]] = {}
        self.concerns: dict[int, dict[str, float]] = {}
        self.squares: dict[int, float] = {}
        self.lengths: dict[int, float] = {}

    def place(self, bag: dict[str, None], new: int) -> int:
        """Return the concern of a text with these distinct words, and let it count there; `new` founds one."""
        found = self._weighed(bag)
        total = sum([rarity for rarity, _ in found])
        concern = self._nearest(found, total) or new
        if concern == new:
            self.concerns[new] = dict.fromkeys([word for _, word in found], 1.0)
            self.squares[new] = total
            if len(self.concerns) > LIVE_CONCERNS:
                self._thin()
        else:
            self.squares[concern] += self._join(self.concerns[concern], found)
        self.lengths[concern] = math.sqrt(self.squares[concern])
        uses = self.uses
        for _, word in found:
            if word in uses:
                uses[word].append(concern)
            else:
                uses[word] = deque((concern,), USES)
        if len(uses) > MAX_WORDS:
            self._forget()
        return concern

    def _weighed(self, bag: dict[str, None]) -> list[tuple[float, str]]:
        """Count the words and return them with their rarity (IDF), the rarest first."""
        self.texts += 1
        seen, whole = self.seen, math.log(self.texts + 1)
        found = []
        for word in bag:
            seen[word] = n = seen[word] + 1 if word in seen else 1
            found.append((whole - (_logs[n] if n < TABLED else math.log(n + 0.5)), word))
        found.sort(reverse=True)
        return found

    def _nearest(self, found: list[tuple[float, str]], total: float) -> int:
        """Return the concern that is nearest, 0 where none is near enough."""
        uses, concerns, lengths = self.uses, self.concerns, self.lengths
        used = list(islice((uses[word] for _, word in found if word in uses), QUERY))
        if not used:
            return 0
        used.append(used[0])
        met = Counter(chain.from_iterable(used))
        nearby = sorted(met, key=met.__getitem__, reverse=True)[:COMPARED] if len(met) > COMPARED else met
        # Similarity is the score times this; the text's own part of it is the same for every concern.
        scale = (total / (PIVOT * math.log(self.texts + 1))) ** SLOPE / math.sqrt(total)
        best, nearest, sure = 0, self.threshold / scale, SURE / scale
        for concern in nearby:
            if concern in concerns:
                words = concerns[concern]
                score = sum([rarity * words[word] for rarity, word in found if word in words]) / lengths[concern]
                if score >= nearest:
                    best, nearest = concern, score
                    if score > sure:
                        break
        return best

    def _join(self, words: dict[str, float], found: list[tuple[float, str]]) -> float:
        """Add a text's words to those of a concern and return by how much the square of its length grows."""
        grown = 0.0
        for rarity, word in found:
            if word in words:
                weight = words[word]
                if weight in _next_weight:
                    words[word] = _next_weight[weight]
                    grown += _growth[weight] * rarity
            else:
                words[word] = 1.0
                grown += rarity
        return grown

    def _thin(self) -> None:
        """Take the older half of the concerns out of the search where one text alone raised them, then the oldest.

        An eighth of the room is made at least: looking for it is dear and must be rare.
        """
        alone: list[int] = []
        others: list[int] = []
        for concern in islice(self.concerns, LIVE_CONCERNS // 2):
            (alone if max(self.concerns[concern].values()) == 1.0 else others).append(concern)
        gone = alone + others[: max(0, LIVE_CONCERNS // 8 - len(alone))]
        for concern in gone:
            del self.concerns[concern], self.squares[concern], self.lengths[concern]

    def _forget(self) -> None:
        for word in list(islice(self.uses, MAX_WORDS // 2)):
            del self.uses[word]
        if len(self.seen) > 2 * MAX_WORDS:
            self.seen = {word: n for word, n in self.seen.items() if n > 1}


class WordGrouper:
    """Groups a stream of texts by their words, in one pass and bounded memory, the same on every run.

    Args:
        threshold: similarity in (0, 1] from which a text joins a concern; higher gives more, smaller concerns.
    """

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        if not 0 < threshold <= 1:
            raise ValueError("The threshold must lie between 0 and 1.")
        self.threshold = threshold
        self._languages: dict[str, _Language] = {}
        self._copies: dict[tuple[str, str], int] = {}
        self._next = 1

    def add(self, text: str, lang: str | None = None) -> int:
        """Return the concern of the next text, its permanent number from 1 on; 0 where the text has no word.

        Args:
            text: any string; only its first `tokens.MAX_CHARS` characters are read.
            lang: BCP 47 tag; each language is grouped by itself.
        """
        base = base_language(lang)
        copy = (base, text)
        known = self._copies.get(copy)
        if known is not None:
            return known
        bag = prefixes(text)
        if not bag:
            return 0
        language = self._languages.get(base)
        if language is None:
            language = self._languages[base] = _Language(base, self.threshold)
        concern = language.place(bag, self._next)
        if concern == self._next:
            self._next += 1
        if len(self._copies) >= COPIES_KEPT:
            self._copies.clear()
        self._copies[copy] = concern
        return concern
