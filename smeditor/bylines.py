"""Keeps in the database who signs which article, as the host's adapter reads it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from smeditor.articles import article_adapter
from smeditor.articles.page_model import page_model
from smeditor.models import Byline

logger = logging.getLogger("smeditor")


def keep(page: Any) -> None:
    """Keep who signs ``page`` (specific) now. An article that cannot be read keeps the bylines it had; the log says so."""
    try:
        author_ids = article_adapter().facts(page).author_ids
    except Exception:
        logger.exception("the bylines of the article %s cannot be read", page.pk)
        return
    Byline.keep(page.pk, author_ids)


def keep_missing(article_ids: Iterable[int | None]) -> None:
    """Keep who signs those of the articles that were not read before: published before the desk was, for instance."""
    wanted = {key for key in article_ids if key is not None}
    unread = wanted - set(Byline.objects.filter(article__in=wanted).values_list("article", flat=True)) if wanted else ()
    if unread:
        for page in page_model().objects.filter(pk__in=unread).specific():
            keep(page)
