"""The stages of triage: small pure functions, each taking what the one before it found.

read → detect the language → find rules → drop what is negated or quoted → add up → raise → turn abuse into a call for
help → rank as a tip. ``triage`` runs them; ``explain`` runs them and keeps what they saw.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from smeditor.insight.triage import firsthand, language, match, tip_rank
from smeditor.insight.triage.match import Hit
from smeditor.insight.triage.normal import Reading, fold
from smeditor.insight.triage.result import AIMED_AT_JOURNALIST, LABELS, Context, Span, Triage
from smeditor.insight.triage.rules import LanguageRules, Rule, RuleBook, shipped

SHARED = 2
"""From so many distinct people on, a concern is shared: then abuse in it is a call for help."""
MAX_SPANS = 50
MASK = "•"
_RAISE = 1.0
_REASON = 0.6
_MOST_OF_ONE_KIND = {"offer": 0.6, "contact": 0.6, "sign": 0.3}
"""What all cues of spam of one kind come to, at most: no two kinds raise it but an offer and a way to get in touch."""
_REASONS = ("criticism", "question", "correction", "suggestion", "testimony", "tip", "call_for_help")
_QUESTION_MARK = re.compile(r"[?？؟\u037e՞]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that was found, for ``explain``: what it is, where, the words, and whether it counted."""

    label: str
    rule: str
    why: str
    weight: float
    start: int
    end: int
    text: str
    counted: bool


