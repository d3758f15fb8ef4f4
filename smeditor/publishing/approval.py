"""Who may approve what: asked by every road that leads to an approval, and once more at the check before sending.

Two laws. For an account under the four-eyes rule nobody approves a text in which they wrote since somebody else
approved it last. And nobody approves what they have not seen: a form carries :func:`seen` from its page back, and
another text than that is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry, Revision

from smeditor.exceptions import SmeditorError
from smeditor.models import Account, Approval, Delivery, NewsClass, Post
from smeditor.models.approval import authors_of, is_own, latest_revision, needs_another, seen_hash, text_hash
from smeditor.permissions import PUBLISH_POST, scope


class CannotApprove(SmeditorError):
    """This user may not approve this text now; the sentence says why. Nothing was changed."""


class TextChanged(CannotApprove):
    """Another text was saved since the page was opened. ``shown_revision`` and ``current``: ids of the revisions, to compare."""

    def __init__(self, sentence: str, shown_revision: int | None, current: int | None) -> None:
        super().__init__(sentence)
        self.shown_revision, self.current = shown_revision, current


def shown_revision(post: Post) -> str:
    """What a form that offers ``post`` for approval carries: which text its reader sees. Empty without a revision."""
    return seen_hash(latest_revision(post))


def check_seen(post: Post, carried: str) -> Revision:
    """Return the newest revision of ``post`` if it is the one that was seen. Raises TextChanged."""
    revision = latest_revision(post)
    if revision is not None and carried == seen_hash(revision):
        return revision
    if not carried:
        sentence = _("“%(post)s” was not opened before it was approved. Read it here, then approve it.")
    else:
        sentence = _(
            "“%(post)s” was changed after you had opened it. Nothing was approved: read what is new, then approve it."
        )
    number = carried.partition("-")[0]
    old = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    raise TextChanged(sentence % {"post": post}, old, revision.pk if revision else None)


def refusal(post: Post, user: Any) -> str:
    """Why ``user`` may not approve ``post`` as it was saved last, in a sentence; "" when they may."""
    if not scope.acts_for_post(user, post):
        return scope.other_desk()
    state = post.current_workflow_task_state
    if state is not None:
        names = {name for name, _label, _modal in state.task.specific.get_actions(post, user)}
        allowed = "approve" in names
    else:
        allowed = user.has_perm(PUBLISH_POST)
    return own_text(post, user) or ("" if allowed else _("You may not approve this post."))


def own_text(post: Post, user: Any) -> str:
    """The sentence that says that ``user`` wrote in ``post`` and may not approve it; "" when they may, as far as that."""
    return _("You wrote in this text, so somebody else must approve it.") if is_own(post, user) else ""


def approve(post: Post, user: Any, carried: str, **facts: Any) -> None:
    """Approve ``post`` as ``user``, by its workflow where one runs, else by publishing it.

    ``carried`` is what :func:`seen` gave when the page was opened, ``facts`` what the workflow's step asks for. Raises
    CannotApprove.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        revision = check_seen(post, carried)
        sentence = refusal(post, user)
        if sentence:
            raise CannotApprove(sentence)
        state = post.current_workflow_task_state
        if state is not None:
            state.task.specific.on_action(state, user, "approve", **facts)
        else:
            revision.publish(user=user)


def submit(post: Post, user: Any) -> bool:
    """Submit a draft to those who approve. False where no workflow is set for posts: then it stays a draft."""
    workflow = post.get_workflow()
    if workflow is None:
        return False
    if not post.workflow_in_progress:
        workflow.start(post, user)
    return True


def record(
    post: Post,
    revision: int | None,
    user: Any,
    now: datetime,
    article: Mapping[str, Any] | None = None,
    *,
    fast_lane: bool = False,
) -> set[int]:
    """Record that ``user`` approved ``revision`` of ``post`` (live now), and return the ids of its text's authors.

    ``article``: what its article was then (:func:`smeditor.articles.snapshot`). ``fast_lane``: whether somebody reads it
    afterwards.
    """
    authors = authors_of(post, revision)
    Approval.objects.create(
        post=post,
        revision=revision,
        text_hash=text_hash(post.serializable_data()),
        user=user,
        independent=user is not None and user.pk not in authors,
        article_seen=article or {},
        at=now,
        review=Approval.Review.WAITING if fast_lane else Approval.Review.NONE,
    )
    return authors


def approver_of(post: Post, revision: Revision | None, acting: Any) -> Any:
    """Who approves ``revision`` when it goes live: who publishes it, else who scheduled it, else nobody that is known.

    ``acting`` is whose request it is. Wagtail's ``PublishRevisionAction``, when a program calls it and not the post's own
    ``publish``, tells no receiver for whom it acts: that is an approval by nobody, neither by its author nor by a second
    pair of eyes, and :func:`objection` says what to do.
    """
    named = getattr(revision, "approved_by", None) or acting
    if named is not None or revision is None:
        return named
    scheduled = ModelLogEntry.objects.for_instance(post).filter(action="wagtail.publish.schedule", revision=revision)
    entry = scheduled.select_related("user").order_by("-timestamp").first()
    return entry.user if entry is not None else None


def objection(account: Account, authors: Any, user_id: int | None) -> str:
    """Why this user's approval does not do for ``account``; "" when it does. ``user_id`` is None where nobody is known."""
    if not needs_another(account, authors, user_id):
        return ""
    if user_id is None:
        sentence = _(
            "Nobody knows who approved this. On %(account)s somebody else than the author must: read it and send it from"
            " its own page, or approve the post once more."
        )
    else:
        sentence = _("On %(account)s somebody else than the author must approve.")
    return sentence % {"account": account}


def by_fast_lane(delivery: Delivery) -> bool:
    """Whether a delivery (read with its account) went by the fast lane, and its account is still in it."""
    return delivery.fast_lane and delivery.account.fast_lane and delivery.news_class == NewsClass.BREAKING


def delivery_objection(delivery: Delivery) -> str:
    """Why the approval of a delivery (read with its account) does not do; "" when it does. A deletion needs none."""
    if delivery.operation == Delivery.Operation.DELETE or by_fast_lane(delivery):
        return ""
    return objection(delivery.account, delivery.authors, delivery.approved_by_id)
