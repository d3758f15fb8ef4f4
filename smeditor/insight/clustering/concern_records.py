"""What is kept of a concern besides its terms: its size in people, and a few of its readers' own words."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from smeditor.insight.clustering.tokens import terms

QUOTES_KEPT = 12
QUOTE_CHARS = 500
LABEL_CHARS = 90

_lead = re.compile(r"^(?:\s|@[\w.@-]+|https?://\S+|[#>*•«»\"'“”–—-])+")
_address = re.compile(r"https?://\S+|(?<![\w.])@\w[\w.@-]*")
_stray = re.compile(r"[\s,;:]+(?=[,.?!](?:\s|$))")
_trail = re.compile(r"(?:\s*#\w+)+[\s.!]*$")
_spaces = re.compile(r"[\s\x00-\x1f\x7f]+")
_sentences = re.compile(r"(?<=[.!?…。！？])\s+")
_clauses = re.compile(r"\s*[,;:()–—]\s+|\s[-(]\s?|\s(?=(?:because|but|while|whereas|parce que|mais|alors que)\s)")
# Words that announce another one: a label that ends with one reads as if it had been torn off.
_hanging = re.compile(
    r"\s(?:a|an|the|of|to|in|on|at|by|for|from|with|and|or|that|as|is|are|was|my|our|your|their|"
    r"le|la|les|un|une|des|du|de|au|aux|à|en|dans|par|pour|sur|avec|et|ou|que|qui|est|sont|mon|ma|nos|vos|\w{1,4}['’])$",
    re.IGNORECASE,
)


class Quote(NamedTuple):
    """A reader's own words within a concern."""

    text: str
    author: Hashable
    key: Hashable
    lang: str | None
    similarity: float


@dataclass(slots=True)
class Concern:
    """One concern: permanent id, language, size in texts and in distinct people, first and last time, some quotes."""

    id: int
    lang: str
    texts: int = 0
    authors: dict[Hashable, int] = field(default_factory=dict)
    """How many of its texts each author wrote."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    quotes: list[Quote] = field(default_factory=list)
    _least: float = 0.0

    @property
    def people(self) -> int:
        """Distinct authors; texts whose author is not known count for nobody."""
        return len(self.authors)

    def count(self, author: Hashable, at: datetime | None) -> None:
        """Count a text of an author (None: not known)."""
        self.texts += 1
        if author is not None:
            self.authors[author] = self.authors.get(author, 0) + 1
        if at is not None:
            if self.first_at is None or at < self.first_at:
                self.first_at = at
            if self.last_at is None or at > self.last_at:
                self.last_at = at

    def leave(self, quote: Quote) -> None:
        """Count a text no more, and drop what it is quoted with."""
        self.texts -= 1
        self.quotes = [kept for kept in self.quotes if kept.key != quote.key]
        left = self.authors.get(quote.author, 0) - 1
        if left > 0:
            self.authors[quote.author] = left
        else:
            self.authors.pop(quote.author, None)

    def wants(self, similarity: float) -> bool:
        """True where a quote of this similarity would be kept: there is room, or it stands nearer than another."""
        return len(self.quotes) < QUOTES_KEPT or similarity > self._least

    def keep(self, quote: Quote) -> None:
        """Keep a quote within the limit; one person has one quote, so that nobody speaks for all."""
        if quote.author is not None and any(q.author == quote.author for q in self.quotes):
            return
        if not self.wants(quote.similarity):
            return
        quotes = self.quotes
        quotes.append(quote)
        if len(quotes) < QUOTES_KEPT:
            return
        similarities = [q.similarity for q in quotes]
        if len(quotes) > QUOTES_KEPT:
            least = similarities.index(min(similarities))
            del quotes[least], similarities[least]
        self._least = min(similarities)

    def merge(self, other: "Concern") -> None:
        """Take over what another concern counted."""
        self.texts += other.texts
        for author, texts in other.authors.items():
            self.authors[author] = self.authors.get(author, 0) + texts
        times = [t for t in (self.first_at, self.last_at, other.first_at, other.last_at) if t is not None]
        self.first_at, self.last_at = (min(times), max(times)) if times else (None, None)
        for quote in other.quotes:
            self.keep(quote)


def ranked(quotes: list[Quote], centroid: Mapping[str, int], rarity: Callable[[str], float]) -> list[Quote]:
    """Return the quotes, the most typical first: nearest to the concern's terms, neither a scrap nor a screed."""

    def typical(quote: Quote) -> float:
        bag = dict.fromkeys(terms(quote.text, quote.lang))
        if not bag:
            return 0.0
        shared = sum(centroid.get(term, 0) * rarity(term) for term in bag)
        length = sum(rarity(term) for term in bag) ** 0.5 or 1.0
        return shared / length * min(1.0, len(bag) / 4)

    return sorted(quotes, key=lambda q: (-typical(q), len(q.text), q.text))


def shorten(text: str, limit: int = LABEL_CHARS) -> str:
    """Return the text's first telling sentence, cut between clauses or words so that it reads like a headline.

    Mentions, links, hashtags at the end and quotation marks around it are dropped; nothing is added but an ellipsis
    where words were cut within a clause. Only a script without spaces is cut between two characters.
    """
    clean = _spaces.sub(" ", _address.sub(" ", _lead.sub("", text))).strip()
    clean = (_trail.sub("", clean).strip() or clean).replace("#", "")
    if _address.search(text):
        clean = _stray.sub("", clean)  # the comma before whoever was addressed
    sentences = [s for s in _sentences.split(clean) if len(s.split()) >= 3 or not s.isascii()] or [clean]
    best = sentences[0].strip(" \"'«»“”")
    if len(best) > limit:
        best = _clause(best, limit) or _cut_at_space(best, limit)
    best = best.rstrip(" .,;:")
    return best[:1].upper() + best[1:]


def _clause(sentence: str, limit: int) -> str:
    """The longest beginning that ends with a clause and fills a third of the limit; "" where there is none."""
    ends = [match.start() for match in _clauses.finditer(sentence)]
    fitting = [end for end in ends if limit // 3 <= end <= limit]
    return sentence[: fitting[-1]] if fitting else ""


def _cut_at_space(sentence: str, limit: int) -> str:
    """The words that fit, without those at the end that announce another one, and an ellipsis."""
    head = sentence[:limit]
    kept = (head[: head.rindex(" ")] if " " in head else head[: limit - 1]).rstrip(" ,;:–—-")
    while found := _hanging.search(kept):
        kept = kept[: found.start()].rstrip(" ,;:–—-")
    return kept + "…"
