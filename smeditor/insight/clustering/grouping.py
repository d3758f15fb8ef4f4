"""Incremental grouping of short texts into concerns with permanent ids, the same on every run.

>>> grouper = Grouper()
>>> first = grouper.add("The heating in our school is broken again", lang="en", key="r1")
>>> second = grouper.add("School heating broken again since Monday", lang="en", key="r2")
>>> first.concern_id == second.concern_id
True

``add`` answers at once, by the nearest concern. ``recluster`` takes the latest texts as a whole: better groups
under the same ids. What an editor has decided (merge, split, links) survives both.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.concern_index import ConcernIndex
from smeditor.insight.clustering.concern_records import QUOTE_CHARS, Concern, Quote, ranked, shorten
from smeditor.insight.clustering.cross_language import CrossLanguageMatch, cross_language_matches
from smeditor.insight.clustering.grains import Grains
from smeditor.insight.clustering.placed_texts import Assignment, LatestTexts, LinkConflict, PlacedText
from smeditor.insight.clustering.reclustering import Reclustering
from smeditor.insight.clustering.tokens import base_language, terms

DEFAULT_THRESHOLD = 0.3
DESK_THRESHOLD = 0.4
"""Stricter than the command's: whoever is in a concern is sent its answer, so a stranger costs more than one missed."""
WINDOW = 8_192
IDLE_DAYS = 14
COPIES_KEPT = 200_000
LIVE_CONCERNS = 40_000
"""Concerns of one language that are searched; beyond them those that one text raised, long ago, leave the search. As many
may sleep."""


