"""The whole record of a delivery, as plain JSON: what was approved, by whom, what was sent, answered and read back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wagtail.models import ModelLogEntry

from smeditor.models import Attempt, Delivery
from smeditor.publishing import payload


def proof(delivery: Delivery) -> dict[str, Any]:
    """Return everything that is known of ``delivery``. Times are ISO 8601 in UTC; answers are redacted.

    ``intact`` is true while the stored payload still hashes to what was approved: anybody can repeat the sum over
    ``payload`` (canonical JSON: sorted keys, no spaces, UTF-8; SHA-256).
    """
    parts = list(delivery.parts.all())
    return {
        "delivery": delivery.pk,
        "post": delivery.post_id,
        "post_revision": delivery.post_revision,
        "article": delivery.post.article_key,
        "operation": delivery.operation,
        "changes": delivery.target_id,
        "occurrence": delivery.occurrence,
        "network": delivery.account.network,
        "account": str(delivery.account),
        "state": delivery.state,
        "reason": delivery.state_reason,
        "since": _iso(delivery.state_changed_at),
        "slot": _iso(delivery.slot),
        "not_before": _iso(delivery.not_before),
        "approved": {
            "by": _name(delivery.approved_by),
            "at": _iso(delivery.approved_at),
            "hash": delivery.approved_hash,
        },
        "payload": delivery.payload,
        "payload_hash": delivery.payload_hash,
        "intact": payload.digest(delivery.payload) == delivery.payload_hash == delivery.approved_hash,
        "sent": _iso(delivery.sent_at),
        "url": delivery.remote_url,
        "remote_id": delivery.remote_id,
        "parts": [
            {
                "position": part.position,
                "identity": part.identity,
                "first_sent": _iso(part.sent_stamp),
                "remote_id": part.remote_id,
                "url": part.remote_url,
            }
            for part in parts
        ],
        "decisions": decisions(delivery),
        "attempts": [_attempt(attempt) for attempt in delivery.attempts.select_related("part", "decided_by")],
    }


def decisions(delivery: Delivery) -> list[dict[str, Any]]:
    """What people decided on this delivery, in order: who, when, in which words, with which link."""
    entries = ModelLogEntry.objects.for_instance(delivery.post).filter(action="smeditor.decide")
    return [
        {
            "at": _iso(entry.timestamp),
            "by": _name(entry.user),
            "decision": entry.data["decision"],
            **{name: entry.data[name] for name in ("url", "confirmed") if name in entry.data},
        }
        for entry in entries.select_related("user").order_by("timestamp", "pk")
        if entry.data.get("delivery") == delivery.pk
    ]


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "part": attempt.part.position if attempt.part else None,
        "state": attempt.state,
        "identity": attempt.identity,
        "payload_hash": attempt.payload_hash,
        "fence": attempt.fence,
        "worker": attempt.worker,
        "started": _iso(attempt.started_at),
        "finished": _iso(attempt.finished_at),
        "status": attempt.status,
        "sentence": attempt.sentence,
        "answer": attempt.answer,
        "read_backs": attempt.read_backs,
        "decided_by": _name(attempt.decided_by),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _name(user: Any) -> str | None:
    return user.get_username() if user else None
