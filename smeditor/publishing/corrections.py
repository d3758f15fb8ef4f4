"""The correction desk: an error in an article opens one task for each post that carried it, and each is tracked to its end.

What is wrong is learned from the article itself (its errata, whenever it is published), from the host's signal, or from an
editor who says so. Only what was approved before can say it wrong.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from smeditor.articles import ArticleFacts
from smeditor.models import Delivery, Erratum, Post, PostCorrection
from smeditor.publishing.remedy_options import IN_DOUBT, WAITING
from smeditor.text.normal import normalise_text

logger = logging.getLogger("smeditor.publishing")

KINDS = ("erratum", "clarification")
"""The kinds of a host's corrections that make an older post wrong. An update goes on where the story did."""
MOST = 500
"""Posts about one article for which tasks are opened, the newest first."""
Remedy, Cause, State = PostCorrection.Remedy, PostCorrection.Cause, PostCorrection.State


def follow_article(facts: ArticleFacts, now: datetime) -> int:
    """An article was published (again): open tasks for the errata that it says now, close those that it took back.

    What an unpublication asked for is over. Returns how many tasks were opened.
    """
    over = open_about(facts.page_id).filter(cause=Cause.UNPUBLISHED)
    close(over, State.OVER, _("The article is published again."), now)
    texts = [text for item in facts.corrections if item.kind in KINDS and (text := _clean(item.text))]
    sentence = _("The article does not say this correction any more.")
    withdrawn = open_about(facts.page_id).filter(erratum__in_article=True, remedy="")
    close(withdrawn.exclude(erratum__text_hash__in=[_hash(text) for text in texts]), State.OVER, sentence, now)
    return sum(len(note(facts.page_id, text, now, in_article=True)) for text in texts)


def note(
    article_key: int, text: str, now: datetime, *, user: Any = None, in_article: bool = False
) -> list[PostCorrection]:
    """Note that ``text`` corrects an article, and open a task for each post that carried the error; return the new tasks.

    The same text is noted once: a second call opens nothing. ``in_article``: the article itself says it.
    """
    text = _clean(text)
    with transaction.atomic():
        erratum, created = Erratum.objects.get_or_create(
            article_key=article_key,
            text_hash=_hash(text),
            defaults={"text": text, "noted_at": now, "noted_by": user, "in_article": in_article},
        )
        if not created:
            return []
        return _open(article_key, Cause.ERRATUM, _carriers(article_key).filter(_older(now)), now, erratum)


def note_unpublished(article_key: int, now: datetime) -> list[PostCorrection]:
    """An article was taken off the site: propose to delete what stands on the networks about it; return the new tasks."""
    asked = open_about(article_key).filter(delivery=OuterRef("pk"), cause=Cause.UNPUBLISHED)
    live = _carriers(article_key).filter(state__in=[Delivery.State.SENT, *IN_DOUBT]).exclude(Exists(asked))
    return _open(article_key, Cause.UNPUBLISHED, live, now, None)


def _open(
    article_key: int, cause: str, deliveries: QuerySet[Delivery], now: datetime, erratum: Erratum | None
) -> list[PostCorrection]:
    rows = deliveries.order_by("-pk")[:MOST]
    tasks = [
        PostCorrection(delivery=row, article_key=article_key, cause=cause, erratum=erratum, opened_at=now)
        for row in rows
    ]
    tasks = PostCorrection.objects.bulk_create(tasks)
    if tasks:
        logger.info("corrections: article=%s cause=%s opened=%s", article_key, cause, len(tasks))
    return tasks


def _carriers(article_key: int) -> QuerySet[Delivery]:
    """The publications about an article that are on a network, may be, or are on their way."""
    states = [Delivery.State.SENT, *IN_DOUBT, *WAITING]
    rows = Delivery.objects.filter(
        post__article_key=article_key, post__kind=Post.Kind.STORY, operation=Delivery.Operation.PUBLISH
    )
    return rows.filter(state__in=states)


def _older(now: datetime) -> Q:
    return Q(approved_at__isnull=True) | Q(approved_at__lte=now)


def open_about(article_key: int) -> QuerySet[PostCorrection]:
    """The open tasks about an article."""
    return PostCorrection.open_tasks().filter(article_key=article_key)


def close(tasks: QuerySet[PostCorrection], state: str, reason: str, now: datetime) -> int:
    """Close ``tasks``, open ones, as ``state`` with the reason that their page shows. Returns how many."""
    return tasks.update(state=state, state_reason=reason[:500], closed_at=now)


def resolve(now: datetime) -> int:
    """Close what was done since, and open again what came to nothing; return how many tasks changed.

    Asks a small index for the open tasks and nothing else while there is none.
    """
    if not PostCorrection.open_tasks().exists():
        return 0
    return sum(close(rows, state, reason, now) for rows, state, reason in _endings()) + _put_back()


def _endings() -> Iterable[tuple[QuerySet[PostCorrection], str, str]]:
    tasks = PostCorrection.open_tasks()
    gone = tasks.filter(delivery__state=Delivery.State.GONE)
    again = Exists(
        _sent(Delivery.Operation.PUBLISH).filter(post=OuterRef("post"), account=OuterRef("delivery__account"))
    )
    yield tasks.filter(again, remedy=Remedy.REPLY), State.DONE, _("The correction stands beneath the post.")
    yield tasks.filter(again, remedy=Remedy.QUOTE), State.DONE, _("A post with the correction quotes it.")
    yield (
        gone.filter(again, remedy=Remedy.REPLACE),
        State.DONE,
        _("It was deleted, and the corrected post stands there."),
    )
    yield gone.exclude(remedy=Remedy.REPLACE), State.DONE, _("The post is no longer on the network.")
    edited = Exists(
        _sent(Delivery.Operation.EDIT).filter(target=OuterRef("delivery"), approved_at__gt=OuterRef("opened_at"))
    )
    yield tasks.filter(edited), State.DONE, _("The post was edited after the correction.")
    anew = tasks.filter(delivery__approved_at__gt=F("opened_at"))
    yield anew, State.DONE, _("It was approved anew after the correction, before it went out.")
    never = tasks.filter(delivery__state__in=[Delivery.State.CANCELLED, Delivery.State.REFUSED])
    yield never, State.OVER, _("The post did not go out.")


def _put_back() -> int:
    """Begun, and came to nothing: the draft was thrown away, or the network refused to delete."""
    tasks = PostCorrection.open_tasks().filter(state=State.UNDERWAY)
    failed = [Delivery.State.REFUSED, Delivery.State.CANCELLED]
    refused = Exists(
        Delivery.objects.filter(target=OuterRef("delivery"), operation=Delivery.Operation.DELETE, state__in=failed)
    )
    lost = tasks.filter(remedy__in=[Remedy.REPLY, Remedy.QUOTE, Remedy.REPLACE], post__isnull=True)
    back = {"state": State.OPEN, "remedy": ""}
    count = lost.update(state_reason=_("The draft of the correction was deleted."), **back)
    rest = tasks.filter(refused, remedy__in=[Remedy.DELETE, Remedy.REPLACE], delivery__state=Delivery.State.SENT)
    return count + rest.update(state_reason=_("The network did not delete it."), **back)


def _sent(operation: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(operation=operation, state=Delivery.State.SENT)


def _clean(text: str) -> str:
    return normalise_text(text).strip()


def _hash(text: str) -> str:
    return hashlib.sha256(_clean(text).encode()).hexdigest()
