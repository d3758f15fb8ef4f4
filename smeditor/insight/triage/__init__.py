"""Triage: from a reader's text to independent labels, each with the words and the rule that raised it.

Pure: no Django, no database, no network. ``triage(text)`` is all that most callers need::

    >>> triage("Il y a une erreur dans votre article : c'est 2019, pas 2018.", "fr").labels
    ('correction',)
"""

from smeditor.insight.triage.result import AIMED_AT_JOURNALIST, LABELS, Change, Context, Span, Triage, difference
from smeditor.insight.triage.rules import RuleBook, RuleError, load, shipped
from smeditor.insight.triage.stages import Finding, explain, mask, triage

__all__ = [
    "AIMED_AT_JOURNALIST",
    "LABELS",
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
