"""Receivers of Wagtail's signals. Each works inside the transaction in which the signal was sent, and never stops it.

They import what they call when they are called.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models.signals import pre_delete
from django.utils import timezone
from wagtail.models import AbstractPage
from wagtail.signals import page_published, page_unpublished

from smeditor import conf
from smeditor.articles import is_article
from smeditor.exceptions import DATABASE_TROUBLE
from smeditor.wakeup import wake

logger = logging.getLogger("smeditor.mentions")


def connect() -> None:
    """Connect the receivers, once however often it is called."""
    page_published.connect(on_article_published, dispatch_uid="smeditor.mentions.article_published")
    page_unpublished.connect(on_article_unpublished, dispatch_uid="smeditor.mentions.article_unpublished")
    pre_delete.connect(on_article_deleted, dispatch_uid="smeditor.mentions.article_deleted")


def on_article_published(sender: type, instance: Any, **kwargs: Any) -> None:
    """An article went live or was changed: the pages that it links to are told, and those that it linked to before."""
    if not conf.get("WEBMENTION_SENDS") or not is_article(instance) or instance.alias_of_id is not None:
        return
    from smeditor.mentions import outbox

    _carefully(lambda: outbox.published(instance, timezone.now()))


def on_article_unpublished(sender: type, instance: Any, **kwargs: Any) -> None:
    """An article is being withdrawn: whoever was told of its links is told again, and finds them gone."""
    if is_article(instance):
        from smeditor.mentions import outbox

        _carefully(lambda: outbox.withdrawn(instance.pk, timezone.now()))


def on_article_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """A page is being deleted: the same."""
    if isinstance(instance, AbstractPage):
        from smeditor.mentions import outbox

        _carefully(lambda: outbox.withdrawn(instance.pk, timezone.now()))


def _carefully(work: Callable[[], int]) -> None:
    """Do it in a savepoint: an article that cannot be read for its links is published all the same."""
    try:
        with transaction.atomic():
            some = work()
    except DATABASE_TROUBLE:
        raise
    except Exception:
        logger.exception("the links of an article could not be noted")
    else:
        if some:
            wake("mentions")
