"""What a person decides where the engine must not: it is there, it is not there, send it now, drop it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor import conf
from smeditor.exceptions import AuthExpired, Refused, SmeditorError
from smeditor.models import Attempt, Delivery, Part
from smeditor.networks.base import Prepared, Ref
from smeditor.publishing import approval, slots

logger = logging.getLogger("smeditor.publishing")

State = Delivery.State
UNDECIDED = (State.HUMAN, State.UNKNOWN)
DROPPABLE = (State.SCHEDULED, State.LATE, State.STOPPED, State.REFUSED, State.HUMAN)
MOVABLE = (State.SCHEDULED, State.LATE, State.STOPPED, State.REFUSED, State.CANCELLED)


class CannotDecide(SmeditorError):
    """The decision does not fit the delivery's state, or what was given with it is not usable. Nothing was changed."""


class NeedsAnother(CannotDecide):
    """The user wrote in the text, and its account wants another pair of eyes. Nothing was changed."""


def it_is_there(delivery: Delivery, user: Any, url: str, now: datetime) -> bool:
    """A person found it on the network at ``url``. True when the network could be asked and confirms it.

    What the network knows wins over the pasted link. Raises CannotDecide.
    """
    _check_link(delivery, url)
    found = _read_back(delivery)
    ref = found or _ref_at(delivery, url)
    with transaction.atomic():
        fresh = _take(delivery, UNDECIDED)
        part = fresh.parts.filter(remote_id="").order_by("position").first()
        if part is not None:
            _complete(fresh, part, ref, now)
        _record(fresh, user, now, _("A person found it on the network."), confirmed=found is not None, url=url)
    _mirror(delivery, fresh)
    return found is not None


def it_is_not_there(delivery: Delivery, user: Any, now: datetime) -> None:
    """A person looked and it is not on the network: it is sent again under the same identity. Raises CannotDecide."""
    with transaction.atomic():
        fresh = _take(delivery, UNDECIDED)
        _approve(fresh, delivery, user, now)
        _record(fresh, user, now, _("A person looked: it is not there. It is sent again."))
        _schedule(fresh, now, now)
    _mirror(delivery, fresh)


def send_now(delivery: Delivery, user: Any, now: datetime) -> None:
    """Send what was late, stopped or refused after all, in its turn from ``now`` on. Raises CannotDecide.

    ``delivery`` as the user has seen it: where its text is another by now, nothing is decided.
    """
    move(delivery, user, now, now)


def objection(delivery: Delivery, user: Any) -> str:
    """Why ``user`` may not let a delivery go out, as a sentence: its approval does not do, and theirs would not."""
    if not approval.delivery_objection(delivery):
        return ""
    return approval.objection(delivery.account, delivery.authors, getattr(user, "pk", None))


def move_in_turn(delivery: Delivery, user: Any, start: datetime, others: Iterable[Delivery], now: datetime) -> None:
    """Give a delivery its account's first free moment from ``start`` (aware, not past) on: never a flood.

    The account's gap is kept to what is planned or went out, and its quiet hours are left out. The slots of ``others``,
    which are moved after it, are free. Raises CannotDecide.
    """
    plan = slots.Plan.of(delivery.account)
    taken = slots.taken_slots(delivery.account, start - plan.gap, without=[delivery, *others])
    move(delivery, user, plan.next_moment(start, taken), now)


def move_to_free_slot(delivery: Delivery, user: Any, others: Iterable[Delivery], now: datetime) -> None:
    """Give a delivery its account's next free slot; without slots, its first free moment. Raises CannotDecide.

    The slots of ``others``, which are moved after it, are free.
    """
    plan = slots.Plan.of(delivery.account)
    taken = slots.taken_slots(delivery.account, now - plan.gap, without=[delivery, *others])
    move(delivery, user, plan.next_free(now, taken), now)


def move(delivery: Delivery, user: Any, slot: datetime, now: datetime) -> None:
    """Give a delivery that is not being sent another slot (aware, not past). Raises CannotDecide.

    ``delivery`` as the user has seen it: where it has another slot by now, or another text, nothing is decided.
    """
    with transaction.atomic():
        fresh = _take(delivery, MOVABLE)
        _check_slot(fresh, delivery)
        if slot < now:
            raise CannotDecide(_("This time has passed: choose a later one."))
        _approve(fresh, delivery, user, now)
        _record(fresh, user, now, _("A person gave it another time."))
        _schedule(fresh, slot, now)
    _mirror(delivery, fresh)


def drop(delivery: Delivery, user: Any, now: datetime) -> None:
    """Never send it. Raises CannotDecide."""
    with transaction.atomic():
        fresh = _take(delivery, DROPPABLE)
        _record(fresh, user, now, _("A person dropped it."))
        fresh.state, fresh.state_reason, fresh.state_changed_at = State.CANCELLED, _("Dropped."), now
        fresh.save(update_fields=["state", "state_reason", "state_changed_at"])
    _mirror(delivery, fresh)


def _take(delivery: Delivery, states: tuple[str, ...]) -> Delivery:
    """Lock the row, check its state, and move the fence on, so that a worker that has it loses it."""
    fresh = Delivery.objects.select_for_update(of=("self",)).select_related("account", "post").get(pk=delivery.pk)
    if fresh.state not in states:
        params = {"state": fresh.get_state_display()}
        raise CannotDecide(_("It has moved on meanwhile and is now: %(state)s. Nothing was changed.") % params)
    fresh.fence += 1
    fresh.lease_until, fresh.worker = None, ""
    fresh.save(update_fields=["fence", "lease_until", "worker"])
    return fresh


