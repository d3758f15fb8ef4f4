"""What an answer means for a delivery, written under the fence. Nothing here calls a network."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from smeditor.exceptions import NetworkError, PreparationLost, SmeditorError
from smeditor.models import Attempt, Delivery, Part
from smeditor.networks.base import Capabilities, Receipt, Ref
from smeditor.publishing.engine import claim, fault_points
from smeditor.publishing.engine.send_check import Answer, Verdict
from smeditor.redaction import redact

logger = logging.getLogger("smeditor.publishing")

State = Delivery.State
READ_BACK_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""When to look for a message whose sending has an unknown outcome, counted from the start of the attempt."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
EXCERPT = 2000


def finish(attempt: Attempt, state: str, now: datetime, **facts: Any) -> None:
    """Complete an attempt's record. Facts of an attempt are kept even where the fence is lost: they happened."""
    attempt.state, attempt.finished_at = state, now
    for name, value in facts.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=["state", "finished_at", *facts])


def error_facts(error: Exception) -> dict[str, Any]:
    """What of an error goes into an attempt: the sentence for a person, the status and the redacted cause."""
    sentence = error.sentence if isinstance(error, SmeditorError) else _("An error of the program; its log says which.")
    cause = error.cause if isinstance(error, SmeditorError) else type(error).__name__
    return {
        "sentence": sentence[:500],
        "status": error.status if isinstance(error, NetworkError) else None,
        "answer": {"cause": redact(cause)} if cause else {},
    }


