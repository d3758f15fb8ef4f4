"""Words mode: texts grouped in one pass by their words alone, for a polemic's millions.

Coarser than ``grouping.Grouper``, and several times as fast: nothing is kept of a concern but its words, nothing is
reclustered, and no editor's decision is known. A word is its beginning, ``tokens.PREFIX`` characters long, which costs less
than a stem and groups short texts as well (truncation as a stemmer: McNamee and Mayfield, Information Retrieval 7,
2004). Candidates come from an inverted index over concerns (FastStream, arXiv 2101.08595) that keeps, of each word,
the concerns of its latest uses; the few that the text's words were last used in most often are compared in full.

>>> grouper = WordGrouper()
>>> first = grouper.add("The heating in our school is broken again", "en")
>>> first == grouper.add("School heating broken again since Monday", "en")
True
"""

import math
from collections import deque
from itertools import chain, islice, pairwise
from operator import attrgetter

from smeditor.insight.clustering.background import common_prefixes
from smeditor.insight.clustering.concern_index import DAMPING, PIVOT, PRIOR_TEXTS, SLOPE, TABLED
from smeditor.insight.clustering.tokens import base_language, prefixes

DEFAULT_THRESHOLD = 0.3
USES = 10
"""Latest uses of a word that are kept, one entry a use."""
QUERY = 7
"""Words of a text, the rarest first, whose uses are counted; the rarest counts twice."""
COMPARED = 5
SURE = 0.6
"""Similarity from which the search ends: hardly ever is another concern nearer still."""
LIVE_CONCERNS = 15_000
"""Concerns that are searched; beyond them those that one text raised, long ago, leave the search."""
TOKENS_KEPT = 256
"""Words of a concern; beyond them the lighter half is forgotten, most of them said once and beside the point."""
MAX_TOKENS = 200_000
"""Distinct words that are remembered; beyond them, the rarest of the older half are forgotten."""
COPIES_KEPT = 50_000

_weights = [n**DAMPING for n in range(TABLED + 1)]
_step = {weight: (after, after**2 - weight**2) for weight, after in pairwise(_weights[1:])}
"""Weight → the weight of one text more, and by how much its square grows."""
_times_met = attrgetter("met")
_logs = [math.log(n + 0.5) for n in range(TABLED)]


