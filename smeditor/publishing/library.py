"""Saying a good post again: what is kept for that, what it did last time, what speaks against it now, and the draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.articles.page_model import page_model
from smeditor.models import Delivery, LibraryEntry, LibraryUse, NewsClass, Post, PostCorrection
from smeditor.permissions import scope
from smeditor.permissions.visibility import only_suggests
from smeditor.publishing.reuse import copy_of


@dataclass
class LastTime:
    """How a library's post fared when it was said last: its publications with their results, and what warns now."""

    deliveries: list[Delivery] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def sent_at(self) -> datetime | None:
        """When it went out last; None where it never did."""
        return max((row.sent_at for row in self.deliveries if row.sent_at), default=None)


def keep(post: Post, user: Any, now: datetime) -> LibraryEntry:
    """Keep ``post`` in the library; ``user`` None where its class brings it. What is kept already stays as it is."""
    entry, _created = LibraryEntry.objects.get_or_create(post=post, defaults={"kept_by": user, "kept_at": now})
    return entry


def keep_evergreen(post: Post, now: datetime) -> None:
    """An approved post of class evergreen belongs into the library, unless it was written from there."""
    if post.news_class != NewsClass.EVERGREEN or post.kind != Post.Kind.STORY:
        return
    if not LibraryUse.objects.filter(post=post).exists():
        keep(post, None, now)


def use_again(entry: LibraryEntry, user: Any, now: datetime) -> Post:
    """Write a draft by ``user`` of what ``entry`` says, for those of its accounts that they may write for."""
    post = entry.post
    accounts = [account for account in post.accounts.all() if only_suggests(user) or scope.acts_for(user, account)]
    with transaction.atomic():
        draft = copy_of(post, user, accounts)
        LibraryUse.objects.create(entry=entry, post=draft, at=now)
        LibraryEntry.objects.filter(pk=entry.pk).update(used_at=now)
        log(post, "smeditor.reuse", user=user, data={"post": draft.pk})
    return draft


def last_times(entries: Sequence[LibraryEntry]) -> dict[int, LastTime]:
    """How each of ``entries`` (read with its post) fared last, by its id; in as many queries for one as for twenty."""
    found = {entry.pk: LastTime() for entry in entries}
    entry_of = {entry.post_id: entry.pk for entry in entries}
    uses = LibraryUse.objects.filter(entry__in=found).order_by("at", "pk").values_list("post", "entry")
    entry_of |= dict(uses)
    sent = Delivery.objects.filter(
        post__in=entry_of, operation=Delivery.Operation.PUBLISH, state=Delivery.State.SENT, sent_at__isnull=False
    )
    by_post: dict[int, list[Delivery]] = defaultdict(list)
    for row in sent.select_related("account", "result").order_by("-sent_at"):
        by_post[row.post_id].append(row)
    for post, rows in by_post.items():  # the post that was sent last comes first
        found[entry_of[post]].deliveries = found[entry_of[post]].deliveries or rows
    _warn(entries, found)
    return found


def _warn(entries: Sequence[LibraryEntry], found: dict[int, LastTime]) -> None:
    keys = {key for entry in entries if (key := entry.post.article_key) is not None}
    pages = page_model().objects.in_bulk(keys)
    corrected = set(
        PostCorrection.objects.filter(article_key__in=keys, cause=PostCorrection.Cause.ERRATUM).values_list(
            "article_key", flat=True
        )
    )
    for entry in entries:
        if entry.post.article_key is not None:
            page = pages.get(entry.post.article_key)
            found[entry.pk].warnings = list(_warnings(entry.post, page, found[entry.pk], corrected))


def _warnings(post: Post, page: Any, last: LastTime, corrected: set[int]) -> Sequence[str]:
    if page is None:
        return [_("The article was deleted.")]
    warnings = []
    if not page.live:
        warnings.append(_("The article is not published."))
    if post.article_title and page.title != post.article_title:
        warnings.append(
            _("The headline was “%(old)s”, and is “%(new)s” now.") % {"old": post.article_title, "new": page.title}
        )
    elif last.sent_at and page.last_published_at and page.last_published_at > last.sent_at:
        warnings.append(_("The article was changed since."))
    if post.article_key in corrected:
        warnings.append(_("The article was corrected: read whether the post still says it right."))
    return warnings
