"""The desk's word lists: wordings for which there is a better one."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.publishing.checks.base import Draft, Lookup
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Finding

CODE = "word_list"
MOST = 10
"""Wordings that are pointed out at once."""


def _listed(draft: Draft, situation: Situation) -> Iterator[Finding]:
    text, warned = draft.text, set()
    if draft.content_warning:
        text = f"{draft.content_warning}\n\n{text}"
    for listed in situation.word_lists:
        if not listed.is_for(draft.account.desk_id, draft.language):
            continue
        for match in listed.book.matches(text):
            if match.value in warned:
                continue
            warned.add(match.value)
            sentence = _("%(account)s: “%(wording)s” – %(advice)s")
            params = {"account": draft.account, "wording": text[match.start : match.end], "advice": match.value.advice}
            yield Finding(CODE, listed.severity, sentence % params, draft.account)
            if len(warned) >= MOST:
                return


CHECKS = (Lookup(CODE, gettext_lazy("Word lists"), _listed),)
