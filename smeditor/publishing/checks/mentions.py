"""Names after an at sign that the network will not take for a mention: nobody is told, and nothing can be clicked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.accounts.clients import network_class
from smeditor.exceptions import ConfigurationError
from smeditor.networks.marks import MarkKind
from smeditor.publishing.checks.base import Check, Draft

_NAME = re.compile(r"(?<![\w@/.+-])@[\w](?:[\w.@-]*\w)?")
MOST = 5
"""Names that are pointed out at once."""


def _find(draft: Draft) -> Iterator[str]:
    for name in list(dict.fromkeys(unresolved(draft)))[:MOST]:
        sentence = _("%(account)s: “%(name)s” stays plain text there. Write the whole handle as that network has it.")
        yield sentence % {"account": draft.account, "name": name}


def unresolved(draft: Draft) -> Iterator[str]:
    """The names after an at sign in ``draft`` that the account's network makes no mention of, by its own syntax."""
    try:
        network = network_class(draft.account)
    except ConfigurationError:
        return
    for text in draft.texts:
        if "@" not in text:
            continue
        marks = [mark for mark in network.marks(text) if mark.kind in (MarkKind.MENTION, MarkKind.LINK)]
        for name in _NAME.finditer(text):
            if not any(mark.start < name.end() and name.start() < mark.end for mark in marks):
                yield name[0]


CHECKS = (Check("mention", gettext_lazy("Mentions that lead nowhere"), _find),)
