"""Approving: the payload is frozen under its hash, one delivery for each account is written, each gets its slot."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor.accounts import clients
from smeditor.articles import snapshot
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Delivery, Part, Post
from smeditor.models.approval import authors_of, needs_another
from smeditor.networks.base import Capabilities
from smeditor.publishing import approval as approvals
from smeditor.publishing import payload, preflight, slots, windows
from smeditor.publishing.checks import Stage, link_asking, record
from smeditor.publishing.resolved import send_at_for

logger = logging.getLogger("smeditor.publishing")

REPLACEABLE = (
    Delivery.State.SCHEDULED,
    Delivery.State.LATE,
    Delivery.State.STOPPED,
    Delivery.State.CANCELLED,
    Delivery.State.REFUSED,
)
WITHDRAWABLE = (Delivery.State.SCHEDULED, Delivery.State.LATE, Delivery.State.STOPPED)


@dataclass(frozen=True)
class Approval:
    """Who approved which revision of a post, when, and what the article was then."""

    post: Post
    user: Any
    now: datetime
    revision: int | None
    authors: set[int]
    article: preflight.Article
    findings: preflight.Preflight
    fast_lane: bool = False


def approve(
    post: Post, user: Any, now: datetime, *, revision: int | None = None, fast_lane: bool = False
) -> list[Delivery]:
    """Freeze ``post`` (as it is in the database, live) for each of its accounts. Returns the deliveries it wrote.

    Safe to repeat: an unchanged post changes nothing. A changed one replaces what is not sent yet, and edits what is,
    where the network can. What the checks refuse becomes a stopped delivery that says why. ``fast_lane``: whether it came
    by :func:`smeditor.publishing.fast_lane.approve`.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        revision = revision or post.live_revision_id
        article = preflight.article_of(post, now)
        approval = Approval(
            post=post,
            user=user,
            now=now,
            revision=revision,
            authors=approvals.record(
                post, revision, user, now, snapshot(article.facts) if article.facts else None, fast_lane=fast_lane
            ),
            article=article,
            findings=preflight.check(post, now, stage=Stage.APPROVAL, article=article),
            fast_lane=fast_lane,
        )
        record.note_approved(post, approval.findings.findings, user, now)
        link_asking.ask_for(post, now)
        accounts = list(post.accounts.select_for_update(of=("self",)).order_by("pk"))
        written = [delivery for account in accounts for delivery in _for_account(approval, account)]
        _cancel_others(post, accounts, now)
    logger.info("approved: post=%s deliveries=%s", post.pk, [delivery.pk for delivery in written])
    return written


def _for_account(approval: Approval, account: Account) -> list[Delivery]:
    try:
        capabilities = clients.network_class(account).capabilities
    except ConfigurationError as problem:
        logger.warning("approve: account=%s %s", account.pk, problem.cause)
        capabilities = Capabilities()
    current = (
        Delivery.objects.select_for_update(of=("self",))
        .filter(post=approval.post, account=account, operation=Delivery.Operation.PUBLISH)
        .order_by("-occurrence")
        .first()
    )
    if current is None:
        return [_new(approval, account, capabilities)]
    if current.state == Delivery.State.GONE:
        return []  # nothing to edit, and only :func:`post_again` says that it shall be there once more
    if current.state in REPLACEABLE and not current.parts.exclude(remote_id="").exists():
        return _replace(approval, current, account, capabilities)
    return _edit(approval, current, account, capabilities)


def post_again(gone: Delivery, user: Any, now: datetime) -> Delivery:
    """Publish anew what was deleted on the network: the post as it is approved now. Raises CannotApprove.

    A second call returns the delivery that the first one wrote.
    """
    if gone.state != Delivery.State.GONE or gone.operation != Delivery.Operation.PUBLISH:
        raise approvals.CannotApprove(_("It is not deleted, so it cannot be posted again."))
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=gone.post_id)
        account = Account.objects.select_for_update(of=("self",)).get(pk=gone.account_id)
        newest = Delivery.objects.filter(post=post, account=account, operation=Delivery.Operation.PUBLISH).order_by(
            "-occurrence"
        )[0]
        if newest.state != Delivery.State.GONE:
            return newest
        if not post.live:
            raise approvals.CannotApprove(_("The post is not approved any more: approve it, then post it again."))
        authors = authors_of(post, post.live_revision_id)
        sentence = approvals.objection(account, authors, user.pk)
        if sentence:
            raise approvals.CannotApprove(sentence)
        article = preflight.article_of(post, now)
        approval = Approval(
            post=post,
            user=user,
            now=now,
            revision=post.live_revision_id,
            authors=authors,
            article=article,
            findings=preflight.check(post, now, stage=Stage.APPROVAL, article=article),
        )
        return _new(approval, account, clients.network_class(account).capabilities, newest.occurrence + 1)


