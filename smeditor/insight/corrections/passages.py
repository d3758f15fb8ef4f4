"""Find what a correction request is about: the passage of the article, the claim, and whether others asked the same.

Pure functions over strings. What readers quote, which numbers and names they use, and words that are rare in the
article point to the paragraph and the sentence that they mean.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from smeditor.insight.clustering.tokens import base_language, terms

MAX_TEXT = 4_000
MAX_PARAGRAPHS = 400
ENOUGH = 1.6
"""The least score of a passage: one number or name in common with the article, or two of its rarer words."""

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?=\s|$|[»”\"])[»”\"]?|(?<=\S)[.!?…](?=\S)|$|\n)?")
_QUOTED = re.compile(r"«\s*([^«»]{2,400}?)\s*»|“([^“”]{2,400})”|\"([^\"]{2,400})\"|‘([^‘’]{3,400})’(?!\w)")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f\u2009 ]\d{3})*(?:[.,]\d+)?")
_NAME = re.compile(r"(?<![.!?…\n«“\"] )(?<!^)\b[A-ZÀ-ÖØ-Þ][\w'’-]*[\w](?:[ -][A-ZÀ-ÖØ-Þ][\w'’-]+)*")
_SPELLING_TERMS = re.compile(
    r"(?i)\b(?:fautes? d['’](?:orthographe|accord|inattention)|fautes? de (?:frappe|grammaire|français)|coquilles?|"
    r"s['’](?:écrit|orthographie)|accent|majuscule|virgule|apostrophe|typos?|misspel\w+|misprint|spell(?:ed|ing|t)|"
    r"punctuation|hyphen|manque (?:un|une) (?:mot|lettre|accent)|word missing|missing (?:word|letter))\b"
)
_NOT = re.compile(
    r"(?i)(?:\bet non(?: pas)?\b|\bet pas\b|[,;:] ?(?:pas|non|not|and not)\b|\band not\b|\bnot\b|\bau lieu de\b|"
    r"\binstead of\b|\brather than\b|\bplutôt que\b|\bpas\b)"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """The place in the article that a request is about.

    ``paragraph``: its index; ``start``, ``end``: the sentence's characters in it; ``text``: that sentence;
    ``score``: how much points there, from ``ENOUGH`` up; ``shared``: the quoted words, numbers, names and words that the
    request and the sentence have in common, the strongest first.
    """

    paragraph: int
    start: int
    end: int
    text: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a reader says is wrong.

    ``kind``: "typo" or "fact"; ``right``: what should stand there, ``wrong``: what stands there, both as the reader
    wrote them, empty where they do not say it in a form that can be read.
    """

    kind: str
    sentence: str
    right: str = ""
    wrong: str = ""


def quoted(text: str) -> list[str]:
    """Return what ``text`` sets in quotation marks."""
    return [next(filter(None, groups)) for groups in _QUOTED.findall(text[:MAX_TEXT])]


def numbers(text: str) -> set[str]:
    """Return the numbers of ``text``, written one way: "1 240", "1,240" and "1240" are the same, "4,2" is "4.2"."""
    return {_plain_number(found) for found in _NUMBER.findall(text[:MAX_TEXT])}


def _plain_number(found: str) -> str:
    joined = re.sub(r"[.,\u00a0\u202f\u2009 ](?=\d{3}(?:\D|$))", "", found)
    return joined.replace(",", ".").rstrip(".")


def names(text: str) -> set[str]:
    """Return words with a capital inside a sentence, in lower case: the names, near enough."""
    return {
        word.lower() for found in _NAME.findall(text[:MAX_TEXT]) for word in re.split(r"[ -]", found) if len(word) > 2
    }


def locate(text: str, paragraphs: Sequence[str], lang: str | None = None) -> Passage | None:
    """Return the sentence of ``paragraphs`` (plain text, in reading order) that ``text`` contests, or None.

    A quotation counts most, and also when it is not quite literal; then numbers and names, each the more the rarer it
    is in the article; then words. Ties go to the earlier sentence.
    """
    text = text[:MAX_TEXT]
    sentences = [
        (index, match.start(), match.end(), match.group())
        for index, paragraph in enumerate(paragraphs[:MAX_PARAGRAPHS])
        for match in _SENTENCE.finditer(paragraph)
        if match.group().strip()
    ]
    if not sentences or not text.strip():
        return None
    bags = [_pointers(sentence, lang) for *_, sentence in sentences]
    spread = Counter(pointer for bag in bags for pointer in bag)
    wanted, quotations = _pointers(text, lang), quoted(text)
    best: Passage | None = None
    for (index, start, end, sentence), bag in zip(sentences, bags, strict=True):
        score, shared = _agreement(wanted, bag, spread, len(sentences))
        for quotation in quotations:
            likeness = _contains(sentence, quotation)
            if likeness:
                score += 4 * likeness
                shared.insert(0, quotation)
        if score >= ENOUGH and (best is None or score > best.score):
            lead = len(sentence) - len(sentence.lstrip())
            best = Passage(index, start + lead, end, sentence.strip(), round(score, 3), tuple(shared))
    return best


