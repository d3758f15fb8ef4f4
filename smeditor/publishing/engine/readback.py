"""Reading back: a sending with an unknown outcome is looked for until it is found or proved absent; never guessed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from smeditor.accounts import tokens
from smeditor.exceptions import AuthExpired, RateLimited, SmeditorError
from smeditor.models import Attempt, Delivery, Part
from smeditor.networks.base import Network, Prepared, ReadBack, Ref
from smeditor.publishing.engine import claim, fault_points, outcome
from smeditor.publishing.engine.clock import Clock

logger = logging.getLogger("smeditor.publishing")

State = Delivery.State
VISIBLE_AFTER = timedelta(seconds=30)
"""A message that is not seen earlier than this may still be on its way to the reading side."""
PROOFS = 2
SECOND_CHECK = timedelta(seconds=90)
"""The longest pause between two read-backs, for one that began late because its worker had died."""
CLOCKS_APART = timedelta(hours=3)
"""How far a network's clock may be behind ours and the message still be recognised: a machine whose hardware clock runs
in local time is wrong by hours until it is set right, and what it sent must not count as absent for that."""
MOST_DOUBTS = 4
"""How often one delivery is sent again after it was proved absent."""
MOST_CHANGES = 12
GIVE_UP_AFTER = timedelta(hours=24)


def resolve(delivery: Delivery, network: Network, clock: Clock) -> str:
    """Take one step to settle a claimed delivery in doubt. Returns its state afterwards. Raises FenceLost."""
    claim.renew(delivery, clock())
    attempt = delivery.attempts.filter(state=Attempt.State.UNKNOWN).order_by("-number").select_related("part").first()
    if delivery.operation != Delivery.Operation.PUBLISH:
        return _repeat_change(delivery, clock())
    if attempt is None or attempt.part is None:  # nothing to look for is no proof that nothing is there
        ask(delivery, clock())
        return delivery.state
    if not network.capabilities.read_back:
        return _repeat_or_ask(delivery, attempt.part, network, clock())
    fault_points.reach("before_read_back")
    try:
        found = network.read_back(
            Prepared.from_json(attempt.part.prepared),
            attempt.identity,
            (attempt.part.sent_stamp or attempt.started_at) - CLOCKS_APART,
        )
    except Exception as error:  # a read-back that failed tells nothing; the doubt stays what it is
        return _failed(delivery, attempt, error, network, clock())
    fault_points.reach("after_read_back")
    if found.found and _of_another(delivery, attempt.part, found.found):
        found = ReadBack(checked=found.checked, note=_("Only a message of another delivery looks like it."))
    return _judge(delivery, attempt, attempt.part, found, clock())


def _of_another(delivery: Delivery, part: Part, ref: Ref) -> bool:
    """Whether the message found is one that we know already: the same words, sent earlier by another delivery."""
    return Part.objects.filter(delivery__account=delivery.account_id, remote_id=ref.uri).exclude(pk=part.pk).exists()


def _judge(delivery: Delivery, attempt: Attempt, part: Part, found: ReadBack, now: datetime) -> str:
    attempt.read_backs = [*attempt.read_backs, _entry(found, now)]
    if found.found:
        with transaction.atomic():
            outcome.adopt(delivery, part, found.found, now, sent_at=part.sent_stamp)
            outcome.finish(attempt, Attempt.State.FOUND, now, read_backs=attempt.read_backs)
            if delivery.state == State.SCHEDULED:
                claim.release(delivery)
    elif _proofs(attempt) >= PROOFS:
        with transaction.atomic():
            outcome.finish(attempt, Attempt.State.ABSENT, now, read_backs=attempt.read_backs)
            _absent(delivery, now)
    else:
        with transaction.atomic():
            _check_later(delivery, attempt, now)
            attempt.save(update_fields=["read_backs"])
    logger.info("read back: delivery=%s found=%s absent=%s", delivery.pk, bool(found.found), found.absent)
    return delivery.state


def _absent(delivery: Delivery, now: datetime) -> None:
    if delivery.attempts.filter(state=Attempt.State.ABSENT).count() >= MOST_DOUBTS:
        ask(delivery, now, _("It was sent several times without an answer and is not there. Look on the network."))
    else:
        _again(delivery, now, _("It was looked for twice and is not there: it is sent again."))


def _repeat_change(delivery: Delivery, now: datetime) -> str:
    """An edit or a deletion may be repeated, for the second changes nothing; not for ever, though."""
    if delivery.tries >= MOST_CHANGES:
        ask(delivery, now, _("The network does not say whether it changed the post. Look there and decide."))
        return delivery.state
    return _again(delivery, now, until=now + outcome.pause(delivery.tries))


def _entry(found: ReadBack, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "found": found.found.uri if found.found else "",
        "absent": found.absent,
        "looked_at": found.checked,
        "note": found.note[:200],
    }


def _proofs(attempt: Attempt) -> int:
    visible_from = attempt.started_at + VISIBLE_AFTER
    return sum(
        1 for entry in attempt.read_backs if entry["absent"] and datetime.fromisoformat(entry["at"]) >= visible_from
    )


def _check_later(delivery: Delivery, attempt: Attempt, now: datetime) -> None:
    checks = delivery.read_backs + 1
    later = [moment for pause in outcome.READ_BACK_AFTER if (moment := attempt.started_at + pause) > now]
    if checks >= len(outcome.READ_BACK_AFTER):
        return ask(delivery, now, _("It can be neither found nor proved absent. Look on the network and decide."))
    due_at = min([*later, now + SECOND_CHECK])
    return claim.release(delivery, due_at=due_at, read_backs=checks)


def _failed(delivery: Delivery, attempt: Attempt, error: Exception, network: Network, now: datetime) -> str:
    if not isinstance(error, SmeditorError):
        logger.exception("reading back: delivery=%s raised", delivery.pk)
    if now - attempt.started_at > GIVE_UP_AFTER:
        ask(delivery, now, _("The network could not be read for a day. Look there and decide."))
        return delivery.state
    until = error.again_at(now) if isinstance(error, RateLimited) else now + outcome.pause(delivery.tries)
    claim.release(delivery, due_at=until, tries=delivery.tries + 1)
    if isinstance(error, AuthExpired):
        tokens.expired(delivery.account, error, now, network=network, tries=delivery.tries)
    return delivery.state


def _repeat_or_ask(delivery: Delivery, part: Part, network: Network, now: datetime) -> str:
    if repeatable(part, network, now):
        return _again(delivery, now)
    ask(delivery, now)
    return delivery.state


def repeatable(part: Part, network: Network, now: datetime) -> bool:
    """Whether repeating a doubtful send is safe: the network knows the identity, and will for a while longer."""
    abilities = network.capabilities
    if not abilities.idempotent_send:
        return False
    if abilities.identity_lifetime is None or part.sent_stamp is None:
        return True
    return now - part.sent_stamp < timedelta(seconds=abilities.identity_lifetime) * 0.8


def _again(delivery: Delivery, now: datetime, reason: str = "", until: datetime | None = None) -> str:
    claim.release(
        delivery,
        state=State.SCHEDULED,
        due_at=until or now,
        tries=delivery.tries + 1,
        state_reason=reason[:500],
        state_changed_at=now,
    )
    return delivery.state


def ask(delivery: Delivery, now: datetime, sentence: str = "") -> None:
    """Leave the decision to a person. Raises FenceLost."""
    sentence = sentence or _("The network cannot say whether it was published. Look there and decide.")
    claim.release(delivery, state=State.HUMAN, state_reason=sentence[:500], state_changed_at=now)
