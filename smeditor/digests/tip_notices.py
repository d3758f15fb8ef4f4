"""Before an unread tip is erased, those who may open it are told: its code name and the day, nothing of what is in it."""

from __future__ import annotations

import logging
from datetime import date
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts.mail import message_id
from smeditor.digests.mail import language_of
from smeditor.insight.tips import sealing
from smeditor.models import Tip

logger = logging.getLogger("smeditor.digests")


def announce(today: date) -> int:
    """Tell the readers of every unread tip that is erased within two weeks, once each; return how many tips."""
    due = sealing.unread(today).filter(announced_on=None)
    return sum(_announce(tip, today) for tip in due)


def _announce(tip: Tip, today: date) -> bool:
    sent = [_tell(tip, reader) for reader in sealing.readers_of(tip) if reader.email]
    if not any(sent):
        return False  # it is tried again, and the desk shows it as unread meanwhile
    Tip.objects.filter(pk=tip.pk).update(announced_on=today)
    return True


def _tell(tip: Tip, reader: Any) -> bool:
    with translation.override(language_of(reader)):
        url = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('smeditor:tip', args=[tip.pk])}"
        subject = conf.get("MAIL_PREFIX") + _("A tip that nobody has read is about to be erased")
        body = render_to_string("smeditor/mail/tip_notice.txt", {"tip": tip, "reader": reader, "url": url})
    try:
        EmailMessage(subject, body, to=[reader.email], headers={"Message-ID": message_id()}).send()
    except (SMTPException, OSError) as error:
        logger.warning("the notice about a tip: %s", type(error).__name__)
        return False
    return True