def excerpt(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as it may be stored: bounded and without anything that looks like a token."""
    try:
        text = json.dumps(answer, ensure_ascii=False, default=str)
    except ValueError:
        return {}
    clean = redact(text, EXCERPT).replace("\x00", "")
    try:
        return json.loads(clean)
    except ValueError:
        return {"excerpt": clean}


def accepted(delivery: Delivery, part: Part, attempt: Attempt, receipt: Receipt, now: datetime) -> None:
    """The network has it. The last part completes the delivery; otherwise it goes on with the next part."""
    with transaction.atomic():
        adopt(delivery, part, receipt.ref, now)
        finish(attempt, Attempt.State.ACCEPTED, now, answer=excerpt(receipt.answer))
        fault_points.reach("inside_acceptance")
    fault_points.reach("after_acceptance")


def adopt(delivery: Delivery, part: Part, ref: Ref, now: datetime, *, sent_at: datetime | None = None) -> None:
    """Write that ``part`` is on the network as ``ref``. Call it in a transaction. Raises FenceLost.

    ``sent_at``: when it was sent, where that is earlier than ``now``, at which it was found.
    """
    part.remote_id, part.remote_url, part.remote_cid = ref.uri[:500], ref.url[:500], ref.cid[:200]
    changes: dict[str, Any] = {"tries": 0, "read_backs": 0, "state_reason": "", "state_changed_at": now}
    if part.position == 0:
        changes |= {"remote_id": part.remote_id, "remote_url": part.remote_url, "remote_cid": part.remote_cid}
    if _goes_on(delivery, part):
        changes |= {"state": State.SCHEDULED, "due_at": now}
    else:
        changes |= {"state": State.SENT, "sent_at": sent_at or now, "lease_until": None, "worker": ""}
    claim.write(delivery, **changes)  # the fence: whoever lost it changes nothing of what follows
    part.save(update_fields=["remote_id", "remote_url", "remote_cid"])
    if delivery.operation == Delivery.Operation.DELETE and delivery.state == State.SENT and delivery.target_id:
        Delivery.note_gone([delivery.target_id], _("Deleted from the desk."), now)
    logger.info("sent: delivery=%s part=%s state=%s", delivery.pk, part.position, delivery.state)


def _goes_on(delivery: Delivery, part: Part) -> bool:
    """Whether another part is still missing. A payload of one part has no other."""
    if len(delivery.payload.get("parts") or ()) == 1:
        return False
    return delivery.parts.filter(remote_id="").exclude(pk=part.pk).exists()


def apply(delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write what a check said when it did not say go. Raises FenceLost."""
    reason = verdict.reason[:500]
    if verdict.answer is Answer.WAIT:
        claim.release(delivery, state=State.SCHEDULED, due_at=verdict.until, state_reason=reason)
    else:
        state = State.LATE if verdict.answer is Answer.LATE else State.STOPPED
        claim.release(delivery, state=state, state_reason=reason, state_changed_at=now)
    logger.info("not now: delivery=%s answer=%s until=%s", delivery.pk, verdict.answer, verdict.until)


def refused(delivery: Delivery, attempt: Attempt | None, error: Exception, now: datetime) -> None:
    """The network said no, for good. What it refused while it was prepared is made anew where somebody tries again."""
    facts = error_facts(error)
    with transaction.atomic():
        if attempt:
            finish(attempt, Attempt.State.REFUSED, now, **facts)
        else:
            delivery.parts.filter(remote_id="", prepared__has_key="so_far").update(prepared={})
        claim.release(delivery, state=State.REFUSED, state_reason=facts["sentence"], state_changed_at=now)
    logger.warning("refused: delivery=%s status=%s", delivery.pk, facts["status"])


def not_sent(delivery: Delivery, attempt: Attempt | None, error: Exception, now: datetime, until: datetime) -> None:
    """Nothing was published; it is tried again at ``until``, if it is not too late by then."""
    facts = error_facts(error)
    with transaction.atomic():
        if attempt:
            finish(attempt, Attempt.State.NOT_SENT, now, **facts)
            if isinstance(error, PreparationLost) and attempt.part_id:
                Part.objects.filter(pk=attempt.part_id).update(prepared={})
        claim.release(
            delivery,
            state=State.SCHEDULED,
            due_at=until,
            state_reason=facts["sentence"],
            tries=delivery.tries + 1,
        )
    logger.info("not sent: delivery=%s status=%s again=%s", delivery.pk, facts["status"], until.isoformat())


def unknown(delivery: Delivery, attempt: Attempt, error: Exception, now: datetime, capabilities: Capabilities) -> None:
    """It may have been published. It is read back, or goes to a person where that cannot be done."""
    facts = error_facts(error)
    with transaction.atomic():
        finish(attempt, Attempt.State.UNKNOWN, now, **facts)
        doubt(delivery, now, facts["sentence"], capabilities)
    logger.warning("unknown: delivery=%s status=%s state=%s", delivery.pk, facts["status"], delivery.state)


def doubt(delivery: Delivery, now: datetime, sentence: str, capabilities: Capabilities) -> None:
    """Bring a delivery whose outcome is unknown where it belongs. Raises FenceLost."""
    if resolvable(delivery, capabilities):
        state, due_at = State.UNKNOWN, now + READ_BACK_AFTER[0]
    else:
        state, due_at = State.HUMAN, delivery.due_at
    claim.release(delivery, state=state, due_at=due_at, read_backs=0, state_reason=sentence[:500], state_changed_at=now)


def resolvable(delivery: Delivery, capabilities: Capabilities) -> bool:
    """Whether the engine can settle a doubt by itself: by reading, or because repeating the act is harmless."""
    return capabilities.read_back or capabilities.idempotent_send or delivery.operation != Delivery.Operation.PUBLISH


def pause(tries: int) -> timedelta:
    """The pause before the next try: doubling from 5 s to 10 min, with full jitter over its upper half."""
    longest = min(FIRST_PAUSE * (2 ** min(tries, 10)), LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def tell(delivery: Delivery, part: Part, attempt: Attempt, ref: Ref, now: datetime) -> bool:
    """A slow worker learned the outcome after it had lost its fence: settle the doubt with it, if it is still one.

    Only while nobody has begun another attempt, and by a fence of its own, so that a read-back or a second sending under
    way loses.
    """
    with transaction.atomic():
        fresh = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if fresh.attempts.filter(number__gt=attempt.number).exists() or not _open(fresh, part):
            return False
        fresh.fence += 1
        fresh.save(update_fields=["fence"])
        adopt(fresh, part, ref, now)
    return True


def _open(delivery: Delivery, part: Part) -> bool:
    """Whether the last sending of ``part`` may yet turn out to have been accepted; scheduled again, it seemed absent."""
    if delivery.operation != Delivery.Operation.PUBLISH:
        return delivery.state in (State.UNKNOWN, State.HUMAN)
    missing = Part.objects.filter(pk=part.pk, remote_id="").exists()
    return missing and delivery.state in (State.UNKNOWN, State.HUMAN, State.SCHEDULED, State.LATE)
