"""A concern's label: the words of the reader who says it most like the others, shortened to a sentence."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import regex
from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.concern_records import shorten
from smeditor.insight.clustering.tokens import base_language, terms
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Concern, Label, Reaction, ReactionLabel, ReactionText

LONGEST = 140
LEAST_TOKENS = 6
"""A sentence of fewer words rarely says what it is about."""
SAMPLE = 60
"""Texts of a concern, the oldest first, that it is named by."""
TERMS = 24
"""Terms of a concern that are kept with it."""
ALONE = 0.2
"""What a word counts that no other sentence has, beside 1 for each that has it."""
SEEN = 0.001
"""Share of texts in which a term is expected of which nothing is known."""

ADDRESS = re.compile(r"https?://\S+|(?<!\w)@[\w.@-]+")
TRAIL = re.compile(r"(?:\s*#\w+)+\s*$")
# Where a sentence ends: a mark before a space, so that "21.30" and "3.5" hold together.
BETWEEN = re.compile(r"(?<=[.!?…])\s+|\n+")


class Name(NamedTuple):
    """What a concern is called, and the terms that two of its texts at least share, with their numbers of texts.

    The terms are what a process that starts knows of a concern whose texts are many or long past. They come from texts
    that are there, never from what a process remembers, and go as soon as one of the concern's texts is erased.
    """

    label: str
    terms: dict[str, int]


def label_of(concern: Concern, without: Collection[int] = ()) -> str:
    """Return the label of a concern from its members' words; "" when all of them are erased.

    Neither what may be a tip is quoted, nor what only a legal hold keeps, nor the reactions ``without`` (ids); and what
    insults somebody only where nothing else is there.
    """
    return names_of([concern], without)[concern.pk].label


def names_of(concerns: Iterable[Concern], without: Collection[int] = ()) -> dict[int, Name]:
    """Return the names of concerns, by their ids, with one query; arguments as of :func:`label_of`."""
    languages = {concern.pk: concern.language for concern in concerns}
    place = Window(RowNumber(), partition_by="reaction__concern_member__concern", order_by="reaction")
    rows = (
        nameable()
        .filter(reaction__concern_member__concern__in=languages)
        .exclude(reaction__in=list(without))
        .annotate(place=place, concern=F("reaction__concern_member__concern"), insults=_labelled(Label.ABUSE))
        .filter(place__lte=SAMPLE)
        .order_by("concern", "reaction")
    )
    texts: dict[int, list[str]] = {pk: [] for pk in languages}
    civil: dict[int, list[str]] = {pk: [] for pk in languages}
    for concern, masked, text, insults in rows.values_list("concern", "masked", "text", "insults"):
        texts[concern].append(masked or text)
        if not insults:
            civil[concern].append(masked or text)
    return {pk: _name(civil[pk] or texts[pk], language) for pk, language in languages.items()}


def nameable() -> QuerySet[ReactionText]:
    """The texts that a concern may be named by."""
    return (
        ReactionText.objects.exclude(text="")
        .exclude(kept_only_by_hold(to="reaction__"))
        .exclude(reaction__queue=Reaction.Queue.PROTECTED)
        .filter(~_labelled(Label.TIP))
    )


def _labelled(label: Label) -> Exists:
    return Exists(ReactionLabel.objects.filter(reaction=OuterRef("reaction"), label=label, present=True))


def _name(texts: list[str], language: str) -> Name:
    sentences = [(place, sentence) for place, text in enumerate(texts) for sentence in _sentences(text)]
    bags = [set(terms(sentence, language or None)) for _place, sentence in sentences]
    terms_of: dict[int, set[str]] = {}
    for (place, _sentence), bag in zip(sentences, bags, strict=True):
        terms_of.setdefault(place, set()).update(bag)
    label = _central([sentence for _place, sentence in sentences], bags, language)
    return Name(
        label or _shortest(texts), _telling(Counter(term for bag in terms_of.values() for term in bag), language)
    )


def _telling(counts: Mapping[str, int], language: str) -> dict[str, int]:
    """The terms of several texts, those first that say most by how many have them and how rare they are elsewhere."""
    common = common_terms(base_language(language or None))
    shared = {term: n for term, n in counts.items() if n > 1}
    order = sorted(shared, key=lambda term: (shared[term] * math.log(max(common.get(term, 0.0), SEEN)), term))
    return {term: shared[term] for term in order[:TERMS]}


def _sentences(text: str) -> list[str]:
    plain = TRAIL.sub("", ADDRESS.sub(" ", text)).replace("#", "")
    found = (" ".join(part.split()).strip(" ,;:–-") for part in BETWEEN.split(plain))
    return [sentence for sentence in found if len(sentence.split()) >= 3]


def _central(sentences: list[str], bags: list[set[str]], language: str) -> str:
    """The sentence that says most of what all others say, the clearest one where several do."""
    if not sentences:
        return ""
    shared = Counter(term for bag in bags for term in bag)
    common = common_terms(base_language(language or None))

    def weight(position: int) -> tuple[float, int]:
        bag, sentence = bags[position], sentences[position]
        agreed = sum((shared[term] - 1 + ALONE) * -math.log(max(common.get(term, 0.0), SEEN)) for term in bag)
        return agreed / math.sqrt(len(bag) + 1) * clarity(sentence), -position

    best = sentences[max(range(len(sentences)), key=weight)]
    return shorten(best, LONGEST)


UNCLEAR = re.compile(
    r"^(?:et|mais|donc|car|ou|alors|bon|ben|euh|non|oui|and|but|so|or|well|yes|no|because)\b"  # goes on from elsewhere
    r"|^(?:il|elle|ils|elles|ça|ca|cela|celui|celle|ceux|celles|he|she|they|it|those|these|this|that)\b(?!.*\?)"
    r"|^c['’](?:est|était)\b(?!.*\?)",  # says of whom or of what only where it was said
    re.IGNORECASE,
)
TELLS = re.compile(r"^(?:je|j['’]|moi|mon|ma|mes|i|i['’]\w+|my|me)\b", re.IGNORECASE)
"""What happened to one reader: true, and rarely what all of them raise."""
QUOTES = (("«", "»"), ("“", "”"))
LOUD = regex.compile(r"[!?]{2,}|\*{2,}|\p{Extended_Pictographic}|…|\.\.")


def clarity(sentence: str) -> float:
    """Return how well a sentence would stand as a title, about 1: a question that stands by itself does best."""
    value = 1.25 if sentence.endswith("?") else 1.0
    value *= min(1.0, LONGEST / len(sentence)) * min(1.0, len(sentence.split()) / LEAST_TOKENS)
    if any(sentence.count(first) != sentence.count(last) for first, last in QUOTES):
        value *= 0.6
    if TELLS.search(sentence):
        value *= 0.8
    if UNCLEAR.search(sentence):
        value *= 0.75
    if LOUD.search(sentence):
        value *= 0.75
    alphabetic = [character for character in sentence if character.isalpha()]
    if alphabetic and sum(map(str.isupper, alphabetic)) > len(alphabetic) / 2:
        value *= 0.6
    return value


def _shortest(texts: list[str]) -> str:
    """The shortest text as it is, where none has a sentence: a concern whose readers wrote has a name."""
    return " ".join(min(texts, key=len)[:LONGEST].split()) if texts else ""
