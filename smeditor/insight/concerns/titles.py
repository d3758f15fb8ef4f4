"""A concern's label: the words of the reader who says it most like the others, shortened to a sentence."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection

from smeditor.insight.clustering.concern_records import shorten
from smeditor.insight.clustering.tokens import terms
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Concern, Label, Reaction, ReactionLabel, ReactionText

LONGEST = 140
SAMPLE = 60

ADDRESS = re.compile(r"https?://\S+|(?<!\w)@[\w.@-]+")
TRAIL = re.compile(r"(?:\s*#\w+)+\s*$")
# Where a sentence ends: a mark before a space, so that "21.30" and "3.5" hold together.
BETWEEN = re.compile(r"(?<=[.!?…])\s+|\n+")


def label_of(concern: Concern, without: Collection[int] = ()) -> str:
    """Return the label of a concern from its members' words; "" when all of them are erased.

    Neither what may be a tip is quoted, nor what only a legal hold keeps, nor the reactions ``without`` (ids).
    """
    tips = ReactionLabel.objects.filter(label=Label.TIP, present=True).values("reaction")
    texts = list(
        ReactionText.objects.filter(reaction__concern_member__concern=concern)
        .exclude(text="")
        .exclude(kept_only_by_hold(to="reaction__"))
        .exclude(reaction__queue=Reaction.Queue.PROTECTED)
        .exclude(reaction__in=tips)
        .exclude(reaction__in=list(without))
        .order_by("reaction_id")
        .values_list("masked", "text")[:SAMPLE]
    )
    sentences = [sentence for masked, text in texts for sentence in _sentences(masked or text)]
    return _central(sentences, concern.language)


def _sentences(text: str) -> list[str]:
    plain = TRAIL.sub("", ADDRESS.sub(" ", text)).replace("#", "")
    found = (" ".join(part.split()).strip(" ,;:–-") for part in BETWEEN.split(plain))
    return [sentence for sentence in found if len(sentence.split()) >= 3]


def _central(sentences: list[str], language: str) -> str:
    """The sentence that shares most with all others, a question preferred, a short one preferred."""
    if not sentences:
        return ""
    bags = [set(terms(sentence, language or None)) for sentence in sentences]
    shared = Counter(term for bag in bags for term in bag)

    def weight(position: int) -> tuple[float, int]:
        bag, sentence = bags[position], sentences[position]
        common = sum(shared[term] - 1 for term in bag) / math.sqrt(len(bag) + 1)
        return common * (1.25 if sentence.endswith("?") else 1.0) * min(1.0, LONGEST / len(sentence)), -position

    best = sentences[max(range(len(sentences)), key=weight)]
    return shorten(best, LONGEST)
