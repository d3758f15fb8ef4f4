"""Preparing one part, a step at a time: what a network has made is committed before the next step is begun.

While a network processes a video the delivery holds no lease and no worker: it is due again when there is something to
ask. A worker that dies between two steps costs what that one step made, which nobody sees.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from smeditor.exceptions import Refused
from smeditor.models import Attempt, Delivery, Part
from smeditor.networks.base import Network, Prepared, Progress
from smeditor.publishing.engine import claim, fault_points, messages
from smeditor.publishing.engine.clock import Clock

PREPARED_FOR = timedelta(minutes=30)
"""How long what was prepared is trusted to be there still, where the network does not say."""
LONGEST_TURN = timedelta(seconds=20)
"""How long one delivery is prepared before others get their turn: a large video goes on in the next."""
LONGEST, MOST_QUESTIONS = timedelta(hours=6), 300
"""After so long, and so many questions, what a network still processes counts as refused. Time alone proves nothing: a hold
may have stopped the delivery meanwhile.
"""

MOST_STEPS = 20_000
"""More than the pieces of the largest video: a server that forgets each upload at once would be given it for ever."""

State = Delivery.State


def prepare(delivery: Delivery, part: Part, parts: list[Part], network: Network, clock: Clock) -> Prepared | None:
    """Mint the identity and take the steps that can be taken now.

    Returns what is to be sent, which the send check commits before anything has a public effect; None where the network
    is still at work, the delivery being released until there is something to ask. Raises FenceLost and what the network
    raises.
    """
    if not part.identity:
        part.identity = network.mint_identity(clock())
    fault_points.reach("minted")
    if delivery.operation == Delivery.Operation.DELETE:
        return Prepared(body={})
    stored = _still_good(delivery, part, clock())
    if stored is None:
        stored = _take_steps(delivery, part, parts, network, clock)
    elif network.capabilities.media_with_message:
        stored = replace(stored, media=messages.message_for(delivery, part, parts, network).media)
    if stored is not None:
        fault_points.reach("prepared")
    return stored


def _take_steps(delivery: Delivery, part: Part, parts: list[Part], network: Network, clock: Clock) -> Prepared | None:
    message = messages.message_for(delivery, part, parts, network)
    so_far, began, questions = _reached(part, clock())
    steps = int((part.prepared or {}).get("steps") or 0)
    turn_ends = clock() + LONGEST_TURN
    while True:
        step = network.prepare(message, so_far)
        if isinstance(step, Prepared):
            part.prepared = {**step.as_json(), "at": clock().isoformat()}
            return step
        fault_points.reach("step_made")
        now = clock()
        questions += bool(step.again_after)
        steps += 1
        if steps > MOST_STEPS:
            raise Refused(_("Preparing it comes to no end. Try another file."), cause="too many steps")
        if now - began > LONGEST and questions > MOST_QUESTIONS:
            raise Refused(_("The network has been at work on the media for hours. Try another file."))
        waits = bool(step.again_after) or now > turn_ends
        _keep(
            delivery, part, step, {"began": began.isoformat(), "questions": questions, "steps": steps}, now, waits=waits
        )
        fault_points.reach("step_kept")
        if waits:
            return None
        so_far = step.so_far


def _reached(part: Part, now: datetime) -> tuple[dict[str, Any], datetime, int]:
    """What earlier steps made, unless the network has forgotten it since; when the first began; how often it was asked."""
    stored = part.prepared or {}
    began = parse_datetime(stored.get("began") or "") or now
    good_until = parse_datetime(stored.get("good_until") or "")
    so_far = stored.get("so_far")
    if not isinstance(so_far, dict) or (good_until is not None and good_until <= now):
        return {}, now, 0
    return so_far, began, int(stored.get("questions") or 0)


def _keep(delivery: Delivery, part: Part, step: Progress, known: dict[str, Any], now: datetime, *, waits: bool) -> None:
    """Commit a step under the fence; with ``waits`` the delivery is given back until there is something to ask."""
    part.prepared = {
        "so_far": step.so_far,
        "good_until": step.good_until.isoformat() if step.good_until else "",
        **known,
    }
    with transaction.atomic():
        if waits:
            due_at, reason = now + step.again_after, step.sentence[:500]
            claim.release(delivery, state=State.SCHEDULED, due_at=due_at, state_reason=reason)
        else:
            claim.renew(delivery, now)
        part.save(update_fields=["identity", "prepared"])


def _still_good(delivery: Delivery, part: Part, now: datetime) -> Prepared | None:
    """What was prepared before: always after a doubtful try, which must be repeated byte by byte; else while fresh."""
    if not part.prepared or "body" not in part.prepared:
        return None
    prepared = Prepared.from_json(part.prepared)
    prepared_at = parse_datetime(part.prepared.get("at", ""))
    until = prepared.good_until or (prepared_at + PREPARED_FOR if prepared_at else now)
    doubtful = part.attempts.filter(state__in=[Attempt.State.UNKNOWN, Attempt.State.ABSENT])
    return prepared if now < until or doubtful.exists() else None