class _Concern:
    """What is known of a concern: its words with their weights, and the length of that vector.

    ``met``: how often the text with the number ``asked`` met it in the uses of its words.
    """

    __slots__ = ("alone", "asked", "length", "met", "number", "square", "tokens")

    def __init__(self, number: int, tokens: dict[str, float], square: float) -> None:
        self.number = number
        self.tokens = tokens
        self.square = square
        self.length = math.sqrt(square)
        self.asked = self.met = 0
        self.alone = True

    def join(self, found: list[tuple[float, str, "_Word"]]) -> None:
        """Add a text's words."""
        self.alone = False
        tokens, grown = self.tokens, 0.0
        for rarity, word, _ in found:
            if word in tokens:
                if tokens[word] in _step:
                    tokens[word], growth = _step[tokens[word]]
                    grown += growth * rarity
            else:
                tokens[word] = 1.0
                grown += rarity
        if len(tokens) > TOKENS_KEPT:
            self._lighten()
        self.square += grown
        self.length = math.sqrt(self.square)

    def _lighten(self) -> None:
        """Keep the heavier words, of equal ones the older. The others still count in the length."""
        tokens = self.tokens
        heavier = sorted(tokens, key=tokens.__getitem__, reverse=True)[: TOKENS_KEPT // 2]
        self.tokens = {word: tokens[word] for word in heavier}


class _Word:
    """A word of a language: how many texts had it, and the concerns of its latest uses."""

    __slots__ = ("beginning", "texts", "uses")

    def __init__(self, beginning: str, texts: int = 0) -> None:
        self.beginning = beginning
        self.texts = texts
        self.uses: deque[_Concern] = deque(maxlen=USES)


Found = list[tuple[float, str, _Word]]
"""The words of a text with their rarity (IDF), the rarest first."""


class _Language:
    """The words of one language: how common each is, where it was used last, and the concerns made of them.

    A concern's word weighs its number of texts to the power 0.7, a text's word the root of its rarity, and so the
    concern's; similarity is the cosine, raised for long texts (as in ``concern_index``, with the reasons there).
    """

    def __init__(self, base: str, threshold: float) -> None:
        self.threshold = threshold
        self.texts = PRIOR_TEXTS
        self.tokens = {word: _Word(word, int(share * PRIOR_TEXTS)) for word, share in common_prefixes(base).items()}
        self.concerns: dict[_Concern, None] = {}
        """Those that are searched, what was raised last at the end."""
        self.copies: dict[str, int] = {}

    def place(self, bag: dict[str, None], new: int) -> int:
        """Return the concern of a text with these distinct words, and let it count there; ``new`` founds one."""
        found = self._weighed(bag)
        total = sum([rarity for rarity, _, _ in found])
        concern = self._nearest(found, total)
        if concern is None:
            concern = _Concern(new, dict.fromkeys([beginning for _, beginning, _ in found], 1.0), total)
            if len(self.concerns) >= LIVE_CONCERNS:
                self._thin()
        else:
            concern.join(found)
            del self.concerns[concern]
        self.concerns[concern] = None
        for _, _, word in found:
            word.uses.append(concern)
        if len(self.tokens) > MAX_TOKENS:
            self._forget()
        return concern.number

    def keep(self, text: str, concern: int) -> None:
        """Remember where a text went, for its copies."""
        if len(self.copies) >= COPIES_KEPT:
            self.copies.clear()
        self.copies[text] = concern

    def _weighed(self, bag: dict[str, None]) -> Found:
        """Count the words and return them with their rarity."""
        self.texts += 1
        tokens, whole = self.tokens, math.log(self.texts + 1)
        found = []
        for beginning in bag:
            word = tokens.get(beginning)
            if word is None:
                word = tokens[beginning] = _Word(beginning)
            word.texts = n = word.texts + 1
            # The one string that all concerns share: less memory, and found in them without a look at its letters.
            found.append((whole - (_logs[n] if n < TABLED else math.log(n + 0.5)), word.beginning, word))
        found.sort(reverse=True)
        return found

    def _nearest(self, found: Found, total: float) -> _Concern | None:
        """Return the concern that is nearest, None where none is near enough."""
        used = [word.uses for _, _, word in found if word.uses]
        if not used:
            return None
        nearby = self._most_met([used[0], *used[:QUERY]])
        # Similarity is the score times this; the text's own part of it is the same for every concern.
        scale = (total / (PIVOT * math.log(self.texts + 1))) ** SLOPE / math.sqrt(total)
        best, nearest, sure = None, self.threshold / scale, SURE / scale
        for concern in nearby:
            tokens = concern.tokens
            if tokens:
                score = 0.0
                for rarity, word, _ in found:
                    if word in tokens:
                        score += rarity * tokens[word]
                score /= concern.length
                if score >= nearest:
                    best, nearest = concern, score
                    if score > sure:
                        break
        return best

    def _most_met(self, used: list[deque[_Concern]]) -> list[_Concern]:
        """Return the concerns met most often among the uses, of equal ones the first that was met again."""
        asked = self.texts
        often = []
        for uses in used:
            for concern in uses:
                if concern.asked != asked:
                    concern.asked, concern.met = asked, 1
                elif concern.met == 1:
                    concern.met = 2
                    often.append(concern)
                else:
                    concern.met += 1
        if len(often) < COMPARED:
            often = list(dict.fromkeys(chain.from_iterable(used)))
        often.sort(key=_times_met, reverse=True)
        return often[:COMPARED]

    def _thin(self) -> None:
        """Let an eighth at least leave the search: of the half raised longest ago first what one text alone raised."""
        older = list(islice(self.concerns, LIVE_CONCERNS // 2))
        others = [concern for concern in older if not concern.alone]
        gone = [concern for concern in older if concern.alone]
        for concern in gone + others[: max(0, LIVE_CONCERNS // 8 - len(gone))]:
            concern.tokens = {}
            del self.concerns[concern]

    def _forget(self) -> None:
        """Forget the rarest of the older half of the words: a quarter of the room, so that it is looked for rarely."""
        older = islice(self.tokens.values(), MAX_TOKENS // 2)
        for word in sorted(older, key=attrgetter("texts"))[: MAX_TOKENS // 4]:
            del self.tokens[word.beginning]


class WordGrouper:
    """Groups a stream of texts by their words, in one pass and bounded memory, the same on every run.

    ``threshold``: similarity in (0, 1] from which a text joins a concern; higher gives more, smaller concerns.
    """

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        if not 0 < threshold <= 1:
            raise ValueError("The threshold must lie between 0 and 1.")
        self.threshold = threshold
        self._languages: dict[str, _Language] = {}
        self._next = 1

    def add(self, text: str, lang: str | None = None) -> int:
        """Return the concern of the next text, its permanent number from 1 on; 0 where the text has no word.

        ``text``: any string; only its first ``tokens.MAX_CHARS`` characters are read. ``lang``: BCP 47 tag; each
        language is grouped by itself.
        """
        language = self._language(base_language(lang))
        if text in language.copies:
            return language.copies[text]
        bag = prefixes(text)
        if not bag:
            return 0
        concern = language.place(bag, self._next)
        if concern == self._next:
            self._next += 1
        language.keep(text, concern)
        return concern

    def _language(self, base: str) -> _Language:
        language = self._languages.get(base)
        if language is None:
            language = self._languages[base] = _Language(base, self.threshold)
        return language
