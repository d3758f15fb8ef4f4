"""A legal hold: what is needed for a legal claim is kept although its author deleted it or its time is over.

The ground is article 17(3)(e) of the GDPR. A hold has a reason, an end and somebody who answers for it; while it lasts,
what its author deleted is in no list but that of the holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import Refused
from smeditor.listening.erase import erase_all, is_held
from smeditor.models import Reaction, ReactionText
from smeditor.networks.base import Presence

LONGEST = timedelta(days=5 * 365)
"""A hold is reviewed by a person after so long at the latest: then it is placed anew, or ends."""
FIELDS = ["legal_hold_until", "legal_hold_reason", "legal_hold_by"]


@transaction.atomic
def place(reaction: Reaction, until: datetime, reason: str, user: Any, now: datetime | None = None) -> None:
    """Keep the words of ``reaction`` until ``until`` (aware), or change the hold that it is under.

    ``reason`` is shown beside the reaction and never logged; ``user`` answers for it. Raises
    :class:`~smeditor.exceptions.Refused` without a reason, with an end that is past or more than five years away, and
    where the words are gone already.
    """
    now = now or timezone.now()
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Say why it has to be kept."))
    if not now < until <= now + LONGEST:
        raise Refused(_("Choose an end that lies ahead, within five years."))
    row = _locked(reaction)
    if row is None:
        raise Refused(_("Its words are erased already: there is nothing left to keep."))
    row.legal_hold_until, row.legal_hold_reason, row.legal_hold_by = until, reason[:300], user
    if row.presence == Presence.DELETED:
        row.next_check_at = until
    row.save(update_fields=[*FIELDS, "next_check_at"])
    log(instance=row, action="smeditor.legal_hold_placed", user=user, data={"until": until.isoformat()})


@transaction.atomic
def lift(reaction: Reaction, user: Any, now: datetime | None = None) -> bool:
    """End the hold of ``reaction``, and return whether its words were erased with it: its author had deleted them.

    Where they had not, the words are kept as long as those of others. Raises :class:`~smeditor.exceptions.Refused` when
    there is no hold to end.
    """
    now = now or timezone.now()
    row = _locked(reaction)
    if row is None or not is_held(row, now):
        raise Refused(_("No legal hold keeps it any more."))
    log(instance=row, action="smeditor.legal_hold_lifted", user=user)
    if row.presence == Presence.DELETED:
        return erase_all([row], now, despite_hold=True) == 1
    row.legal_hold_until, row.legal_hold_reason, row.legal_hold_by = None, "", None
    row.save(update_fields=FIELDS)
    ReactionText.objects.filter(reaction=row).update(expires_at=now)  # how long it may stay is looked up again
    return False


def _locked(reaction: Reaction) -> Reaction | None:
    return Reaction.objects.select_for_update(of=("self",)).filter(pk=reaction.pk, content__isnull=False).first()
