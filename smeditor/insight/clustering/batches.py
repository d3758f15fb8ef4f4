"""Grouping of a whole file in bounded memory: windows of texts, clustered one after the other, tied by anchors.

Nothing is assigned before a window is full; then its texts are grouped by their neighbours (:mod:`.reclustering`). A few texts
of each recent concern stay as anchors in the next window, and a later text that joins them joins their concern.
"""

from array import array
from collections import OrderedDict

from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.reclustering import recluster
from smeditor.insight.clustering.tokens import base_language, terms

WINDOW = 24_576
"""Distinct texts clustered at once: enough for every neighbour of a day, a few kilobytes for each term."""
ANCHORS = 4
"""Texts of a concern that stay for the next window."""
ANCHORED = 0.25
"""Largest part of a window that anchors fill; the concerns that were raised longest ago make room."""


class _Language:
    def __init__(self, base: str) -> None:
        self.common = common_terms(base)
        self.bags: list[tuple[str, ...]] = []
        self.known: list[int] = []
        self.places: list[array[int]] = []
        self.copies: dict[tuple[str, ...], int] = {}
        self.anchors: OrderedDict[int, list[tuple[str, ...]]] = OrderedDict()

    def put(self, bag: tuple[str, ...], concern: int, place: int | None) -> None:
        number = self.copies.get(bag)
        if number is None:
            number = self.copies[bag] = len(self.bags)
            self.bags.append(bag)
            self.known.append(concern)
            self.places.append(array("q"))
        if place is not None:
            self.places[number].append(place)


class BatchGrouper:
    """Groups texts that come in the order of a file; the concerns are known when ``finish`` returns.

    ``threshold``: as for ``Grouper``. ``window``: distinct texts of a language that are clustered together.
    """

    def __init__(self, threshold: float, window: int = WINDOW) -> None:
        if not 0 < threshold <= 1:
            raise ValueError("The threshold must lie between 0 and 1.")
        self.threshold, self.window = threshold, window
        self.concerns = array("q")
        self._languages: dict[str, _Language] = {}
        self._next = 1

    def add(self, text: str, lang: str | None = None) -> int:
        """Take the next text and return its place; a text without a word gets no concern."""
        place = len(self.concerns)
        self.concerns.append(0)
        found = terms(text, lang)
        if found:
            base = base_language(lang)
            language = self._languages.get(base)
            if language is None:
                language = self._languages[base] = _Language(base)
            language.put(tuple(dict.fromkeys(found)), 0, place)
            if len(language.bags) >= self.window:
                self._recluster(language)
        return place

    def skip(self) -> int:
        """Keep a place for a line that holds no text."""
        self.concerns.append(0)
        return len(self.concerns) - 1

    def finish(self) -> "array[int]":
        """Cluster what is left and return the concern of each place, 0 for none."""
        for language in self._languages.values():
            if any(language.places):
                self._recluster(language)
        return self.concerns

    def _found(self) -> int:
        self._next += 1
        return self._next - 1

    def _recluster(self, language: _Language) -> None:
        after = recluster(language.bags, language.known, self.threshold, self._found, language.common)
        anchors = language.anchors
        for bag, places, concern in zip(language.bags, language.places, after, strict=True):
            if places:
                for place in places:
                    self.concerns[place] = concern
                kept = anchors.setdefault(concern, [])
                anchors.move_to_end(concern)
                kept.append(bag)
                if len(kept) > ANCHORS:
                    kept.pop(0)
        self._evict(anchors)
        language.bags, language.known, language.places, language.copies = [], [], [], {}
        for concern, kept in anchors.items():
            for bag in kept:
                language.put(bag, concern, None)

    def _evict(self, anchors: OrderedDict[int, list[tuple[str, ...]]]) -> None:
        """Thin the anchors out: first fewer of each concern, then no texts that stood alone, then the oldest go."""
        capacity = int(self.window * ANCHORED)
        for most in range(ANCHORS - 1, 0, -1):
            if sum(map(len, anchors.values())) <= capacity:
                return
            alone = [concern for concern, kept in anchors.items() if len(kept) < 2] if most == ANCHORS - 1 else []
            for concern in alone:
                del anchors[concern]
            for kept in anchors.values():
                del kept[:-most]
        while len(anchors) > capacity:
            anchors.popitem(last=False)
