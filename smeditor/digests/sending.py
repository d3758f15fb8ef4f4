"""Who gets a digest, when, and that nobody gets it twice."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor import conf
from smeditor.accounts.mail import message_id
from smeditor.digests import mail
from smeditor.digests.content import DigestContent, compose, touched_articles
from smeditor.leases import lease
from smeditor.models import Digest, DigestPreference

logger = logging.getLogger("smeditor.digests")

LEASE_SECONDS = 300
DOUBTFUL_AFTER = timedelta(minutes=10)
PERIODS: dict[str, timedelta] = {
    DigestPreference.Frequency.DAILY: timedelta(days=1),
    DigestPreference.Frequency.WEEKLY: timedelta(days=7),
}
State = Digest.State


def run_due(now: datetime, everyone: bool = False) -> int:
    """Write and send the digests that are due at the aware time ``now``; returns how many went out.

    A digest is due from the newsroom's ``DIGEST_HOUR`` on, once a day or a week as the journalist chose.
    ``everyone`` sends them at once to all who have news, for a newsroom that asks for it.
    """
    with lease("digests", now, LEASE_SECONDS) as mine:
        if not mine:
            return 0
        _doubt_unfinished(now)
        until = now if everyone else _boundary(now)
        if until is None:
            return 0
        return sum(_digest_for(user, until, everyone, now) for user in _journalists())


def _boundary(now: datetime) -> datetime | None:
    """Today's hour of the digests as an instant; None while it is still to come."""
    local = now.astimezone(conf.zone())
    boundary = local.replace(hour=conf.get("DIGEST_HOUR"), minute=0, second=0, microsecond=0)
    return boundary if boundary <= local else None


def _journalists() -> QuerySet[Any]:
    users = get_user_model().objects.filter(is_active=True).exclude(email="")
    return users.select_related("smeditor_digest_preference").order_by("pk")


def _frequency(user: Any) -> str:
    preference = getattr(user, "smeditor_digest_preference", None)
    return preference.frequency if preference else DigestPreference.Frequency.DAILY


def _digest_for(user: Any, until: datetime, everyone: bool, now: datetime) -> int:
    period = PERIODS.get(_frequency(user))
    if period is None:
        return 0
    last = Digest.objects.filter(user=user).exclude(state=State.FAILED).order_by("-until").first()
    if last and not everyone and last.until > until - period:
        return 0
    since = max(last.until if last else until - period, until - timedelta(days=14))
    signed = touched_articles(since, until, user)
    if not signed:
        return 0
    try:
        return _send(user, compose(signed, since, until, now))
    except Exception:
        logger.exception("the digest for user %s was not written", user.pk)
        return 0


def _send(user: Any, content: DigestContent) -> int:
    """Commit the intent, then hand the mail over once. A crash in between leaves a doubt that a person sees."""
    try:
        with transaction.atomic():
            digest = Digest.objects.create(
                user=user,
                since=content.since,
                until=content.until,
                state=State.SENDING if content.articles else State.EMPTY,
                items=content.items(),
                message_id=message_id(),
            )
    except IntegrityError:
        return 0
    if digest.state == State.EMPTY:
        return 0
    try:
        digest.subject = mail.send_digest(user, content, digest.message_id)
    except (SMTPException, OSError) as error:
        digest.state = State.FAILED
        digest.problem = _(
            "The mail server did not take the digest. Check the mail settings; the next digest covers it."
        )
        logger.warning("digest %s: %s", digest.pk, type(error).__name__)
        digest.save(update_fields=["state", "problem"])
        return 0
    digest.state = State.SENT
    digest.sent_at = content.until
    digest.save(update_fields=["state", "subject", "sent_at"])
    log(instance=digest, action="smeditor.digest_sent", user=None)
    return 1


def _doubt_unfinished(now: datetime) -> None:
    """A digest that was being handed over when its worker died may have gone out: it is never sent again."""
    Digest.objects.filter(state=State.SENDING, created_at__lt=now - DOUBTFUL_AFTER).update(
        state=State.FAILED,
        problem=_("The worker stopped while it sent this digest: it may or may not have arrived."),
    )
