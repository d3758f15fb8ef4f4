"""What those who are named on a tip do with it: name a further reader, say what becomes of it. Each leaves its trace."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import NotAllowed, SmeditorError
from smeditor.insight.tips import sealing
from smeditor.models import Tip, TipAccess


@transaction.atomic
def name_reader(tip: Tip, reader: Any, user: Any) -> None:
    """Let ``reader`` open ``tip``, too.

    Raises NotAllowed when ``user`` may not open it, SmeditorError when ``reader`` may read no tips.
    """
    _check_may_open(tip, user)
    if reader not in sealing.possible_readers():
        raise SmeditorError(_("Choose somebody who may read tips."))
    tip.readers.add(reader)
    TipAccess.objects.create(tip=tip, user=user, operation="named")
    log(instance=tip, action="smeditor.tip_reader_named", user=user)


@transaction.atomic
def set_state(tip: Tip, state: str, user: Any) -> None:
    """Say what becomes of ``tip``: one of ``Tip.State``.

    Raises NotAllowed when ``user`` may not open it, SmeditorError when there is no such state.
    """
    _check_may_open(tip, user)
    if state not in Tip.State.values:
        raise SmeditorError(_("Choose what becomes of it."))
    tip.state = state
    tip.save(update_fields=["state"])
    TipAccess.objects.create(tip=tip, user=user, operation=state)


def _check_may_open(tip: Tip, user: Any) -> None:
    if not sealing.may_open(tip, user):
        raise NotAllowed(_("Only those who are named on a tip decide about it."))
