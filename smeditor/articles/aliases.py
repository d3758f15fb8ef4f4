"""From an alias to the page that it mirrors.

Wagtail's aliases, and with them the untranslated copies that localisation keeps in step, are one story under several
addresses: what is said about one of them is said about the page where the story is written.
"""

from __future__ import annotations

from wagtail.models import AbstractPage

from smeditor.articles.page_model import page_model

MOST_STEPS = 10
"""An alias of an alias is rare, and a circle of them must end."""


def source_of(page: AbstractPage) -> AbstractPage:
    """The page (specific) that ``page`` mirrors, through every alias between; ``page`` itself, as it is, when it is none."""
    source = page
    for _step in range(MOST_STEPS):
        if source.alias_of_id is None:
            break
        source = source.alias_of
    return page if source is page else source.specific


def versions_of(page_id: int) -> list[int]:
    """The ids of the pages that tell the same story as the page ``page_id`` in another language, itself left out."""
    key = page_model().objects.filter(pk=page_id).values("translation_key")
    return list(page_model().objects.filter(translation_key__in=key).exclude(pk=page_id).values_list("pk", flat=True))
