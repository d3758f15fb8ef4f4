"""How long after its publication a network lets a post be edited or deleted, and how that is said."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smeditor import conf
from smeditor.models import Delivery


def within(delivery: Delivery, window: timedelta | None, now: datetime) -> bool:
    """Whether ``window``, counted from when ``delivery`` was sent, is still open; always where the network names none."""
    return window is None or (delivery.sent_at is not None and now < delivery.sent_at + window)


def closed(sentence: str, window: timedelta | None) -> str:
    """``sentence``, which says that it is too late, with how long the network allows it."""
    if window is None:
        return sentence
    minutes = int(window.total_seconds() // 60)
    if minutes % 60 == 0:
        allowed = ngettext("The network allows %(n)d hour.", "The network allows %(n)d hours.", minutes // 60)
        return f"{sentence} {allowed % {'n': minutes // 60}}"
    allowed = ngettext("The network allows %(n)d minute.", "The network allows %(n)d minutes.", minutes)
    return f"{sentence} {allowed % {'n': minutes}}"


def until(delivery: Delivery, window: timedelta | None) -> str:
    """Until when it can be done, on the newsroom's clock, in a sentence; "" where the network names no end."""
    if window is None or delivery.sent_at is None:
        return ""
    end = timezone.localtime(delivery.sent_at + window, conf.zone())
    return _("It can be done until %(until)s.") % {"until": f"{end:%Y-%m-%d %H:%M}"}
