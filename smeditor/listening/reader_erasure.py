"""Erasing one reader at their own request (GDPR art. 17): counted first, then done and logged without a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from smeditor.listening.erase import erase_reader
from smeditor.models import Reaction, Reader
from smeditor.networks.base import Presence


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of some readers: messages with their words, likes and reposts, and how many of all are under a legal hold."""

    messages: int
    signs: int
    held: int

    @property
    def total(self) -> int:
        """All reactions that erasing would empty, now or when their hold ends."""
        return self.messages + self.signs


def count_kept(readers: Sequence[Reader], now: datetime | None = None) -> Kept:
    """Count what is kept of ``readers``; what they deleted themselves is kept only under a legal hold."""
    rows = Reaction.objects.filter(reader__in=readers).exclude(presence=Presence.DELETED, content__isnull=True)
    with_text = rows.filter(content__isnull=False).count()
    held = rows.filter(legal_hold_until__gt=now or timezone.now()).count()
    return Kept(messages=with_text, signs=rows.count() - with_text, held=held)


@transaction.atomic
def erase_readers(readers: Sequence[Reader], *, opt_out: bool, user: Any = None) -> int:
    """Erase all that ``readers`` ever wrote, and return how many reactions are erased.

    What a legal hold keeps is out of sight at once and erased when the hold ends. ``opt_out``: they do not want to be
    collected again either. ``user``: who does it; None for the command line. The log names each reader by number only.
    """
    erased = sum(erase_reader(reader, opt_out=opt_out) for reader in readers)
    for reader in readers:
        log(instance=reader, action="smeditor.reader_erased", user=user, title=f"#{reader.pk}")
    return erased
