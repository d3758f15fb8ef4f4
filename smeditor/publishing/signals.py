"""Receivers of Wagtail's signals. Each works inside the transaction in which the signal was sent.

They import what they call when they are called: a site starts without the code that publishes.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import AbstractPage, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, published, unpublished

from smeditor.articles import is_article
from smeditor.articles.page_model import page_model
from smeditor.models import Post
from smeditor.publishing import log_actions
from smeditor.wakeup import wake


def connect() -> None:
    """Connect the receivers, once however often it is called."""
    log_actions.connect()
    page_published.connect(on_article_published, dispatch_uid="smeditor.publishing.article_published")
    page_unpublished.connect(on_article_unpublished, dispatch_uid="smeditor.publishing.article_unpublished")
    pre_delete.connect(on_article_deleted, dispatch_uid="smeditor.publishing.article_deleted")
    for changed in (post_save, post_delete):
        changed.connect(
            on_restriction_changed, sender=PageViewRestriction, dispatch_uid="smeditor.publishing.restriction_changed"
        )
    published.connect(on_post_approved, sender=Post, dispatch_uid="smeditor.publishing.post_approved")
    unpublished.connect(on_post_withdrawn, sender=Post, dispatch_uid="smeditor.publishing.post_withdrawn")


def on_article_published(sender: type, instance: Any, **kwargs: Any) -> None:
    """An article went live or was changed: keep its bylines, let what waits for it go on, and let the rules write."""
    from smeditor import bylines
    from smeditor.publishing import holds, rules

    if not is_article(instance) or instance.alias_of_id is not None:
        return  # an alias mirrors a story that was, or will be, announced by its own publication
    bylines.keep(instance)
    holds.follow_article(instance, timezone.now())
    if rules.record(instance, timezone.now()):
        wake("write")


def on_article_unpublished(sender: type, instance: Any, **kwargs: Any) -> None:
    """An article is being unpublished: what is scheduled about it waits until it is published again."""
    from smeditor.publishing import holds

    if is_article(instance):
        holds.withdraw_article(instance.pk)


def on_article_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """A page is being deleted: stop what is scheduled about it."""
    if isinstance(instance, AbstractPage):
        from smeditor.publishing import holds

        holds.stop_article(instance.pk)


def on_restriction_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    """What waits because its article was not open to the public is looked at again: now it may be."""
    from smeditor.publishing import holds, rules

    page = page_model().objects.filter(pk=instance.page_id).first()
    if page is None:
        return
    holds.check_again_below(page, timezone.now())
    if rules.reopen_waiting():
        wake("write")


def on_post_approved(sender: type, instance: Post, revision: Any = None, **kwargs: Any) -> None:
    """A post was published in Wagtail's words, which is: approved. Freeze its payloads and schedule its deliveries."""
    from smeditor.publishing.approval import approver_of
    from smeditor.publishing.approve import approve

    post = Post.objects.get(pk=instance.pk)
    if not post.live:
        return  # Wagtail tells of a revision that is only scheduled in the same words
    user = approver_of(post, revision, get_active_log_context().user)
    approve(post, user, timezone.now(), revision=getattr(revision, "pk", None))
    wake("send")


def on_post_withdrawn(sender: type, instance: Post, **kwargs: Any) -> None:
    """A post was unpublished in Wagtail's words: cancel what has not been sent."""
    from smeditor.publishing.approve import withdraw

    withdraw(instance, timezone.now())
