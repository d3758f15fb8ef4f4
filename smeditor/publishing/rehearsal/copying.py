"""What of the newsroom a rehearsal needs: read as it is, and written into the database in memory without a signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS
from django.db.models import ForeignKey, Model
from wagtail.images import get_image_model
from wagtail.models import Locale, PageViewRestriction, Site

from smeditor.articles.page_model import page_model
from smeditor.models import Account, Delivery, Desk, Hold, Part, Post, Slot
from smeditor.publishing import payload

MOST = 2_000
"""Deliveries of one day that are rehearsed, those due first."""


@dataclass
class Newsroom:
    """Rows as they were read, in the order in which they are written, and what the rehearsal knows of their media."""

    rows: list[Model] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    with_media: set[int] = field(default_factory=set)
    """The ids of deliveries that media goes with; their copies have none."""
    left_out: int = 0
    """Deliveries of the day beyond ``MOST``."""


def read(begin: datetime, end: datetime, *, queued: bool = True) -> Newsroom:
    """Read what a rehearsal from ``begin`` to ``end`` (aware) needs of the newsroom; changes nothing.

    ``queued``: with the deliveries that are scheduled for this time; else only accounts, slots and holds.
    """
    found = Newsroom(rows=[*ContentType.objects.all(), *Locale.objects.all(), *Site.objects.all(), *Desk.objects.all()])
    for account in Account.objects.all():
        account.secret, account.refresh_lease_until = {}, None
        found.rows.append(account)
    found.rows += [*Slot.objects.all(), *Hold.objects.filter(lifted_at__isnull=True)]
    if queued:
        _read_queue(found, begin, end)
    return found


def _read_queue(found: Newsroom, begin: datetime, end: datetime) -> None:
    rows = Delivery.objects.filter(state=Delivery.State.SCHEDULED, slot__gte=begin, slot__lt=end)
    deliveries = list(rows.order_by("slot", "pk").prefetch_related("parts")[: MOST + 1])
    found.left_out = max(0, rows.count() - MOST) if len(deliveries) > MOST else 0
    found.deliveries = deliveries[:MOST]
    for delivery in found.deliveries:
        _without_media(delivery, found)
        delivery.due_at, delivery.lease_until, delivery.worker = delivery.slot, None, ""
        delivery.tries = delivery.read_backs = 0
        delivery.target_id = None
        found.parts += [
            Part(pk=part.pk, delivery_id=delivery.pk, position=part.position) for part in delivery.parts.all()
        ]
    posts = list(Post.objects.filter(pk__in={delivery.post_id for delivery in found.deliveries}))
    users = get_user_model().objects.filter(
        pk__in=[row.approved_by_id for row in found.deliveries if row.approved_by_id]
    )
    found.rows += [*users, *posts]
    _read_articles(found, {post.article_key for post in posts} - {None})


def _without_media(delivery: Delivery, found: Newsroom) -> None:
    """Take the media out of a copy, whose files stay where they are; an intact payload stays intact."""
    intact = payload.digest(delivery.payload) == delivery.payload_hash == delivery.approved_hash
    for part in delivery.payload.get("parts") or []:
        if part.get("media") or (part.get("card") or {}).get("image"):
            found.with_media.add(delivery.pk)
            part["media"] = []
            if part.get("card"):
                part["card"]["image"] = None
    if intact:
        delivery.payload_hash = delivery.approved_hash = payload.digest(delivery.payload)


def _read_articles(found: Newsroom, keys: set[Any]) -> None:
    """The articles with the pages above them, as the check before sending reads them."""
    model = page_model()
    articles = list(model.objects.filter(pk__in=keys))
    paths = {page.path[:end] for page in articles for end in range(model.steplen, len(page.path) + 1, model.steplen)}
    pages = list(model.objects.filter(path__in=paths))
    found.rows += pages
    for page in pages:
        specific = page.specific
        if type(specific) is not model:
            found.rows.append(specific)
            found.rows += _images_of(specific)
    found.rows += list(PageViewRestriction.objects.filter(page__in=pages))


def _images_of(page: Any) -> list[Model]:
    """The images that a page refers to by a field of its own."""
    fields = [
        f for f in page._meta.concrete_fields if isinstance(f, ForeignKey) and f.related_model is get_image_model()
    ]
    keys = {getattr(page, f.attname) for f in fields} - {None}
    return list(get_image_model().objects.filter(pk__in=keys)) if keys else []


def write(newsroom: Newsroom) -> None:
    """Write what :func:`read` brought into the database that is the default one now."""
    written: set[tuple[type[Model], Any]] = set()
    for row in [*newsroom.rows, *newsroom.deliveries, *newsroom.parts]:
        for model in _tables(type(row)):
            key = (model, row.pk)
            if key not in written:
                written.add(key)
                _insert(model, row)


def _tables(model: type[Model]) -> Iterable[type[Model]]:
    """The models of the tables that a row of ``model`` lies in, those of its parents first."""
    concrete = model._meta.concrete_model or model
    for parent in concrete._meta.parents:
        yield from _tables(parent)
    yield concrete


def _insert(model: type[Model], row: Model) -> None:
    """One row of one table, as it is: no signal, no search index, no ``auto_now``."""
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    queries: Any = model._base_manager.get_queryset()
    queries._insert([row], fields=fields, using=DEFAULT_DB_ALIAS, raw=True)
