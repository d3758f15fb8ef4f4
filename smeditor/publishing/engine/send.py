"""Sending one claimed delivery, part by part: mint, prepare, check, one request, and what came of it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import tokens
from smeditor.exceptions import (
    AuthExpired,
    FetchRefused,
    Gone,
    RateLimited,
    Refused,
    SmeditorError,
    Temporary,
    TooLarge,
    UnsupportedFeature,
)
from smeditor.models import Attempt, Delivery, Part
from smeditor.networks.base import Network, Prepared, Receipt
from smeditor.networks.deadline import not_after
from smeditor.publishing.engine import claim, fault_points, messages, outcome, preparing, rates, readback
from smeditor.publishing.engine.clock import Clock
from smeditor.publishing.engine.send_check import check, fresh, lock, pre_check

logger = logging.getLogger("smeditor.publishing")

State = Delivery.State
Operation = Delivery.Operation
UNEXPECTED_TRIES = 5


def send(delivery: Delivery, network: Network, clock: Clock) -> str:
    """Carry a claimed delivery as far as it goes now. Returns its state afterwards. Raises FenceLost, nothing else."""
    if _has_images(delivery):
        claim.renew(delivery, clock())
        verdict = check(fresh(delivery.pk, clock()), clock())
    else:
        claim.renew_when_worn(delivery, clock())
        verdict = pre_check(delivery, clock())
    if not verdict.go:
        outcome.apply(delivery, verdict, clock())
        return delivery.state
    parts = list(delivery.parts.all())
    for part in _todo(delivery, parts):
        if not _send_part(delivery, part, parts, network, clock):
            break
    return delivery.state


def _has_images(delivery: Delivery) -> bool:
    """Whether preparing uploads anything: then the whole look comes before it as well, not only before the sending."""
    parts = delivery.payload.get("parts") or []
    return any(part.get("media") or (part.get("card") or {}).get("image") for part in parts)


def _todo(delivery: Delivery, parts: list[Part]) -> list[Part]:
    missing = [part for part in parts if not part.remote_id]
    return missing[::-1] if delivery.operation == Operation.DELETE else missing


def _send_part(delivery: Delivery, part: Part, parts: list[Part], network: Network, clock: Clock) -> bool:
    """True when the part is on the network and the next one may follow."""
    if delivery.tries and not _may_be_repeated(delivery, part, network, clock()):
        return False
    try:
        prepared = preparing.prepare(delivery, part, parts, network, clock)
    except claim.FenceLost:
        raise
    except Exception as error:  # a bug of an adapter is an outcome like any other: nothing was published
        _unprepared(delivery, error, network, clock)
        return False
    if prepared is None:
        return False
    fault_points.reach("before_send_check")
    attempt = send_check(delivery, part, clock())
    fault_points.reach("after_send_check")
    if attempt is None:
        return False
    try:
        _still_awake(attempt, clock())
        fault_points.reach("before_request")
        with not_after(clock.monotonic(_latest(attempt))):
            receipt = _one_request(delivery, part, prepared, network, clock)
    except Exception as error:  # whatever it is, the request may have left: only the named errors say it did not
        _answered_with(error, delivery, attempt, network, clock)
        return False
    fault_points.reach("after_send")
    _record_acceptance(delivery, part, attempt, receipt, clock())
    return True


def _may_be_repeated(delivery: Delivery, part: Part, network: Network, now: datetime) -> bool:
    """A doubt that nobody settled: the send is repeated only while the network still knows its identity."""
    doubt = part.attempts.filter(state=Attempt.State.UNKNOWN).exists()
    if not doubt or delivery.operation != Operation.PUBLISH or readback.repeatable(part, network, now):
        return True
    readback.ask(delivery, now)
    return False


def send_check(delivery: Delivery, part: Part, now: datetime) -> Attempt | None:
    """In one committed transaction: check once more, mark as sending, write the attempt. None when it may not go."""
    with transaction.atomic():
        lock(delivery)
        taken = claim.owned(delivery).filter(state=State.SCHEDULED)
        if not taken.update(state=State.SENDING, lease_until=claim.lease_end(now), state_changed_at=now):
            raise claim.FenceLost
        row = fresh(delivery.pk, now)
        verdict = check(row, now)
        if verdict.go and part.sent_stamp is None:
            part.sent_stamp = now
        part.save(update_fields=["identity", "prepared", "sent_stamp"])
        if not verdict.go:
            outcome.apply(row, verdict, now)
            delivery.state = row.state
            return None
        attempt = Attempt.objects.create(
            delivery=delivery,
            part=part,
            number=(row.last_attempt or 0) + 1,
            identity=part.identity,
            payload_hash=row.payload_hash,
            fence=delivery.fence,
            worker=row.worker,
            started_at=now,
        )
        fault_points.reach("inside_send_check")
    delivery.state = State.SENDING
    return attempt


def _still_awake(attempt: Attempt, now: datetime) -> None:
    """A worker that slept between its send check and now must not send: others may have settled the doubt meanwhile."""
    if now > _latest(attempt) - timedelta(seconds=conf.get("REQUEST_TIMEOUT")):
        raise Temporary(_("The worker was held up before it could send. It is tried again."), cause="slept")


def _latest(attempt: Attempt) -> datetime:
    """When the lease of the attempt ends: from then on others may settle its doubt, so that nothing may leave any more.

    The check before the request is not enough: the process may be stopped right after it.
    """
    return attempt.started_at + timedelta(seconds=conf.get("LEASE"))


def _one_request(delivery: Delivery, part: Part, prepared: Prepared, network: Network, clock: Clock) -> Receipt:
    if delivery.operation == Operation.PUBLISH:
        return network.send(prepared, part.identity, part.sent_stamp or clock())
    target = messages.ref_of(Part.objects.get(delivery__changes=delivery, position=part.position))
    if delivery.operation == Operation.EDIT:
        return network.edit(target, prepared)
    try:
        network.delete(target)
    except Gone:
        logger.info("deletion: delivery=%s was gone already", delivery.pk)
    return Receipt(ref=target, at=clock())


def _record_acceptance(delivery: Delivery, part: Part, attempt: Attempt, receipt: Receipt, now: datetime) -> None:
    """Record the acceptance; when the fence was lost meanwhile, what we know still settles the doubt of others."""
    try:
        outcome.accepted(delivery, part, attempt, receipt, now)
    except claim.FenceLost:
        # Both or neither: an accepted attempt of a delivery in doubt would be looked for no more.
        with transaction.atomic():
            outcome.finish(attempt, Attempt.State.ACCEPTED, now, answer=outcome.excerpt(receipt.answer))
            outcome.tell(delivery, part, attempt, receipt.ref, now)
        raise


def _answered_with(error: Exception, delivery: Delivery, attempt: Attempt, network: Network, clock: Clock) -> None:
    now = clock()
    match error:
        case TooLarge():  # the request was answered, the answer not read
            outcome.unknown(delivery, attempt, error, now, network.capabilities)
        case RateLimited():
            rates.remember_pause(delivery, error, now)
            outcome.not_sent(delivery, attempt, error, now, error.again_at(now))
        case AuthExpired():
            outcome.not_sent(delivery, attempt, error, now, now + outcome.FIRST_PAUSE)
            tokens.expired(delivery.account, error, now, network=network, tries=delivery.tries)
        case Temporary():
            outcome.not_sent(delivery, attempt, error, now, now + outcome.pause(delivery.tries))
        case Refused() | Gone() | UnsupportedFeature() | FetchRefused():
            outcome.refused(delivery, attempt, error, now)
        case _:
            if not isinstance(error, SmeditorError):
                logger.exception("sending: delivery=%s raised", delivery.pk)
            outcome.unknown(delivery, attempt, error, now, network.capabilities)


def _unprepared(delivery: Delivery, error: Exception, network: Network, clock: Clock) -> None:
    now = clock()
    match error:
        case RateLimited():
            outcome.not_sent(delivery, None, error, now, error.again_at(now))
        case AuthExpired():
            outcome.not_sent(delivery, None, error, now, now + outcome.FIRST_PAUSE)
            tokens.expired(delivery.account, error, now, network=network, tries=delivery.tries)
        case Refused() | Gone() | UnsupportedFeature() | FetchRefused():
            outcome.refused(delivery, None, error, now)
        case SmeditorError() | OperationalError() | InterfaceError():  # the database's own trouble passes
            outcome.not_sent(delivery, None, error, now, now + outcome.pause(delivery.tries))
        case _:
            logger.exception("preparing: delivery=%s raised", delivery.pk)
            if delivery.tries >= UNEXPECTED_TRIES:
                outcome.refused(delivery, None, error, now)
            else:
                outcome.not_sent(delivery, None, error, now, now + outcome.pause(delivery.tries))