def _frozen(approval: Approval, account: Account, capabilities: Capabilities, token: str) -> dict[str, Any]:
    return payload.build(approval.post, account, token, capabilities, approval.article.facts)


def _new(approval: Approval, account: Account, capabilities: Capabilities, occurrence: int = 0) -> Delivery:
    token = payload.new_token()
    delivery = Delivery(post=approval.post, account=account, link_token=token, occurrence=occurrence)
    _fill(delivery, approval, account, _frozen(approval, account, capabilities, token))
    delivery.save()
    _write_parts(delivery)
    return delivery


def _replace(approval: Approval, delivery: Delivery, account: Account, capabilities: Capabilities) -> list[Delivery]:
    """A new payload for what is not sent yet. The fence moves on, so that a worker that prepares the old one loses."""
    frozen = _frozen(approval, account, capabilities, delivery.link_token or payload.new_token())
    holds_good = delivery.state == Delivery.State.SCHEDULED and not approvals.delivery_objection(delivery)
    if (
        holds_good
        and payload.digest(frozen) == delivery.approved_hash
        and _exact(approval, account) in (None, delivery.slot)
    ):
        return []
    _fill(delivery, approval, account, frozen)
    delivery.fence += 1
    delivery.tries = delivery.read_backs = 0
    delivery.lease_until, delivery.worker = None, ""
    delivery.save()
    _write_parts(delivery)
    return [delivery]


def _edit(approval: Approval, sent: Delivery, account: Account, capabilities: Capabilities) -> list[Delivery]:
    """A delivery that edits what is sent or being sent; nothing when readers would see no difference."""
    frozen = _frozen(approval, account, capabilities, sent.link_token or payload.new_token())
    last = sent.changes.filter(operation=Delivery.Operation.EDIT).order_by("-occurrence").first()
    if payload.same_content(frozen, (last or sent).payload):
        return []
    if last is not None and last.state in REPLACEABLE:
        edit = last
        edit.fence += 1
        edit.tries = edit.read_backs = 0
        edit.lease_until, edit.worker = None, ""
    else:
        edit = Delivery(post=approval.post, account=account, operation=Delivery.Operation.EDIT, target=sent)
        edits = Delivery.objects.filter(post=approval.post, account=account, operation=Delivery.Operation.EDIT)
        edit.occurrence = (edits.aggregate(last=Max("occurrence"))["last"] or 0) + 1
    _fill(edit, approval, account, frozen)
    edit.slot = edit.due_at = approval.now
    sentence = _not_editable(frozen, sent, capabilities, approval.now)
    if sentence:
        _stop(edit, sentence)
    edit.save()
    _write_parts(edit)
    return [edit]


def _not_editable(frozen: dict[str, Any], sent: Delivery, capabilities: Capabilities, now: datetime) -> str:
    """Why a network cannot make of what was ``sent`` what is ``frozen`` now; empty where it can."""
    if not capabilities.edit:
        return _("The network cannot edit a published post. Delete it there, or say it in a reply.")
    if sent.state == Delivery.State.SENT and not windows.within(sent, capabilities.edit_window, now):
        return windows.closed(_("It can no longer be edited."), capabilities.edit_window)
    if payload.shape(frozen) != payload.shape(sent.payload):
        return _("An edit cannot add or remove messages: neither parts of a thread nor a first comment.")
    if payload.around(frozen) != payload.around(sent.payload):
        return _("An edit can change neither what a published post quotes nor who may answer it.")
    if payload.poll_of(frozen) != payload.poll_of(sent.payload):
        return _("An edit cannot add, change or remove the poll of a published post: its readers have voted.")
    if payload.poll_of(frozen) and not capabilities.edits_beside_poll:
        return _("The network cannot edit a post that has a poll. Delete it there, or say it in a reply.")
    if not capabilities.edits_media and payload.media_of(frozen) != payload.media_of(sent.payload):
        return _("The network cannot exchange the images and videos of a published post.")
    return ""


