"""Finding a word in any of its forms: *navettes* finds *navette*, and the other way round.

The stored text itself is searched for the beginning that the forms of a word share, so there is no second copy of what
people wrote that would have to be erased with it. Stemming is Snowball's (https://snowballstem.org), in both languages of
the desk.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import snowballstemmer
from django.db.models import Q, QuerySet
from wagtail.admin.views.generic.base import BaseListingView

LANGUAGES = ("french", "english")
SHORTEST = 4
"""Letters: a shorter beginning is shared by too many words."""
MOST_TOKENS = 12
"""Of a query; what follows is not looked for."""


@lru_cache(maxsize=1024)
def beginnings(word: str) -> tuple[str, ...]:
    """The beginnings that the forms of ``word`` share, one for each language, the longest first; at worst the word itself."""
    word = word.casefold()
    found = {word}
    for language in LANGUAGES:
        shared = _shared(word, snowballstemmer.stemmer(language).stemWord(word))
        if len(shared) >= SHORTEST:
            found.add(shared)
    longest_first = sorted(found, key=len, reverse=True)
    # What contains a word contains its beginning: only the shortest of those that begin one another are asked for.
    return tuple(
        beginning
        for beginning in longest_first
        if not any(beginning != other and beginning.startswith(other) for other in found)
    )


def _shared(word: str, stem: str) -> str:
    """The letters that both begin with."""
    same = next((place for place, (ours, other) in enumerate(zip(word, stem, strict=False)) if ours != other), None)
    return word[: min(len(word), len(stem)) if same is None else same]


def matching(query: str, fields: list[str]) -> Q:
    """What holds every word of ``query``, in any of its forms, in any of ``fields``."""
    every = Q()
    for word in query.split()[:MOST_TOKENS]:
        any_form = Q()
        for beginning in beginnings(word):
            for field in fields:
                any_form |= Q(**{f"{field}__icontains": beginning})
        every &= any_form
    return every


class SearchesForms(BaseListingView):
    """A listing whose search finds words in any of their forms, in ``search_fields``."""

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """``queryset``, narrowed to what holds every word that was asked for."""
        if not self.is_searching:
            return queryset
        return queryset.filter(matching(self.search_query, self.search_fields or []))
