"""Comments and reactions by polling, and from the updates that a webhook brought.

A bot has a single queue of updates (https://core.telegram.org/bots/api#getting-updates, 2026-11-30): while a webhook is set,
``getUpdates`` is answered with 409, and so is the earlier of two programs that poll.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Refused, Temporary
from smeditor.networks.base import Batch, Ref
from smeditor.networks.http import an_object
from smeditor.networks.telegram import ids, parse
from smeditor.networks.telegram.api import CONFLICT
from smeditor.networks.telegram.cursor import Cursor
from smeditor.networks.telegram.updates import WANTED, Updates
from smeditor.redaction import redact

if TYPE_CHECKING:
    from smeditor.networks.telegram.network import Telegram

PAGE = 100
TROUBLE_FOR = timedelta(hours=1)
"""A failure to deliver that is older says nothing about now."""


def poll(network: Telegram, data: Mapping[str, Any], ours: Sequence[Ref], webhook: str) -> Batch:
    """Return one page of updates since the cursor ``data``; none while our webhook, known by its digest, brings them.

    ``ours``: messages of ours, by which an album is known. Raises Refused where another program has set a webhook,
    Temporary where another one polls, or where Telegram cannot reach our webhook.
    """
    cursor, now = Cursor.read(data), datetime.now(UTC)
    asked = {"limit": PAGE, "timeout": 0, "allowed_updates": list(WANTED), "offset": cursor.start(now)}
    try:
        page = network.api.ask("getUpdates", asked)
    except Refused as error:
        if error.status != CONFLICT:
            raise
        if "webhook" not in error.code:
            sentence = _("Another program reads the updates of this bot. Make a bot for the desk alone.")
            raise Temporary(sentence, status=error.status, code=error.code) from error
        check_webhook(network, webhook, now)
        return Batch(cursor=dict(data))
    if not isinstance(page, list):
        raise BadAnswer(_("The server answered with something else than a list."))
    updates = [update for update in page[:PAGE] if isinstance(update, dict)]
    numbers = [number for update in updates if (number := parse.number(update.get("update_id"), 0)) is not None]
    if page and not numbers:
        raise BadAnswer(cause="getUpdates without update_id")
    reading = Updates(network.place(), cursor, remembers=True, first_of=first_of(ours)) if updates else None
    for update in updates:
        if reading:
            reading.take(update)
    if numbers:
        cursor.offset, cursor.at = max(numbers) + 1, now
    inbound = tuple(reading.inbound.values()) if reading else ()
    deleted = tuple(reading.deleted) if reading else ()
    return Batch(inbound, cursor.as_json(), more=len(page) >= PAGE, deleted=deleted)


def read(network: Telegram, events: Sequence[Mapping[str, Any]]) -> Batch:
    """Return what stored updates tell, oldest first."""
    if not events:
        return Batch()
    try:
        place = network.place()
    except (BadAnswer, Refused) as error:
        # what a webhook brought comes no second time: it must not be given up for what the server says elsewhere
        raise Temporary(error.sentence, cause=error.cause) from error
    reading = Updates(place, Cursor(), remembers=False, first_of={})
    for event in events:
        reading.take(event)
    return Batch(tuple(reading.inbound.values()), deleted=tuple(reading.deleted))


def first_of(ours: Sequence[Ref]) -> dict[str, str]:
    """The first message of each album of ``ours``, by the native ids of the others."""
    found: dict[str, str] = {}
    for ref in ours:
        parts = ids.parts_of(ref.uri)
        if parts:
            found |= {ids.native_id(parts[0], number): ref.uri for number in ids.numbers_of(ref)[1:]}
    return found


def check_webhook(network: Telegram, digest: str, now: datetime) -> None:
    """Raise Refused where the bot's webhook is not ours, Temporary where Telegram has failed of late to reach ours."""
    info = an_object(network.api.ask("getWebhookInfo"))
    address = str(info.get("url") or "")
    if not digest or sha256(address.encode()).hexdigest() != digest:
        sentence = _(
            "Updates of this bot go to a webhook that this desk does not know: comments do not come here. Make a bot for the "
            "desk alone, or connect the account again."
        )
        raise Refused(sentence, code="webhook")
    failed = parse.moment(info.get("last_error_date"))
    if failed and now - failed < TROUBLE_FOR and parse.number(info.get("pending_update_count")):
        reason = redact(str(info.get("last_error_message") or ""), 200)
        raise Temporary(
            _("Telegram cannot bring updates to this desk: %(reason)s") % {"reason": reason}, code="webhook"
        )