def _fill(delivery: Delivery, approval: Approval, account: Account, frozen: dict[str, Any]) -> None:
    post, now = approval.post, approval.now
    delivery.payload = frozen
    delivery.payload_hash = delivery.approved_hash = payload.digest(frozen)
    delivery.approved_by, delivery.approved_at = approval.user, now
    delivery.authors = sorted(approval.authors)
    own = needs_another(account, approval.authors, getattr(approval.user, "pk", None))
    delivery.fast_lane = approval.fast_lane and own
    delivery.post_revision = approval.revision
    delivery.news_class = post.news_class
    delivery.not_before = payload.embargo_of(approval.article.facts, now) if post.kind != Post.Kind.REPLY else None
    if delivery.pk is None or delivery.state != Delivery.State.SCHEDULED or _exact(approval, account):
        exact = _exact(approval, account)
        delivery.slot = slots.allocate(post, account, now, delivery.not_before, exact)
    delivery.due_at = delivery.slot
    delivery.state, delivery.state_reason = Delivery.State.SCHEDULED, ""
    delivery.state_changed_at = now
    problems = [*approval.findings.errors_for(account), approvals.delivery_objection(delivery)]
    if any(problems):
        _stop(delivery, " ".join(filter(None, problems)))


def _stop(delivery: Delivery, sentence: str) -> None:
    delivery.state, delivery.state_reason = Delivery.State.STOPPED, sentence[:500]


def _exact(approval: Approval, account: Account) -> datetime | None:
    return send_at_for(approval.post, account)


def _write_parts(delivery: Delivery) -> None:
    """One row for each message. Rows that are there start anew: other words must not travel under an old identity."""
    wanted = len(delivery.payload["parts"])
    delivery.parts.filter(position__gte=wanted).delete()
    delivery.parts.update(identity="", prepared={}, sent_stamp=None)
    there = set(delivery.parts.values_list("position", flat=True))
    Part.objects.bulk_create(
        Part(delivery=delivery, position=position) for position in range(wanted) if position not in there
    )


def _cancel_others(post: Post, accounts: list[Account], now: datetime) -> None:
    _withdrawable(post).exclude(account__in=accounts).update(
        state=Delivery.State.CANCELLED,
        state_reason=_("The account was taken off the post."),
        state_changed_at=now,
        fence=F("fence") + 1,
        lease_until=None,
    )


def withdraw(post: Post, now: datetime) -> int:
    """Withdraw the approval: cancel what is not being sent. Returns how many deliveries were cancelled."""
    return _withdrawable(post).update(
        state=Delivery.State.CANCELLED,
        state_reason=_("The approval was withdrawn."),
        state_changed_at=now,
        fence=F("fence") + 1,
        lease_until=None,
    )


def _withdrawable(post: Post) -> Any:
    return Delivery.objects.filter(post=post, state__in=WITHDRAWABLE).exclude(operation=Delivery.Operation.DELETE)


def deletable(delivery: Delivery) -> bool:
    """Whether a delivery's message stands on a network that can delete it, and nobody has asked for that yet."""
    if delivery.operation != Delivery.Operation.PUBLISH or delivery.state != Delivery.State.SENT:
        return False
    deletions = delivery.changes.filter(operation=Delivery.Operation.DELETE)
    if deletions.exclude(state__in=[Delivery.State.CANCELLED, Delivery.State.REFUSED]).exists():
        return False
    try:
        able = clients.network_class(delivery.account).capabilities
    except ConfigurationError:
        return False
    return able.delete and windows.within(delivery, able.delete_window, timezone.now())


def delete(sent: Delivery, user: Any, now: datetime) -> Delivery:
    """Return the delivery that deletes what ``sent`` published. A second call returns the one that is there."""
    frozen = {"version": payload.VERSION, "operation": "delete", "of": sent.pk, "parts": [{} for _ in sent.parts.all()]}
    found, created = Delivery.objects.get_or_create(
        post_id=sent.post_id,
        account_id=sent.account_id,
        operation=Delivery.Operation.DELETE,
        occurrence=sent.occurrence,
        defaults={
            "target": sent,
            "slot": now,
            "due_at": now,
            "state_changed_at": now,
            "news_class": sent.news_class,
            "payload": frozen,
            "payload_hash": payload.digest(frozen),
            "approved_hash": payload.digest(frozen),
            "approved_by": user,
            "approved_at": now,
        },
    )
    if created:
        _write_parts(found)
    return found
