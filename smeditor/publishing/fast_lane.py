"""The fast lane: breaking news that its writer sends at once, and that a desk editor reads afterwards.

An account is in it when a chief says so. What goes out by it is marked, written down, told to those who may approve, and
stands on their list until one of them, who wrote nothing of it, has read it.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from wagtail.log_actions import log

from smeditor.exceptions import NotAllowed
from smeditor.models import Account, Approval, Post
from smeditor.models.approval import authors_of, latest_revision
from smeditor.permissions import PUBLISH_POST, SCHEDULE_POST, scope
from smeditor.publishing import approval, approvers

logger = logging.getLogger("smeditor.publishing")

BREAKING = "breaking"
SUBJECT = gettext_noop("Sent without another pair of eyes: %(post)s")
BODY = gettext_noop(
    "This breaking news was approved by who wrote it and is on its way, or out already. Please read it, and say so on the "
    "list of what is to be read afterwards:\n\n%(url)s"
)


def refusal(post: Post, user: Any) -> str:
    """Why ``user`` may not send ``post``, as it was saved last, by the fast lane; "" when they may."""
    revision = latest_revision(post)
    if revision is None:
        return _("Save the post first.")
    saved = revision.as_object()
    accounts = list(saved.accounts.all())
    if not user.has_perm(SCHEDULE_POST) or not scope.acts_for_post(user, post):
        return _("You may not send this post by the fast lane.")
    if saved.kind != Post.Kind.STORY or saved.news_class != BREAKING:
        return _("Only breaking news takes the fast lane.")
    closed = next((account for account in accounts if not account.fast_lane), None)
    if closed is not None or not accounts:
        return _("%s is not in the fast lane: somebody else approves for it.") % (closed or _("No account"))
    return ""


def is_needed(post: Post, user: Any) -> bool:
    """Whether the fast lane is offered: it is open to ``user``, and the usual way is not."""
    return not refusal(post, user) and bool(approval.refusal(post, user))


def approve(post: Post, user: Any, carried: str) -> None:
    """Approve ``post`` as ``user``, whoever wrote it, and let it be read afterwards.

    ``carried`` is what :func:`smeditor.publishing.approval.shown_revision` gave when the page was opened. Raises CannotApprove.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        revision = approval.check_seen(post, carried)
        list(Account.objects.select_for_update(of=("self",)).filter(pk__in=revision.content.get("accounts") or ()))
        sentence = refusal(post, user)
        if sentence:
            raise approval.CannotApprove(sentence)
        revision.in_fast_lane = True
        # Whoever may plan may do this and nothing else of publishing; Wagtail would ask for the whole right.
        revision.publish(user=user, skip_permission_checks=True)
        log(post, "smeditor.fast_lane", user=user, revision=revision)
        approvers.write_about(post, approvers.may_approve(post, besides=user), SUBJECT, BODY)
    logger.info("approved by the fast lane: post=%s", post.pk)


def review_objection(row: Approval, user: Any) -> str:
    """Why ``user`` may not say that they have read what ``row`` approved; "" when they may."""
    if not user.has_perm(PUBLISH_POST) or not scope.acts_for_post(user, row.post):
        return _("This is read by those who may approve for these accounts.")
    if user.pk == row.user_id or user.pk in authors_of(row.post, row.revision):
        return _("You wrote or approved this, so somebody else reads it.")
    return ""


def review(row: Approval, user: Any, now: datetime) -> None:
    """Write down that ``user`` has read afterwards what went out. A second reader changes nothing. Raises NotAllowed."""
    sentence = review_objection(row, user)
    if sentence:
        raise NotAllowed(sentence)
    waiting = Approval.objects.filter(pk=row.pk, review=Approval.Review.WAITING)
    if waiting.update(review=Approval.Review.READ, reviewed_by=user, reviewed_at=now):
        log(row.post, "smeditor.reviewed", user=user)