class Grouper:
    """Groups a stream of texts into concerns.

    ``threshold``: similarity in (0, 1] from which a text joins a concern; higher gives more, smaller concerns.
    ``window``: how many of the latest texts of a language ``recluster`` looks at. ``idle_days``: after so many days
    without a text a concern leaves the search; it reopens by its top terms. ``lean``: for a caller whose database keeps the
    rest. No reader's words are kept but as terms, nobody is counted, and a text that has left the window is forgotten: it
    can no longer be linked, split off or found by its key.
    """

    def __init__(
        self,
        threshold: float = DEFAULT_THRESHOLD,
        *,
        window: int = WINDOW,
        idle_days: int = IDLE_DAYS,
        lean: bool = False,
    ) -> None:
        if not 0 < threshold <= 1:
            raise ValueError("The threshold must lie between 0 and 1.")
        self.threshold, self.window, self.idle, self.lean = threshold, window, timedelta(days=idle_days), lean
        self.concerns: dict[int, Concern] = {}
        self.grains = Grains()
        self._indexes: dict[str, ConcernIndex] = {}
        self._asleep: dict[str, ConcernIndex] = {}
        self._copies: dict[tuple[str, tuple[str, ...]], int] = {}
        self._texts: dict[Hashable, PlacedText] = {}
        self._latest: dict[str, deque[Hashable]] = {}
        self._apart: list[tuple[Hashable, Hashable]] = []
        self._merged: dict[int, int] = {}
        self._next = 1
        self._swept: datetime | None = None

    def add(
        self,
        text: str,
        lang: str | None = None,
        at: datetime | None = None,
        key: Hashable = None,
        author: Hashable = None,
        grain: int = 0,
    ) -> Assignment:
        """Assign a text to a concern, founding one where none is near enough.

        ``text``: any string; one without a word gets no concern. ``lang``: BCP 47 tag; each language has its own index.
        ``at``: when it was written (aware); moves the clock by which concerns fall idle. ``key``: the caller's name for
        the text. Only texts with a key can be reclustered, linked, split off, forgotten. ``author``: the reader's
        pseudonym, for counts of people. ``grain``: as in ``grains``, for concerns of which nothing else is wanted.

        A key that was added before gives its present assignment: adding is idempotent.
        """
        if key is not None and key in self._texts:
            return Assignment(self._texts[key].concern, 1.0)
        found = terms(text, lang)
        if not found:
            return Assignment(None)
        if at is not None and (self._swept is None or at - self._swept >= timedelta(days=1)):
            self._retire(at)
        base = base_language(lang)
        bag = tuple(dict.fromkeys(found))
        index = self._indexes.get(base) or self._index(base)
        rarities = index.count(bag)
        copy = (base, bag)
        concern = self._copies.get(copy, 0)
        if concern in self._merged:
            concern = self.resolve(concern)
        if concern and concern in index.centroids:
            assignment = Assignment(concern, 1.0, bag[:5])
        else:
            assignment = self._nearest(base, bag, rarities, grain)
            concern = assignment.concern_id or 0
            if len(self._copies) >= COPIES_KEPT:
                self._copies.clear()
            self._copies[copy] = concern
        index.add(concern, bag, rarities)
        record = self.concerns.get(concern)
        if record is None:
            record = self.concerns[concern] = Concern(concern, base)
            if len(index.centroids) > LIVE_CONCERNS:
                index.thin(LIVE_CONCERNS, lambda concern: self.concerns[concern].texts < 2)
        similarity = assignment.similarity
        quote = self._count(record, Quote(text, author, key, lang, similarity), at)
        if key is not None:
            self._remember(key, PlacedText(base, bag, concern, quote, at))
        return assignment

    def restore(
        self,
        text: str,
        concern: int,
        lang: str | None = None,
        at: datetime | None = None,
        key: Hashable = None,
        author: Hashable = None,
        pinned: bool = False,
    ) -> None:
        """Put a text back into the concern that it is known to be in, as after a restart.

        Arguments as of ``add``; ``pinned``: an editor placed it, ``recluster`` may not move it. New concerns get ids above
        all that were restored. A text without a word is left out.
        """
        found = terms(text, lang)
        if not found:
            return
        base, bag = base_language(lang), tuple(dict.fromkeys(found))
        index = self._indexes.get(base) or self._index(base)
        rarities = index.count(bag)
        index.add(concern, bag, rarities)
        record = self.concerns.setdefault(concern, Concern(concern, base))
        quote = self._count(record, Quote(text, author, key, lang, 1.0), at)
        self._copies[base, bag] = concern
        self._remember(key, PlacedText(base, bag, concern, quote, at, pinned))
        self._next = max(self._next, concern + 1)

    def recall(self, concern: int, terms: Mapping[str, int], texts: int, lang: str | None, at: datetime | None) -> None:
        """Put a concern back by some of its terms, before any text that is restored to it.

        ``terms``: how many of its texts had each; ``texts``: how many it has; ``at``: when it was raised last.
        """
        base = base_language(lang)
        self._index(base).restore(concern, dict(terms))
        record = self.concerns[concern] = Concern(concern, base, texts)
        record.first_at = record.last_at = at
        self._next = max(self._next, concern + 1)

    def _count(self, record: Concern, quote: Quote, at: datetime | None) -> Quote:
        """Count a text in the record of its concern, and return what is kept to quote it."""
        if self.lean:
            record.count(None, at)
            return quote._replace(text="", author=None)
        record.count(quote.author, at)
        if quote.key is not None or record.wants(quote.similarity):
            quote = quote._replace(text=quote.text[:QUOTE_CHARS])
            record.keep(quote)
        return quote

    def _remember(self, key: Hashable, text: PlacedText) -> None:
        """Keep a text by its key, among the latest of its language."""
        self._texts[key] = text
        latest = self._latest.setdefault(text.lang, deque(maxlen=self.window))
        if self.lean and len(latest) == self.window:
            self._texts.pop(latest[0], None)
        latest.append(key)

    def _index(self, base: str) -> ConcernIndex:
        index = self._indexes.get(base)
        if index is None:
            index = self._indexes[base] = ConcernIndex(common_terms(base))
            self._asleep[base] = ConcernIndex()
        return index

    def _found(self) -> int:
        self._next += 1
        return self._next - 1

    def _nearest(self, base: str, bag: tuple[str, ...], rarities: list[float], grain: int) -> Assignment:
        index = self._indexes[base]
        best, similarity = index.nearest(bag, rarities)
        if similarity < self.grains.limit(self.threshold, best, grain):
            asleep = self._asleep[base]
            if asleep.centroids:
                asleep.frequencies, asleep.texts = index.frequencies, index.texts
                best, similarity = asleep.nearest(bag, rarities)
            if similarity < self.grains.limit(self.threshold, best, grain):
                return Assignment(self._found(), similarity, new=True)
            index.restore(best, asleep.remove(best))
        return Assignment(best, min(similarity, 1.0), tuple(islice(filter(index.centroids[best].__contains__, bag), 5)))

    def _retire(self, now: datetime) -> None:
        """Move the concerns that nobody has raised for ``idle`` from the search to the sleepers."""
        self._swept = now
        for base, index in self._indexes.items():
            idle = [
                c for c in index.centroids if (last := self.concerns[c].last_at) is not None and now - last > self.idle
            ]
            index.retire(idle, self._asleep[base], LIVE_CONCERNS, lambda concern: self.concerns[concern].texts < 2)
        if self.lean:  # no text finds the other concerns any more
            found = {text.concern for text in self._texts.values()}
            found.update(*(index.centroids for index in (*self._indexes.values(), *self._asleep.values())))
            self.concerns = {concern: record for concern, record in self.concerns.items() if concern in found}

    # What editors decide.

    def resolve(self, concern: int) -> int:
        """Return the id under which a concern goes on after merges; ids are never reused."""
        while concern in self._merged:
            concern = self._merged[concern]
        return concern

    def concern_of(self, key: Hashable) -> int | None:
        """Return the present concern of a text, None where the key is not known."""
        text = self._texts.get(key)
        return text.concern if text else None

    def merge(self, into: int, other: int) -> None:
        """Let one concern go on as a part of another. Raises LinkConflict where cannot-linked texts would meet."""
        into, other = self.resolve(into), self.resolve(other)
        if into == other:
            return
        if into not in self.concerns or other not in self.concerns:
            raise KeyError(other if into in self.concerns else into)
        for a, b in self._apart:
            if {self.concern_of(a), self.concern_of(b)} == {into, other}:
                raise LinkConflict(f"{a!r} and {b!r} must not stand together.")
        gone = self.concerns.pop(other)
        centroid = self._wake(gone)
        if gone.lang == self.concerns[into].lang:
            index = self._index(gone.lang)
            joint = self._wake(self.concerns[into])
            for term, n in centroid.items():
                joint[term] = joint.get(term, 0) + n
            index.restore(into, joint)
        self.concerns[into].merge(gone)
        self._merged[other] = into
        for text in self._texts.values():
            if text.concern in (into, other):
                text.concern, text.pinned = into, True

    def _wake(self, concern: Concern) -> dict[str, int]:
        """Take a concern's terms out of the search, awake or asleep."""
        return self._index(concern.lang).remove(concern.id) or self._asleep[concern.lang].remove(concern.id)

    def split(self, concern: int, keys: Iterable[Hashable]) -> int:
        """Move some texts of a concern to a new one and return its id. Texts that are not in it raise KeyError."""
        concern, moved = self.resolve(concern), list(dict.fromkeys(keys))
        for key in moved:
            if self.concern_of(key) != concern:
                raise KeyError(key)
        if not moved:
            raise ValueError("No text to split off was named.")
        founded = self._found()
        for text in self._texts.values():
            if text.concern == concern:
                text.pinned = True
        for key in moved:
            self._move(self._texts[key], founded)
        return founded

    def move(self, key: Hashable, concern: int) -> None:
        """Put a text into another concern, where ``recluster`` leaves it. A key that is not known is ignored."""
        text = self._texts.get(key)
        if text is not None:
            self._move(text, self.resolve(concern))
            text.pinned = True

    def must_link(self, a: Hashable, b: Hashable) -> None:
        """Two texts belong together: their concerns are merged, the older id stays."""
        first, second = self._texts[a].concern, self._texts[b].concern
        self.merge(min(first, second), max(first, second))
        self._texts[a].pinned = self._texts[b].pinned = True

    def cannot_link(self, a: Hashable, b: Hashable) -> None:
        """Two texts don't belong together: where they share a concern, the second founds one of its own."""
        if a == b:
            raise LinkConflict("A text can't be apart from itself.")
        first, second = self._texts[a], self._texts[b]
        if first.concern == second.concern:
            self._move(second, self._found())
        first.pinned = second.pinned = True
        self._apart.append((a, b))

    def forget(self, key: Hashable) -> None:
        """Forget a text that its author deleted: its words, its quote and its weight. Unknown keys are ignored."""
        text = self._texts.pop(key, None)
        if text is None:
            return
        self._leave(text)
        self._copies.pop((text.lang, text.bag), None)
        self._apart = [pair for pair in self._apart if key not in pair]
        latest = self._latest[text.lang]
        if key in latest:
            latest.remove(key)

    def _leave(self, text: PlacedText) -> None:
        self._index(text.lang).subtract(text.concern, text.bag)
        self.concerns[text.concern].leave(text.quote)

    def _move(self, text: PlacedText, concern: int) -> None:
        if text.concern == concern:
            return
        self._leave(text)
        self._copies.pop((text.lang, text.bag), None)
        record = self.concerns.get(concern)
        if record is None:
            record = self.concerns[concern] = Concern(concern, text.lang)
        index = self._index(text.lang)
        if concern in self._asleep[text.lang].centroids:
            index.restore(concern, self._asleep[text.lang].remove(concern))
        index.add(concern, text.bag, index.rarities(text.bag))
        text.concern = concern
        self._count(record, text.quote, text.at)

    # Second thoughts, and what an editor sees.

    def recluster(self) -> dict[Hashable, tuple[int, int]]:
        """Group the latest texts of each language anew and return the moves: key to (concern before, after).

        Texts that an editor has placed stay where they are.
        """
        changes: dict[Hashable, tuple[int, int]] = {}
        for base in list(self._latest):
            if (window := self.window_of(base)) is not None:
                window.work.compare(window.work.left)
                changes |= self.finish_recluster(window)
        return changes

    def window_sizes(self) -> dict[str, int]:
        """Return how many texts ``recluster`` looks at, by language."""
        return {base: len(latest) for base, latest in self._latest.items()}

    def window_of(self, base: str) -> LatestTexts | None:
        """Return the latest texts of a language, to be compared in slices; None where they are too few."""
        keys = [key for key in self._latest.get(base, ()) if key in self._texts]
        if len(keys) < 3:
            return None
        bags = [self._texts[key].bag for key in keys]
        return LatestTexts(tuple(keys), Reclustering(bags, self.threshold, common_terms(base)))

    def finish_recluster(self, window: LatestTexts) -> dict[Hashable, tuple[int, int]]:
        """Carry out what comparing the texts of ``window`` has shown, and return the moves as ``recluster`` does."""
        texts = [self._texts.get(key) for key in window.keys]
        after = window.work.result([text.concern if text else 0 for text in texts], self._found)
        changes: dict[Hashable, tuple[int, int]] = {}
        for key, text, concern in zip(window.keys, texts, after, strict=True):
            concern = self.resolve(concern)
            if text is not None and not text.pinned and self.grains.allow(text.concern, concern):
                changes[key] = (text.concern, concern)
                self._move(text, concern)
        return changes

    def label(self, concern: int) -> str:
        """Return the most typical reader's own words, shortened to a sentence ("" where none is kept)."""
        best = self.representatives(concern, 1)
        return shorten(best[0].text) if best else ""

    def representatives(self, concern: int, n: int = 3) -> list[Quote]:
        """Return up to n quotes of different people, the most typical first."""
        record = self.concerns.get(self.resolve(concern))
        if record is None:
            return []
        index = self._index(record.lang)
        centroid = index.centroids.get(record.id) or self._asleep[record.lang].centroids.get(record.id, {})
        return ranked(record.quotes, centroid, index.rarity)[:n]

    def cross_language_matches(self) -> list[CrossLanguageMatch]:
        """Return proposals that concerns in two languages are the same one."""
        return cross_language_matches(self._indexes, {c.id: c.texts for c in self.concerns.values()})

    def final(self) -> dict[Hashable, int]:
        """Return the present concern of every text that was added with a key."""
        return {key: text.concern for key, text in self._texts.items()}

    @classmethod
    def rebuild(cls, events: Iterable[tuple[str, dict[str, Any]]], **settings: Any) -> "Grouper":
        """Return the grouper that the recorded calls lead to: ("add", {...}), ("merge", {...}) and so on, in order."""
        allowed = {"add", "merge", "split", "must_link", "cannot_link", "forget", "recluster"}
        grouper = cls(**settings)
        for name, arguments in events:
            if name not in allowed:
                raise ValueError(f"{name!r} is no recorded act.")
            getattr(grouper, name)(**arguments)
        return grouper
