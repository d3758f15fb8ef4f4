"""What follows a sending: the log, the answered conversation, the next repeat. Never part of the sending itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F, Min
from wagtail.log_actions import registry

from smeditor import conf
from smeditor.models import Conversation, Delivery, DeliveryResult, Part, Post, Reaction, Source
from smeditor.publishing import payload, slots
from smeditor.publishing.engine import fault_points

logger = logging.getLogger("smeditor.publishing")

GIVE_UP_AFTER = timedelta(minutes=10)
FIRST_MEASURED = timedelta(minutes=15)
"""After the sending: when its results are asked for first."""


def waiting() -> Any:
    """The sent deliveries after which something is still to be done."""
    return Delivery.objects.filter(state=Delivery.State.SENT, followed_up_at__isnull=True)


def run_due(now: datetime, limit: int = 100) -> int:
    """Do what follows each sending, once. Returns how many were done; one that fails is tried again for ten minutes."""
    keys = list(waiting().order_by("sent_at").values_list("pk", flat=True)[:limit])
    if not keys:
        return 0
    fault_points.reach("before_follow_up")
    try:
        with transaction.atomic():
            return _follow(keys, now)
    except Exception:  # one of them fails: one by one, so that it holds up none of the others
        logger.warning("follow-up: %s together failed and are done one by one", len(keys))
        return sum(_safely(key, now) for key in keys)


def _safely(key: int, now: datetime) -> int:
    fault_points.reach("before_follow_up")
    try:
        with transaction.atomic():
            return _follow([key], now)
    except Exception:  # what was sent stays sent, whatever goes wrong afterwards
        logger.exception("follow-up: delivery=%s raised", key)
        waiting().filter(pk=key, sent_at__lt=now - GIVE_UP_AFTER).update(followed_up_at=now)
        return 0


def _follow(keys: Sequence[int], now: datetime) -> int:
    """Follow up those of ``keys`` that nobody else follows up, in the caller's transaction. Returns how many.

    Where rows cannot be locked (SQLite) there is one writer at a time, and a transaction begins as one.
    """
    rows = waiting().filter(pk__in=keys).select_related("post", "account", "approved_by")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    mine = list(rows)
    taken = waiting().filter(pk__in=[delivery.pk for delivery in mine]).update(followed_up_at=now) if mine else 0
    if taken != len(mine):
        raise RuntimeError("another worker was faster")
    _log(mine, now)
    published = [delivery for delivery in mine if delivery.operation == Delivery.Operation.PUBLISH]
    for delivery in published:
        _answer_conversation(delivery)
        _repeat(delivery, now)
    _listen_soon(published, now)
    _measure_later(published)
    return taken


def _log(deliveries: Sequence[Delivery], now: datetime) -> None:
    """Write each sending into the history of its post, as ``wagtail.log_actions.log`` does, in one go."""
    entries = registry.get_log_model_for_model(Post)
    kind = ContentType.objects.get_for_model(Post, for_concrete_model=False)
    entries.objects.bulk_create(
        entries(
            content_type=kind,
            object_id=str(delivery.post_id),
            label=str(delivery.post),
            action=f"smeditor.{delivery.operation}",
            timestamp=now,
            user=delivery.approved_by,
            data={"delivery": delivery.pk, "account": str(delivery.account), "url": delivery.remote_url},
        )
        for delivery in deliveries
    )


def _answer_conversation(delivery: Delivery) -> None:
    """Close the conversation that a post answers, unless a reader wrote again after it was sent."""
    post = delivery.post
    if post.kind != Post.Kind.REPLY or post.conversation_id is None:
        return
    later = Reaction.objects.filter(conversation=post.conversation_id, published_at__gt=delivery.sent_at)
    later = later.exclude(reader__is_staff=True).exclude(reader__is_bot=True)
    since = later.aggregate(first=Min("published_at"))["first"]
    Conversation.objects.filter(pk=post.conversation_id).update(
        state=Conversation.State.OPEN if since else Conversation.State.ANSWERED,
        answered_by=delivery.approved_by,
        answered_at=delivery.sent_at,
        waiting_since=since,
        version=F("version") + 1,
    )


def _listen_soon(deliveries: Sequence[Delivery], now: datetime) -> None:
    """Readers answer within minutes: the account is read as its youngest post deserves, however quiet it was before."""
    soon = now + timedelta(minutes=conf.get("POLL_PLAN")[0][1])
    accounts = {delivery.account_id for delivery in deliveries}
    Source.objects.filter(account__in=accounts, next_poll_at__gt=soon).update(next_poll_at=soon)


def _measure_later(deliveries: Sequence[Delivery]) -> None:
    """Open the series of each publication's results; whoever listens measures it when its plan says."""
    DeliveryResult.objects.bulk_create(
        (
            DeliveryResult(
                delivery=delivery,
                account_id=delivery.account_id,
                sent_at=sent_at,
                next_at=sent_at + FIRST_MEASURED,
            )
            for delivery in deliveries
            if (sent_at := delivery.sent_at) is not None
        ),
        ignore_conflicts=True,
    )


def _repeat(delivery: Delivery, now: datetime) -> None:
    """Write the next occurrence of an evergreen post, at the same wall-clock time, with a token of its own."""
    post = delivery.post
    following = delivery.occurrence + 1
    if not post.repeat_days or not post.live or following >= post.repeat_times:
        return
    token = payload.new_token()
    frozen = delivery.payload
    if delivery.link_token:
        frozen = json.loads(json.dumps(frozen).replace(delivery.link_token, token))
    slot = slots.repeated(delivery.slot, post.repeat_days, conf.zone())
    while slot <= now:
        slot = slots.repeated(slot, post.repeat_days, conf.zone())
    again, created = Delivery.objects.get_or_create(
        post=post,
        account=delivery.account,
        operation=Delivery.Operation.PUBLISH,
        occurrence=following,
        defaults={
            "slot": slot,
            "due_at": slot,
            "state_changed_at": now,
            "news_class": delivery.news_class,
            "payload": frozen,
            "payload_hash": payload.digest(frozen),
            "approved_hash": payload.digest(frozen),
            "approved_by": delivery.approved_by,
            "approved_at": delivery.approved_at,
            "authors": delivery.authors,
            "post_revision": delivery.post_revision,
            "link_token": token,
        },
    )
    if created:
        Part.objects.bulk_create(Part(delivery=again, position=place) for place in range(len(frozen["parts"])))