def _pointers(text: str, lang: str | None) -> dict[str, float]:
    """Return what may point from one text to another, and its worth: numbers 1.5, names 1.2, words .5."""
    found: dict[str, float] = {term: 0.5 for term in terms(text, lang) if len(term) > 3}
    found |= dict.fromkeys(sorted(names(text)), 1.2)
    found |= dict.fromkeys(sorted(numbers(text)), 1.5)
    return found


def _agreement(
    wanted: dict[str, float], bag: dict[str, float], spread: Counter[str], total: int
) -> tuple[float, list[str]]:
    shared = sorted(
        (
            (worth * (0.4 + math.log((1 + total) / spread[pointer])), pointer)
            for pointer, worth in wanted.items()
            if pointer in bag
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return sum(worth for worth, _ in shared), [pointer for _, pointer in shared]


def _contains(sentence: str, quotation: str) -> float:
    """Return 1.0 if ``sentence`` holds ``quotation``, its likeness (from .75) if nearly so, else 0."""
    low, wanted = sentence.lower(), quotation.lower().strip(" .,;:!?…")
    if len(wanted) < 3:
        return 0.0
    if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", low):
        return 1.0
    if len(wanted) < 8 or len(low) > 1_500:
        return 0.0
    matcher = SequenceMatcher(None, low, wanted, autojunk=False)
    covered = sum(block.size for block in matcher.get_matching_blocks() if block.size >= 4)
    return covered / len(wanted) if covered / len(wanted) >= 0.75 else 0.0


def claim(text: str) -> Claim:
    """Return what ``text`` claims, from the sentence that opposes two things ("12, not 21"), else the first one."""
    sentences = [match.group().strip() for match in _SENTENCE.finditer(text[:MAX_TEXT]) if match.group().strip()]
    if not sentences:
        return Claim("fact", "")
    best = max(sentences, key=lambda sentence: bool(_NUMBER.search(sentence)) + 2 * bool(_NOT.search(sentence)))
    right, wrong = _sides(best)
    kind = "typo" if is_typo(text, right, wrong) else "fact"
    return Claim(kind, best, right, wrong)


def _sides(sentence: str) -> tuple[str, str]:
    """Return what is said to be right and wrong in "A, not B": numbers or names of the same kind on both sides."""
    match = _NOT.search(sentence)
    if match is None:
        return "", ""
    before, after = sentence[: match.start()], sentence[match.end() :]
    for pattern in (_NUMBER, _NAME):
        left, right = pattern.findall(before), pattern.findall(after)
        if left and right:
            return left[-1], right[0]
    return "", ""


def is_typo(text: str, right: str = "", wrong: str = "") -> bool:
    """Tell whether a request is about spelling rather than a fact.

    It is if the reader says so, or if what is right and wrong are two spellings of one word (never of a number).
    """
    if _SPELLING_TERMS.search(text[:MAX_TEXT]):
        return True
    if not right or not wrong or right[0].isdigit() or wrong[0].isdigit():
        return False
    return SequenceMatcher(None, right.lower(), wrong.lower()).ratio() >= 0.8


def similarity(text: str, other: str, lang: str | None = None) -> float:
    """Return from 0 to 1 how much two requests are about the same thing: shared numbers and names weigh most."""
    lang = base_language(lang)
    left, right = _pointers(text, lang), _pointers(other, lang)
    if not left or not right:
        return 0.0
    common = sum(worth * worth for pointer, worth in left.items() if pointer in right)
    size = math.sqrt(sum(w * w for w in left.values()) * sum(w * w for w in right.values()))
    return round(min(common / size, 1.0), 4)


def alike(text: str, others: Sequence[str], lang: str | None = None, least: float = 0.4) -> list[tuple[int, float]]:
    """Return index and similarity of those ``others`` that ask for the same as ``text``, the likest first."""
    found = [(index, similarity(text, other, lang)) for index, other in enumerate(others)]
    return sorted((pair for pair in found if pair[1] >= least), key=lambda pair: (-pair[1], pair[0]))
