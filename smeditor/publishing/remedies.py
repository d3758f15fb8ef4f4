"""Correcting a post by the ordinary roads: an edit, a reply or a new post is a draft that somebody approves; a deletion is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import SmeditorError
from smeditor.models import Post, PostCorrection, Variant
from smeditor.publishing.approve import deletable, delete
from smeditor.publishing.remedy_options import options
from smeditor.publishing.resolved import resolve, variant_for
from smeditor.publishing.reuse import copy_of

Remedy, Cause, State = PostCorrection.Remedy, PostCorrection.Cause, PostCorrection.State


class CannotCorrect(SmeditorError):
    """The remedy cannot be done to this post now; the sentence says why. Nothing was changed."""


def begin(task: PostCorrection, remedy: str, user: Any, now: datetime) -> Post | None:
    """Begin ``remedy`` for ``task`` as ``user``: return the draft to be read and approved, None where there is none.

    Raises CannotCorrect where the task is closed, or the network does not allow the remedy any more.
    """
    with transaction.atomic():
        task = PostCorrection.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if not task.is_open:
            raise CannotCorrect(_("This is settled already."))
        chosen = next((option for option in options(task, now) if option.remedy == remedy), None)
        if chosen is None or not chosen.possible:
            raise CannotCorrect(chosen.reason if chosen else _("That cannot be done to this post."))
        draft = _BEGINNINGS[chosen.remedy](task, user, now)
        task.remedy, task.state, task.state_reason, task.decided_by = chosen.remedy, State.UNDERWAY, "", user
        task.save(update_fields=["remedy", "state", "state_reason", "decided_by", "post"])
        log(
            task.delivery.post,
            "smeditor.correct",
            user=user,
            data={"remedy": chosen.remedy, "delivery": task.delivery_id},
        )
    return draft


def decline(task: PostCorrection, user: Any, reason: str, now: datetime) -> None:
    """Leave the post as it is, and say why. Raises CannotCorrect without a reason, or where the task is closed."""
    if not reason.strip():
        raise CannotCorrect(_("Say why it is left as it is."))
    rows = PostCorrection.open_tasks().filter(pk=task.pk)
    if not rows.update(state=State.DECLINED, state_reason=reason.strip()[:500], closed_at=now, decided_by=user):
        raise CannotCorrect(_("This is settled already."))
    log(task.delivery.post, "smeditor.correction_declined", user=user, data={"delivery": task.delivery_id})


def reopen(task: PostCorrection, now: datetime) -> None:
    """Take back what closed ``task``, a person's decision or the desk's: only what is approved from now on corrects it."""
    rows = PostCorrection.objects.filter(pk=task.pk, closed_at__isnull=False)
    rows.update(state=State.OPEN, state_reason="", closed_at=None, remedy="", post=None, opened_at=now)


def sentence_of(task: PostCorrection) -> str:
    """The correction as the readers of the post are told, in the post's language; "" where the article went offline."""
    if task.erratum is None:
        return ""
    post = task.delivery.post
    with translation.override(post.language or task.delivery.account.language or translation.get_language()):
        return _("Correction: %(text)s") % {"text": task.erratum.text}


def _edit(task: PostCorrection, user: Any, now: datetime) -> Post:
    """The post's newest text with the correction at its end, for this account alone."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=task.delivery.post_id)
    lock = post.get_lock()
    if lock is not None and lock.for_user(user):
        raise CannotCorrect(_("The post is locked: whoever locked it, or approves it, can change it."))
    draft = post.get_latest_revision_as_object() if post.latest_revision_id else post
    account, sentence = task.delivery.account, sentence_of(task)
    variant = variant_for(draft, account) or Variant(account=account)
    text = resolve(draft, account).text.value
    if sentence not in text:
        variant.text = f"{text.rstrip()}\n\n{sentence}".strip()
        draft.variants.add(variant)
        draft.save_revision(user=user)
    return post


def _reply(task: PostCorrection, user: Any, now: datetime) -> Post:
    """A short post beneath the one that says it wrong."""
    post = task.delivery.post
    draft = Post(
        live=False,
        text="\n\n".join(filter(None, [sentence_of(task), post.link])),
        language=post.language,
        article=post.article,
        article_key=post.article_key,
        article_title=post.article_title,
        link=post.link,
        with_card=False,
        topics=post.topics,
        news_class=post.news_class,
        created_by=user,
        send_at=now,
    )
    draft.accounts = [task.delivery.account]
    draft.save()
    draft.save_revision(user=user)
    task.post = draft
    return draft


def _quote(task: PostCorrection, user: Any, now: datetime) -> Post:
    """A post of its own that quotes the one that says it wrong."""
    draft = _reply(task, user, now)
    draft.quotes = task.delivery.post
    draft.save()
    draft.save_revision(user=user)
    return draft


def _replace(task: PostCorrection, user: Any, now: datetime) -> Post:
    """Ask for the deletion, and write what takes the post's place."""
    sent = task.delivery
    if not deletable(sent):
        raise CannotCorrect(_("It cannot be deleted from here, or is being deleted already."))
    text = f"{resolve(sent.post, sent.account).text.value.rstrip()}\n\n{sentence_of(task)}".strip()
    draft = copy_of(sent.post, user, [sent.account], text=text, send_at=now)
    delete(sent, user, now)
    task.post = draft
    return draft


def _delete(task: PostCorrection, user: Any, now: datetime) -> None:
    if not deletable(task.delivery):
        raise CannotCorrect(_("It cannot be deleted from here, or is being deleted already."))
    delete(task.delivery, user, now)


_BEGINNINGS: dict[str, Callable[[PostCorrection, Any, datetime], Post | None]] = {
    Remedy.EDIT: _edit,
    Remedy.REPLY: _reply,
    Remedy.QUOTE: _quote,
    Remedy.REPLACE: _replace,
    Remedy.DELETE: _delete,
}
