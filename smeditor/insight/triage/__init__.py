"""Triage: from a reader's text to independent flags, each with the words and the rule that raised it.

Pure: no Django, no database, no network. ``triage(text)`` is all that most callers need::

    >>> triage("Il y a une erreur dans votre article : c'est 2019, pas 2018.", "fr").flags
    ('correction',)
"""

from .result import AIMED_AT_JOURNALIST, FLAGS, Change, Context, Span, Triage, difference
from .rules import RuleBook, RuleError, load, shipped
from .stages import Finding, explain, mask, triage

__all__ = [
    "AIMED_AT_JOURNALIST",
    "FLAGS",
    "Change",
    "Context",
    "Finding",
    "RuleBook",
    "RuleError",
    "Span",
    "Triage",
    "difference",
    "explain",
    "load",
    "mask",
    "shipped",
    "triage",
]