def triage(text: str, lang: str | None = None, context: Context | None = None, book: RuleBook | None = None) -> Triage:
    """Return what ``text`` is to an editor. Never raises, whatever the text; the same answer for the same input.

    ``lang``: what the network declared, if anything. ``context``: what is known beside the text. ``book``: other rules
    than the shipped ones, for a re-run.
    """
    book = book or shipped()
    reading = Reading(text)
    lang = language.detect(reading.tokens, lang, book)
    rules = book.get(lang)
    if rules is None:
        return _without_rules(reading, lang, book.version)
    hits = match.find(reading, rules)
    if hits:
        hits = match.standing(hits, reading, rules, match.quotations(reading.text))
    if not hits:
        return _by_rank_alone(reading, lang, book.version)
    verdict = judge(tuple(dict.fromkeys([rule for _, _, rule in hits])))
    tip_score = rank_as_tip(reading, verdict)
    if not verdict.abuse:
        return Triage(
            lang=lang,
            labels=verdict.labels,
            scores=ranked(verdict.scores, verdict.labels, tip_score),
            evidence=reasons(hits, verdict.labels, reading) if verdict.labels else {},
            version=book.version,
            tip_score=tip_score,
        )
    raised, sums = call_for_help(set(verdict.labels), verdict.sums, context)
    return Triage(
        lang=lang,
        labels=tuple(label for label in LABELS if label in raised),
        scores=ranked(scores(sums), raised, tip_score),
        evidence=reasons(hits, raised, reading),
        version=book.version,
        masked=mask(reading.text, insults(reading, rules)) if "call_for_help" in raised else None,
        tip_score=tip_score,
        markers=(AIMED_AT_JOURNALIST,) if aimed_at_journalist(reading, hits, context) else (),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a set of rules comes to, whatever the text: sums and scores by label, the labels raised, cues from inside."""

    sums: dict[str, float]
    labels: tuple[str, ...]
    scores: dict[str, float]
    inside: float
    abuse: bool


@lru_cache(maxsize=20_000)
def judge(found: tuple[Rule, ...]) -> Verdict:
    """Return the verdict of the distinct rules ``found``. The same few rules meet again and again: it is remembered."""
    sums, inside = add_up(found)
    labels = tuple(label for label in LABELS if sums.get(label, 0) >= _RAISE)
    return Verdict(sums, labels, scores(sums), inside, "abuse" in labels)


def rank_as_tip(reading: Reading, verdict: Verdict) -> float:
    """Return the rank of a text as a tip, from 0 to 1: an advertisement is none, whoever was there comes first."""
    if "spam" in verdict.labels:
        return 0.0
    return tip_rank.rank(verdict.sums.get("tip", 0.0), verdict.inside, firsthand.strength(reading))


def ranked(found: dict[str, float], raised: Collection[str], tip_score: float) -> dict[str, float]:
    """Return the scores ``found`` with that of a tip in the order of ``tip_score``: the upper half is for those raised."""
    if "tip" in raised:
        return {**found, "tip": round(0.5 + tip_score / 2, 4)}
    others = found if "tip" not in found else {label: score for label, score in found.items() if label != "tip"}
    return {**others, "tip": round(tip_score / 2, 4)} if tip_score > tip_rank.NEUTRAL else dict(others)


def scores(sums: dict[str, float]) -> dict[str, float]:
    """Return the score of each label that anything spoke for."""
    return {label: squash(sums[label]) for label in LABELS if sums.get(label, 0) > 0}


def squash(total: float) -> float:
    """Return a sum of weights as a score from 0 to 1 that is .5 where the label is raised (1 - 2^-total)."""
    return round(1 - 2.0**-total, 4)


def add_up(found: Iterable[Rule]) -> tuple[dict[str, float], float]:
    """Return the sum of weights of each label over the distinct rules ``found``, and how far cues of ``INSIDE`` are in it.

    The sum of a tip counts the strongest rule of each kind of cue in full and further ones by a quarter: a place, a time
    and a document are worth more than three places. Spam is what has an offer and a way to get in touch. A plain offer
    rules other labels out; whoever merely speaks of money may well ask or thank.
    """
    sums: dict[str, float] = {}
    cues: dict[str, list[float]] = {}
    signs: list[Rule] = []
    for rule in found:
        if rule.label == "spam" and rule.cue:
            signs.append(rule)
            continue
        if rule.cue:
            cues.setdefault(rule.cue, []).append(rule.weight)
        else:
            sums[rule.label] = sums.get(rule.label, 0.0) + rule.weight
        for label in rule.against:
            sums[label] = sums.get(label, 0.0) - rule.weight
    strongest = {cue: max(weights, key=lambda weight: (abs(weight), weight)) for cue, weights in cues.items()}
    if cues:
        more = sum(0.25 * (sum(weights) - strongest[cue]) for cue, weights in cues.items())
        sums["tip"] = round(sum(strongest.values()) + more + sums.get("tip", 0.0), 4)
    if signs:
        kinds = advertising(signs)
        sums["spam"] = round(sums.get("spam", 0.0) + sum(kinds.values()), 4)
        if sums["spam"] >= _RAISE or kinds.get("offer") == _MOST_OF_ONE_KIND["offer"]:
            untrue = {label for rule in signs for label in rule.against}
            sums = {label: total for label, total in sums.items() if label not in untrue}
    inside = sum(strongest.get(cue, 0.0) for cue in tip_rank.INSIDE) if "tip" in sums else 0.0
    # Weights have two decimals; what is summed in another order must not miss the threshold by the last bit.
    return {label: round(total, 4) for label, total in sums.items()}, round(inside, 4)


def advertising(signs: Iterable[Rule]) -> dict[str, float]:
    """Return what the distinct cues of spam come to by kind, none more than ``_MOST_OF_ONE_KIND``."""
    kinds: dict[str, float] = {}
    for rule in signs:
        kinds[rule.cue] = min(kinds.get(rule.cue, 0.0) + rule.weight, _MOST_OF_ONE_KIND[rule.cue])
    return kinds


def offers_and_tells_how(text: str, lang: str, book: RuleBook | None = None) -> bool:
    """Tell whether rules find both in ``text``: something offered, and a way to get in touch, however faint.

    Alone they raise nothing below ``_RAISE``; with a second opinion they may. ``lang``: as ``triage`` answered it.
    """
    book = book or shipped()
    reading, rules = Reading(text), book.get(lang)
    if rules is None:
        return False
    hits = match.standing(match.find(reading, rules), reading, rules, match.quotations(reading.text))
    kinds = advertising({rule for _, _, rule in hits if rule.label == "spam" and rule.cue})
    return kinds.get("offer", 0.0) > 0 and kinds.get("contact", 0.0) > 0


def has_insult(text: str, lang: str) -> bool:
    """Tell whether a word of ``text``, not quoted, is an insult to the rules, whether or not it raises anything.

    What also names a thing (*les ordures*, a dog) is none here: with nothing but likelihood beside it, it says too little.
    """
    rules = shipped().get(lang)
    return rules is not None and bool(insults(Reading(text), rules, without="@insult_thing"))


def is_not_the_authors_own(text: str, lang: str) -> bool:
    """Tell whether rules find an insult in ``text`` that does not count: negated, quoted, or something speaks against it."""
    found = [finding for finding in explain(text, lang) if finding.label == "abuse"]
    return any(finding.weight < 0 or not finding.counted for finding in found)


def call_for_help(
    raised: set[str], sums: dict[str, float], context: Context | None
) -> tuple[set[str], dict[str, float]]:
    """Return ``raised`` and ``sums`` with "call_for_help" where abuse comes with a reason to answer it.

    A reason is a grievance, a question or a concern that several people share: abuse never hides those.
    """
    shared = context is not None and context.people_in_concern >= SHARED
    if shared or any(sums.get(reason, 0) >= _REASON for reason in _REASONS):
        raised = raised | {"call_for_help"}
        sums = {**sums, "call_for_help": max(sums.get("call_for_help", 0.0), _RAISE)}
    return raised, sums


def insults(reading: Reading, rules: LanguageRules, without: str | None = None) -> list[tuple[int, int]]:
    """Return the spans of the insulting words that are the author's own, not quoted. ``without``: a class that is left out."""
    quoted = match.quotations(reading.text)
    spans = []
    for place, word in enumerate(reading.tokens):
        entry = rules.memory[word]
        if entry is not None and any(key.startswith("@insult") and key != without for key in entry.keys):
            span = reading.spans[place]
            if not any(low <= span[0] < high for low, high in quoted):
                spans.append(span)
    return spans


def mask(text: str, spans: list[tuple[int, int]]) -> str:
    """Return ``text`` with every character of ``spans`` as a dot; its length and all other words stay."""
    chars = list(text)
    for start, end in spans:
        for place in range(max(start, 0), min(end, len(chars))):
            if not chars[place].isspace():
                chars[place] = MASK
    return "".join(chars)


def aimed_at_journalist(reading: Reading, hits: list[Hit], context: Context | None) -> bool:
    """Tell whether abuse in ``reading`` is aimed at a journalist whom ``context`` names.

    Either the text names one of them, or it answers a journalist and speaks to "you".
    """
    if context is None:
        return False
    text = " ".join(reading.tokens)
    plain = fold(text)
    for name in context.journalists:
        wanted = fold(name.strip().lstrip("@")).split("@")[0]
        parts = [wanted, wanted.split()[-1] if wanted.split() else ""]
        if any(len(part) > 2 and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", plain) for part in parts):
            return True
    return context.answers_journalist and any(rule.id.startswith("abuse-you") for _, _, rule in hits)


def reasons(hits: list[Hit], raised: Collection[str], reading: Reading) -> dict[str, list[Span]]:
    """Return for each raised label the spans, in the original text, of the rules that spoke for it."""
    evidence: dict[str, list[Span]] = {label: [] for label in LABELS if label in raised}
    if not evidence:
        return evidence
    places = reading.spans
    for first, last, rule in hits:
        spans = evidence.get(rule.label)
        if spans is not None and rule.weight > 0 and len(spans) < MAX_SPANS:
            spans.append((places[first][0], places[last - 1][1], rule.id))
    for spans in evidence.values():
        spans.sort()
    if "call_for_help" in evidence and not evidence["call_for_help"]:
        evidence["call_for_help"] = list(evidence.get("abuse", ()))
    return evidence


def explain(text: str, lang: str | None = None, book: RuleBook | None = None) -> list[Finding]:
    """Return every rule found in ``text``, those that were negated, quoted or speak against a label included."""
    book = book or shipped()
    reading = Reading(text)
    rules = book.get(language.detect(reading.tokens, lang, book))
    if rules is None:
        return []
    hits = match.find(reading, rules, thorough=True)
    counted = set(match.standing(hits, reading, rules, match.quotations(reading.text)))
    found = []
    for occurrence in hits:
        first, last, rule = occurrence
        start, end = reading.spans[first][0], reading.spans[last - 1][1]
        found.append(
            Finding(
                rule.label, rule.id, rule.why, rule.weight, start, end, reading.text[start:end], occurrence in counted
            )
        )
    return found


def _without_rules(reading: Reading, lang: str, version: str) -> Triage:
    """Answer for a language nobody has written rules for: a question where a sentence ends with its mark."""
    answer = _by_rank_alone(reading, lang, version)
    found = _QUESTION_MARK.search(reading.text.rstrip())
    if found is None:
        return answer
    span = (found.start(), found.start() + 1, "question-mark")
    return answer._replace(
        labels=("question",), scores={"question": 0.5, **answer.scores}, evidence={"question": [span]}
    )


def _by_rank_alone(reading: Reading, lang: str, version: str) -> Triage:
    """Answer where no rule is found: most texts, which still have a rank as a tip."""
    tip_score = tip_rank.rank(0.0, 0.0, firsthand.strength(reading))
    found = {"tip": round(tip_score / 2, 4)} if tip_score > tip_rank.NEUTRAL else {}
    return Triage(lang, (), found, {}, version, None, tip_score)
