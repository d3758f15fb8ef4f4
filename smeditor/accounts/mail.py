"""Mail to those who must know of trouble with an account or a desk: one address, in plain words."""

from __future__ import annotations

import logging
from email.utils import make_msgid

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail

from smeditor import conf
from smeditor.models import Account, Desk

logger = logging.getLogger("smeditor.accounts")


def message_id() -> str:
    """A Message-ID at the domain of ``DEFAULT_FROM_EMAIL``, made before the mail is handed over."""
    return make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or None)


def mail(account: Account, subject: str, body: str) -> None:
    """Write to the account's desk, or to the superusers when it has none. A mail server's fault is only logged."""
    write_to(recipients(account.desk), subject, body)


def write_to(addresses: list[str], subject: str, body: str) -> None:
    """Write one mail to ``addresses``. A mail server's fault, and that there is nobody, is only logged."""
    if not addresses:
        logger.warning("no mail: there is nobody to write to")
        return
    try:
        send_mail(f"{conf.get('MAIL_PREFIX')}{' '.join(subject.split())}", body, None, addresses)
    except OSError as error:  # smtplib's errors are OSErrors
        logger.error("no mail: %s", type(error).__name__)


def recipients(desk: Desk | None) -> list[str]:
    """Who must know of a desk's trouble: its own address, else its members; the superusers where there is no desk."""
    if desk is not None and desk.email:
        return [desk.email]
    users = desk.members.all() if desk is not None else get_user_model().objects.filter(is_superuser=True)
    return sorted({user.email for user in users if user.is_active and user.email})