def _check_slot(fresh: Delivery, shown: Delivery) -> None:
    """Raises CannotDecide where somebody has moved it since it was shown."""
    if fresh.slot != shown.slot:
        when = date_format(timezone.localtime(fresh.slot, conf.zone()), "SHORT_DATETIME_FORMAT")
        raise CannotDecide(_("It was moved meanwhile and has the slot %(when)s. Nothing was changed.") % {"when": when})


def _approve(fresh: Delivery, shown: Delivery, user: Any, now: datetime) -> None:
    """Who lets a delivery go out has seen its text, and approves it where its approval does not do. Raises CannotDecide."""
    if shown.payload_hash != fresh.payload_hash:
        raise CannotDecide(_("The text was changed meanwhile. Nothing was decided: read what would go out now."))
    sentence = objection(fresh, user)
    if sentence:
        raise NeedsAnother(sentence)
    if approval.delivery_objection(fresh):
        fresh.approved_by, fresh.approved_at = user, now
        fresh.save(update_fields=["approved_by", "approved_at"])


def _schedule(delivery: Delivery, slot: datetime, now: datetime) -> None:
    delivery.state, delivery.state_reason, delivery.state_changed_at = State.SCHEDULED, "", now
    delivery.slot = delivery.due_at = max(slot, delivery.not_before or slot)
    delivery.tries = delivery.read_backs = 0
    delivery.save(update_fields=["state", "state_reason", "state_changed_at", "slot", "due_at", "tries", "read_backs"])


def _complete(delivery: Delivery, part: Part, ref: Ref, now: datetime) -> None:
    part.remote_id, part.remote_url, part.remote_cid = ref.uri[:500], ref.url[:500], ref.cid[:200]
    part.save(update_fields=["remote_id", "remote_url", "remote_cid"])
    if part.position == 0:
        delivery.remote_id, delivery.remote_url, delivery.remote_cid = part.remote_id, part.remote_url, part.remote_cid
    delivery.state_reason, delivery.state_changed_at, delivery.tries = "", now, 0
    if delivery.parts.filter(remote_id="").exists():
        delivery.state, delivery.due_at, delivery.slot = State.SCHEDULED, now, now
    else:
        delivery.state, delivery.sent_at = State.SENT, part.sent_stamp or now
    delivery.save()


def _record(delivery: Delivery, user: Any, now: datetime, sentence: str, **facts: Any) -> None:
    """Every open doubt of the delivery ends by this person's word; the log keeps who said it."""
    doubts = delivery.attempts.filter(state__in=[Attempt.State.UNKNOWN, Attempt.State.SENDING])
    doubts.update(state=Attempt.State.DECIDED, decided_by=user, finished_at=now, sentence=sentence[:500])
    data = {"delivery": delivery.pk, "decision": sentence, **facts}
    log(delivery.post, "smeditor.decide", user=user, data=data)
    logger.info("decided: delivery=%s user=%s", delivery.pk, getattr(user, "pk", None))


def _check_link(delivery: Delivery, url: str) -> None:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError as error:
        raise CannotDecide(_("This is not a web address: copy the post's link from the network.")) from error
    known = {urlsplit(address).hostname for address in (delivery.account.server_url, delivery.account.profile_url)}
    host = urlsplit(url).hostname or ""
    expected = {name for name in known if name}
    if delivery.account.profile_url and host not in expected:
        params = {"host": host, "expected": ", ".join(sorted(expected))}
        raise CannotDecide(_("The link leads to %(host)s, not to %(expected)s. Check it.") % params)


def _read_back(delivery: Delivery) -> Ref | None:
    """Ask the network, where it can say; None when it cannot, does not know, or is out of reach."""
    part = delivery.parts.filter(remote_id="").order_by("position").first()
    if part is None or not part.identity or not part.prepared:
        return None
    from smeditor.accounts import clients, tokens

    try:
        with clients.connected(delivery.account) as network:
            if not network.capabilities.read_back:
                return None
            since = part.sent_stamp or delivery.slot
            return network.read_back(Prepared.from_json(part.prepared), part.identity, since).found
    except AuthExpired as error:
        tokens.expired(delivery.account, error, timezone.now())
        return None
    except SmeditorError as error:
        logger.info("decide: delivery=%s could not be read (%s)", delivery.pk, type(error).__name__)
        return None


def _ref_at(delivery: Delivery, url: str) -> Ref:
    """Where the message at ``url`` is, by its id where the network's addresses hold it. Raises CannotDecide where this has none."""
    from smeditor.accounts import clients

    try:
        with clients.connected(delivery.account) as network:
            return network.ref_at(url)
    except Refused as error:
        raise CannotDecide(error.sentence) from error
    except SmeditorError as error:
        logger.info("decide: delivery=%s has no client (%s)", delivery.pk, type(error).__name__)
        return Ref(uri=url, url=url)


def _mirror(delivery: Delivery, fresh: Delivery) -> None:
    """Let the caller's copy show what was decided."""
    for field in Delivery._meta.concrete_fields:
        setattr(delivery, field.attname, getattr(fresh, field.attname))
