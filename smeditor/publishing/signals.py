"""Receivers of Wagtail's signals. Each works inside the transaction in which the signal was sent.

They import what they call when they are called: a site starts without the code that publishes.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import AbstractPage, PageViewRestriction, Revision
from wagtail.signals import page_published, page_unpublished, published, task_submitted, unpublished

from smeditor.articles import article_adapter, is_article
from smeditor.articles.page_model import page_model
from smeditor.models import Post
from smeditor.publishing import log_actions
from smeditor.signals import article_corrected
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
    article_corrected.connect(on_article_corrected, dispatch_uid="smeditor.publishing.article_corrected")
    post_save.connect(on_revision_saved, sender=Revision, dispatch_uid="smeditor.publishing.revision_saved")
    published.connect(on_post_approved, sender=Post, dispatch_uid="smeditor.publishing.post_approved")
    task_submitted.connect(on_task_submitted, dispatch_uid="smeditor.publishing.task_submitted")
    unpublished.connect(on_post_withdrawn, sender=Post, dispatch_uid="smeditor.publishing.post_withdrawn")


def on_article_published(sender: type, instance: Any, **kwargs: Any) -> None:
    """An article went live or was changed: keep its bylines, let what waits for it go on, compare its posts, let the rules write."""
    from smeditor import bylines
    from smeditor.publishing import clashes, corrections, drift, holds, rules

    if not is_article(instance) or instance.alias_of_id is not None:
        return  # an alias mirrors a story that was, or will be, announced by its own publication
    bylines.keep(instance)
    holds.follow_article(instance, timezone.now())
    facts = article_adapter().facts(instance)
    corrections.follow_article(facts, timezone.now())
    drift.check_article(instance, timezone.now())
    breaking = clashes.notice(facts, timezone.now())
    if rules.record(instance, timezone.now()) or breaking:
        wake("write")


def on_article_unpublished(sender: type, instance: Any, **kwargs: Any) -> None:
    """An article is being unpublished: what is scheduled about it waits, and it is proposed to delete what went out."""
    from smeditor.publishing import clashes, corrections, holds

    if is_article(instance):
        holds.withdraw_article(instance.pk)
        corrections.note_unpublished(instance.pk, timezone.now())
        clashes.over(instance.pk, timezone.now())


def on_article_corrected(sender: type, article_id: int, text: str, user: Any = None, **kwargs: Any) -> None:
    """The host says that an article was corrected: open a task for each post that carried the error."""
    from smeditor.publishing import corrections

    if text.strip():
        corrections.note(article_id, text, timezone.now(), user=user)


def on_article_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """A page is being deleted: stop what is scheduled about it."""
    if isinstance(instance, AbstractPage):
        from smeditor.publishing import clashes, holds

        holds.stop_article(instance.pk)
        clashes.over(instance.pk, timezone.now())


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
    from smeditor.publishing import clashes, drift, library
    from smeditor.publishing.approval import approver_of
    from smeditor.publishing.approve import approve

    post = Post.objects.get(pk=instance.pk)
    if not post.live:
        return  # Wagtail tells of a revision that is only scheduled in the same words
    user = approver_of(post, revision, get_active_log_context().user)
    fast = getattr(revision, "in_fast_lane", False)
    approve(post, user, timezone.now(), revision=getattr(revision, "pk", None), fast_lane=fast)
    clashes.propose_for(post, timezone.now())
    drift.check_post(post, timezone.now())
    library.keep_evergreen(post, timezone.now())
    wake("send")


def on_task_submitted(sender: type, instance: Any, user: Any = None, **kwargs: Any) -> None:
    """A step of a workflow begins: those who may approve a post are asked."""
    from smeditor.publishing import approval_requests

    approval_requests.ask(instance, user)


def on_post_withdrawn(sender: type, instance: Post, **kwargs: Any) -> None:
    """A post was unpublished in Wagtail's words: cancel what has not been sent."""
    from smeditor.publishing import drift
    from smeditor.publishing.approve import withdraw
    from smeditor.publishing.checks.record import note_withdrawn

    withdraw(instance, timezone.now())
    note_withdrawn(instance, get_active_log_context().user, timezone.now())
    drift.check_post(Post.objects.get(pk=instance.pk), timezone.now())


def on_revision_saved(sender: type, instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    """A text of a post was saved: compare it with the article, which may have changed since it was written."""
    if raw or instance.base_content_type.model_class() is not Post:
        return
    from smeditor.publishing import drift

    post = Post.objects.filter(pk=instance.object_id).first()
    if post is not None:
        drift.check_post(post, timezone.now(), instance)
