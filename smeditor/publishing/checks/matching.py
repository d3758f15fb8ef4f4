"""The word lists as they are searched: made ready once for each version of a list, and kept in the process."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from smeditor.models import WatchWord, WordList
from smeditor.publishing.findings import Severity
from smeditor.text.phrases import PhraseBook


class Advice(NamedTuple):
    """What a wording of a list says: the wording as the list has it, and which is better."""

    pattern: str
    advice: str


class ListedPatterns(NamedTuple):
    """A word list in use: for whom it is, how grave it is, and its wordings."""

    key: int
    desk_id: int | None
    language: str
    severity: Severity
    book: PhraseBook[Advice]

    def is_for(self, desk_id: int | None, language: str) -> bool:
        """Whether the list is for posts of a desk in a language; a post without a language is in any."""
        spoken, wanted = (_primary(tag) for tag in (language, self.language))
        return self.desk_id in (None, desk_id) and (not wanted or not spoken or wanted == spoken)


def in_use() -> list[ListedPatterns]:
    """The active lists: one query, and one more for each whose version this process has not met."""
    rows = WordList.objects.filter(active=True).order_by("pk")
    found = rows.values_list("pk", "desk_id", "language", "severity", "changed_at")
    return [
        ListedPatterns(key, desk_id, language, Severity(severity), _book(key, changed_at))
        for key, desk_id, language, severity, changed_at in found
    ]


@lru_cache(maxsize=200)
def _book(key: int, changed_at: datetime) -> PhraseBook[Advice]:
    rows = WatchWord.objects.filter(word_list=key).values_list("pattern", "advice")
    return PhraseBook((pattern, Advice(pattern, advice)) for pattern, advice in rows)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].casefold()
