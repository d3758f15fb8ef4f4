"""What a rule says, in the editor's own language. The rules of both languages carry the same names for the same thing."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smeditor.insight.labels.trained_models import TRAINED
from smeditor.insight.triage import AIMED_AT_JOURNALIST, shipped

SPOKEN = {
    TRAINED: _("A word that the desk learned from your labels."),
    AIMED_AT_JOURNALIST: _("It is aimed at a journalist's person."),
    "question-mark": _("A sentence ends with a question mark."),
    # What only one language's rules have.
    "denial-short": _("A short denial."),
    "not-of-the-newsroom": _("It speaks of something else than what we write."),
    "is-not-but-short": _("A short denial, without “I” and without a debate."),
    "thanks-for-not": _("Thanks for what was not done."),
}


def sentence(rule: str, text_language: str = "") -> str:
    """Why a rule was written: in the editor's language, else in that of the text, else in any; "" for no rule."""
    if rule in SPOKEN:
        return str(SPOKEN[rule])
    book = shipped()
    wanted = [(get_language() or "")[:2], text_language[:2], *sorted(book.languages)]
    for language in wanted:
        rules = book.get(language)
        if rules and rule in rules.by_id:
            return rules.by_id[rule].why
    return ""


def reason_of_queue(reason: str) -> str:
    """The reason for which the machine put a reaction into its queue, in words; what a person wrote stays as it is."""
    parts = [sentence(part.strip()) for part in reason.split(",")]
    return " ".join(dict.fromkeys(parts)) if reason and all(parts) else reason
