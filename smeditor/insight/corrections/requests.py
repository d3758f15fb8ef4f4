"""Claimed errors: from a reaction labelled as a correction to a request with its passage in the article."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from smeditor.articles import article_adapter
from smeditor.exceptions import DATABASE_TROUBLE
from smeditor.insight.corrections.passages import alike, claim, locate
from smeditor.listening.quotable import quotable
from smeditor.models import CorrectionRequest, Reaction
from smeditor.text.addressing import without_addressees

logger = logging.getLogger("smeditor.insight")

COMPARED = 200
"""Earlier requests about the same article that a new one is compared with."""


def open_requests(reactions: Iterable[Reaction]) -> list[CorrectionRequest]:
    """Open a request for each reaction that has none yet. One without an article has nothing to correct."""
    claiming = [reaction for reaction in reactions if reaction.article_id]
    known = set(CorrectionRequest.objects.filter(reaction__in=claiming).values_list("reaction_id", flat=True))
    paragraphs = lru_cache(maxsize=64)(_paragraphs)
    return [_open(reaction, paragraphs) for reaction in claiming if reaction.pk not in known]


def quotable_claims(
    requests: Iterable[CorrectionRequest], now: datetime | None = None, *, ask: bool = True
) -> list[CorrectionRequest]:
    """Return those of ``requests`` whose claim may be quoted, with arguments as of :func:`.quotable`.

    A request without a reaction holds no text of a reader.
    """
    rows = list(requests)
    shown = quotable((row.reaction_id for row in rows if row.reaction_id), now, ask=ask)
    return [row for row in rows if row.reaction_id is None or row.reaction_id in shown]


def _open(reaction: Reaction, paragraphs: Callable[[Any], tuple[str, ...]]) -> CorrectionRequest:
    text = without_addressees(reaction.content.masked or reaction.content.text)
    found = None if reaction.content.passage else locate(text, paragraphs(reaction.article), reaction.language or None)
    return CorrectionRequest.objects.create(
        reaction=reaction,
        article=reaction.article,
        passage=reaction.content.passage or (found.text if found else ""),
        claim=text,
        kind=claim(text).kind,
        similar_to=_similar(reaction, text),
    )


def _paragraphs(article: Any) -> tuple[str, ...]:
    try:
        return article_adapter().facts(article).paragraphs
    except DATABASE_TROUBLE:
        raise  # it passes, and what is stored without it stays
    except Exception:
        logger.exception("the article %s cannot be read", article.pk)
        return ()


def _similar(reaction: Reaction, text: str) -> CorrectionRequest | None:
    """The earliest open request about the same article that asks for the same."""
    earlier = list(
        CorrectionRequest.objects.filter(article=reaction.article, similar_to__isnull=True)
        .exclude(claim="")
        .order_by("pk")[:COMPARED]
    )
    found = alike(text, [request.claim for request in earlier], reaction.language or None)
    return earlier[found[0][0]] if found else None
