"""The outbox: which pages are to be told of an article's links, written when the article is published or withdrawn."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag

from smeditor import conf
from smeditor.articles import article_adapter, lie_on_our_sites, links_of
from smeditor.models import OutgoingMention
from smeditor.models.sources import host_of
from smeditor.networks.webmention.pairs import BadPair, Pair

State = OutgoingMention.State


def published(page: Any, now: datetime) -> int:
    """Note what ``page`` links to since now, and what it linked to before. Return how many pages are to be told.

    Each is told once of a revision: W3C Webmention, 3.1.4: again when the article changed, and also where the link was
    taken out.
    """
    article = page.specific
    facts = article_adapter().facts(article)
    if not facts.url:
        return 0
    pairs = {key_of(pair): pair for pair in _pairs(facts.url, links_of(article))}
    rows = {row.key: row for row in OutgoingMention.objects.filter(article_key=article.pk)}
    due = 0
    for key, pair in pairs.items():
        row = rows.pop(key, None)
        if row is None:
            due += _add(key, pair, article.pk, facts.revision_id, now)
        elif not row.linked or row.revision is None or row.revision != facts.revision_id:
            _update(row, linked=True, revision=facts.revision_id, due_at=now)
            due += 1
    for row in rows.values():
        due += _unlink(row, facts.revision_id, now)
    return due


def withdrawn(article_key: int, now: datetime) -> int:
    """The article is not there for the public any more. Return how many pages are to be told, those that know of it."""
    rows = OutgoingMention.objects.filter(article_key=article_key, linked=True)
    return sum(_unlink(row, row.revision, now) for row in rows)


def key_of(pair: Pair) -> str:
    """What a pair is found by."""
    return hashlib.sha256(f"{pair.source}\n{pair.target}".encode("utf-8", "replace")).hexdigest()


def _pairs(source: str, links: tuple[str, ...]) -> list[Pair]:
    found = []
    for link in links:
        with suppress(BadPair):
            found.append(Pair.of(source, link))
    ours = lie_on_our_sites(*(urldefrag(pair.target)[0] for pair in found))
    return [pair for pair, to_ourselves in zip(found, ours, strict=True) if not to_ourselves]


def _add(key: str, pair: Pair, article_key: int, revision: int | None, now: datetime) -> int:
    fields = {"article_key": article_key, "source": pair.source, "target": pair.target, "host": host_of(pair.target)}
    times = {"created_at": now, "due_at": now, "revision": revision}
    _row, created = OutgoingMention.objects.get_or_create(key=key, defaults=fields | times)
    return int(created)


def _unlink(row: OutgoingMention, revision: int | None, now: datetime) -> int:
    """The article does not link there any more: it is told if it knows, else it need never know."""
    if row.sent_at is None:
        if row.due_at is not None or row.linked:
            OutgoingMention.objects.filter(pk=row.pk).update(
                linked=False, due_at=None, state=State.WITHDRAWN, reason=""
            )
        return 0
    if not row.linked:
        return 0
    _update(row, linked=False, revision=revision, due_at=now)
    return 1


def _update(row: OutgoingMention, **changes: Any) -> None:
    if not conf.get("WEBMENTION_SENDS"):
        changes["due_at"] = None
    fresh = {"state": State.WAITING, "reason": "", "tries": 0, "waits_since": None}
    OutgoingMention.objects.filter(pk=row.pk).update(**fresh, **changes)
