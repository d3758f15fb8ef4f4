"""Grouping of a file whose lines name their articles: within each article what is sure, and what to ask an editor."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from smeditor.insight.clustering.grouping import DESK_THRESHOLD, Grouper
from smeditor.insight.clustering.tokens import terms
from smeditor.insight.meaning.encoder import Encoder, Vector
from smeditor.insight.same_concern.evidence import Article, Text
from smeditor.insight.same_concern.groups import borne_out, sure_groups
from smeditor.insight.same_concern.probability import kind_of, scored
from smeditor.insight.same_concern.questions import Candidate, in_order, probability
from smeditor.insight.triage import triage

LARGEST = 600
"""Texts of an article that are compared with each other; of a longer article these many at a time, as they come."""
OPEN = 50_000
"""Texts that wait for more of their article; beyond them the article that grew last longest ago is grouped."""
ENCODED = 64
"""Texts that are encoded at once."""
COPY = 4
"""Distinct terms from which two equal texts under two articles are one concern: shorter ones are equal by chance."""
UNLIKELY = 0.02
"""Probability below which nobody is asked."""
ASKED = 100_000
"""Questions that are kept at most."""


class Question(NamedTuple):
    """Two texts by their places in the file and the probability that they raise the same concern."""

    first: int
    second: int
    probability: float


class _Waiting(NamedTuple):
    place: int
    text: str
    lang: str | None


class ArticleGrouper:
    """Groups texts within their articles; answers when ``finish`` is called.

    ``encoder``: what makes vectors, None for words alone. Only texts of one article are compared. A group is made of what is
    sure, and of what the words joined where the rest of the evidence bears it out; equal texts under several articles
    join their groups.
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder
        self.concerns: dict[int, int] = {}
        """Group of each text by its place, from 1 on; a text that stands alone is not there."""
        self._articles: OrderedDict[Hashable, list[_Waiting]] = OrderedDict()
        self._held = 0
        self._groups = 0
        self._copies: dict[tuple[str, ...], int] = {}
        self._joined: dict[int, int] = {}
        self._scores: list[tuple[list[int], list[str | None], list[Candidate]]] = []
        self.texts = 0

    def add(self, place: int, text: str, lang: str | None, article: Hashable) -> None:
        """Take a text in. ``place``: its number in the file; ``lang``: BCP 47 tag; ``article``: same key, same article."""
        self.texts += 1
        waiting = self._articles.setdefault(article, [])
        waiting.append(_Waiting(place, text, lang))
        self._articles.move_to_end(article)
        self._held += 1
        if len(waiting) >= LARGEST:
            self._group(article)
        while self._held > OPEN:
            self._group(next(iter(self._articles)))

    def finish(self) -> None:
        """Group what waits; ``concerns`` and ``questions`` are complete then."""
        while self._articles:
            self._group(next(iter(self._articles)))
        self.concerns = {place: self._now(group) for place, group in self.concerns.items()}

    def questions(self) -> Iterator[Question]:
        """Yield whom to ask about, best first: at most one question for each text."""
        most = min(self.texts, ASKED)
        ordered = in_order(
            [found for _places, _langs, found in self._scores], [langs for _, langs, _ in self._scores], most
        )
        for article, (first, second, log_odds) in ordered:
            places = self._scores[article][0]
            yield Question(places[first], places[second], probability(log_odds))

    def _group(self, key: Hashable) -> None:
        waiting = self._articles.pop(key)
        self._held -= len(waiting)
        texts = [_text(each) for each in waiting]
        article = Article(_with_vectors(texts, self.encoder))
        version = self.encoder.version if self.encoder is not None else ""
        candidates = [pair.candidate for pair in scored(article, version)]
        together = borne_out(_lexical(texts), candidates, kind_of(article, version))
        self._number([each.place for each in waiting], texts, sure_groups(len(texts), candidates, together))
        likely = [candidate for candidate in candidates if probability(candidate.log_odds) >= UNLIKELY]
        self._scores.append(([each.place for each in waiting], [text.lang for text in texts], likely))

    def _number(self, places: Sequence[int], texts: Sequence[Text], groups: Sequence[int]) -> None:
        """Give the article's groups numbers of the file; an equal text seen before joins the two groups."""
        numbers: dict[int, int] = {}
        for place, text, group in zip(places, texts, groups, strict=True):
            number = numbers.get(group)
            if number is None:
                self._groups += 1
                number = numbers[group] = self._groups
            self.concerns[place] = number
            bag = tuple(dict.fromkeys(terms(text.text, text.lang)))
            if len(bag) >= COPY:
                before = self._now(self._copies.setdefault(bag, number))
                number = self._now(number)
                if before != number:
                    self._joined[max(before, number)] = min(before, number)

    def _now(self, group: int) -> int:
        while group in self._joined:
            group = self._joined[group]
        return group


def _text(waiting: _Waiting) -> Text:
    found = triage(waiting.text, waiting.lang)
    return Text(waiting.place, waiting.text, waiting.lang or found.lang, frozenset(found.labels))


def _lexical(texts: Sequence[Text]) -> list[int | None]:
    """The groups that the words alone make, as the desk makes them."""
    grouper = Grouper(DESK_THRESHOLD)
    return [grouper.add(text.text, text.lang).concern_id for text in texts]


def _with_vectors(texts: list[Text], encoder: Encoder | None) -> list[Text]:
    """Return the texts with their vectors; without any where the encoder fails."""
    if encoder is None:
        return texts
    vectors: list[Vector] = []
    for start in range(0, len(texts), ENCODED):
        found = encoder.vectors([text.text for text in texts[start : start + ENCODED]])
        if found is None:
            return texts
        vectors += found
    return [
        Text(t.key, t.text, t.lang, t.labels, v, t.thread, t.contested) for t, v in zip(texts, vectors, strict=True)
    ]
