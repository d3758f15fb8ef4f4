"""What a rule says, in the editor's own language. The rules of both languages carry the same names for the same thing."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from smeditor.insight.labels.trained_models import TRAINED
from smeditor.insight.triage import AIMED_AT_JOURNALIST, shipped
from smeditor.insight.triage.semantic import EXAMPLE

SPOKEN = {
    TRAINED: _("A word that the desk learned from your labels."),
    AIMED_AT_JOURNALIST: _("It is aimed at a journalist's person."),
    "question-mark": _("A sentence ends with a question mark."),
    # What only one language's rules have: the editor's language may be the other.
    "age-is-no-story": _("An age is no account."),
    "at-its-best": _("Praise that needs no word of thanks."),
    "at-last-understood": _("The reader has understood, learned or liked something."),
    "belongs-elsewhere": _("What should stand in a named place."),
    "day-is-a-day": _("A day of the week is put right."),
    "day-or-sex": _("The day of the week, or somebody's sex, is put right."),
    "denial-short": _("A short denial."),
    "is-not-but-short": _("A short denial, without a debate."),
    "not-of-the-newsroom": _("It speaks of something else than what we write."),
    "praise-from-next-door": _("Praise borrowed from English."),
    "pretty-sure": _("The reader is sure of something else."),
    "question-not-meant": _("A turn of speech that only looks like a question."),
    "question-plain": _("A question asked without inversion or question word."),
    "question-you-can": _("A question in the order of a statement."),
    "set-right": _("The reader sets it right, or points to where it can be looked up."),
    "thanks-for-not": _("Thanks for what was not done."),
    "unless-i-am-wrong": _("The reader corrects with reserve."),
}
"""Rules whose sentence is not read from the editor's language's own rules: it has none, or they are nobody's."""


def sentence(rule: str, text_language: str = "") -> str:
    """Why a rule was written: in the editor's language, else in that of the text, else in any; "" for no rule."""
    if rule.startswith(EXAMPLE):
        return str(_("It comes close to an example."))
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
