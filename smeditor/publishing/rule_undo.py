"""Taking back what a rule did for one article, in one act; the rule does it never again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.actions.unpublish import UnpublishAction
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.permissions import policy_registry

from smeditor.exceptions import NotAllowed, SmeditorError
from smeditor.models import Delivery, Post, RuleRun
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.permissions import PUBLISH_POST, SCHEDULE_POST, scope
from smeditor.publishing.approve import deletable, delete


class Changed(SmeditorError):
    """The post is not what the page showed any more, or the run was taken back already. Nothing was changed."""


def refusal(run: RuleRun, user: Any) -> str:
    """Why ``user`` may not take back what ``run`` did, in a sentence; "" when they may: who plans the post's accounts may."""
    if not user.has_perm(SCHEDULE_POST):
        return _("You may not take back what a rule did. Ask an editor who plans posts.")
    if run.post is not None and not scope.acts_for_post(user, run.post):
        return scope.other_desk()
    return ""


def untouched(post: Post) -> bool:
    """Whether nobody but the rule wrote in ``post``: it has the one text that the rule gave it, and was sent nowhere."""
    return Revision.objects.for_instance(post).count() <= 1 and not post.deliveries.exists()


def undo(run: RuleRun, user: Any, shown: str, now: datetime) -> str:
    """Take back what ``run`` did and return what came of it, in sentences.

    What is not sent is withdrawn, an untouched draft is deleted, and what stands on a network is deleted there where
    ``user`` may do that. ``shown`` says which text the page showed. Raises NotAllowed, Changed.
    """
    with transaction.atomic():
        run = RuleRun.objects.select_for_update(of=("self",)).select_related("post").get(pk=run.pk)
        sentence = refusal(run, user)
        if sentence:
            raise NotAllowed(sentence)
        if run.undone_at is not None:
            raise Changed(_("It was taken back already."))
        if run.post is not None and shown != seen_hash(latest_revision(run.post)):
            raise Changed(_("The post was changed since you opened this page. Read it again, then decide."))
        done = _undo_post(run.post, user, now) if run.post is not None else []
        run.undone_at, run.undone_by = now, user
        run.save(update_fields=["undone_at", "undone_by"])
        log(run.rule, "smeditor.rule_undone", user=user, data={"article": run.article_key})
    return " ".join([*done, _("The rule does nothing more about this article.")])


def _undo_post(post: Post, user: Any, now: datetime) -> list[str]:
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    state = post.current_workflow_state
    if state is not None:
        state.cancel(user=user)
    if not post.live and untouched(post):
        if policy_registry.get_by_type(Post).user_has_permission_for_instance(user, "delete", post):
            post.delete()
            return [_("The draft is deleted.")]
        return [_("The draft stays: you may not delete it.")]
    if not post.live:
        return [_("The draft stays, for somebody else has written in it or it was approved before.")]
    # Who gives posts their slots may withdraw them (Wagtail's action asks for the right to approve).
    UnpublishAction(post, user=user).execute(skip_permission_checks=True)
    return [_("The approval is withdrawn: what was not sent is cancelled."), *_delete_sent(post, user, now)]


def _delete_sent(post: Post, user: Any, now: datetime) -> list[str]:
    rows = post.deliveries.filter(operation=Delivery.Operation.PUBLISH).select_related("account__desk")
    out = [row for row in rows if row.state in (Delivery.State.SENT, Delivery.State.SENDING, Delivery.State.UNKNOWN)]
    may = [row for row in out if deletable(row) and user.has_perm(PUBLISH_POST) and scope.acts_for(user, row.account)]
    for row in may:
        delete(row, user, now)
    left = len(out) - len(may)
    sentences = []
    if may:
        sentence = ngettext(
            "%(n)d message is deleted on its network.", "%(n)d messages are deleted on their networks.", len(may)
        )
        sentences.append(sentence % {"n": len(may)})
    if left:
        sentence = ngettext(
            "%(n)d message stays out: the network cannot delete it, it is on its way, or you may not.",
            "%(n)d messages stay out: the network cannot delete them, they are on their way, or you may not.",
            left,
        )
        sentences.append(sentence % {"n": left})
    return sentences
