"""Tell French from English by their commonest words; say "und" rather than guess."""

from __future__ import annotations

from smeditor.insight.triage.rules import RuleBook

SURE = 3
"""So many common words of another language, and none of the declared one, overrule what a network declared."""


def detect(tokens: list[str], declared: str | None, book: RuleBook) -> str:
    """Return the language of ``tokens``: ``declared`` (any BCP 47 tag) unless the words plainly say otherwise.

    Networks pass on what an app's settings say, which is often the author's other language.
    """
    declared = (declared or "").split("-")[0].split("_")[0].lower()
    spoken = book.languages.get(declared)
    if spoken is not None and not spoken.common.isdisjoint(tokens):
        return declared
    votes = {lang: sum(map(rules.common.__contains__, tokens)) for lang, rules in book.languages.items()}
    best = max(votes, key=lambda lang: votes[lang], default="und")
    if declared and len(declared) in (2, 3) and declared.isalpha():
        if declared != best and votes.get(best, 0) >= SURE and not votes.get(declared, 0):
            return best if declared in book.languages else declared
        return declared
    return best if votes.get(best, 0) and list(votes.values()).count(votes[best]) == 1 else "und"
