"""Answers by mail, to readers who wrote through the newspaper's form and left an address."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.accounts.mail import message_id
from smeditor.exceptions import Refused
from smeditor.models import Conversation, Reaction


def answer(reaction: Reaction, text: str, url: str, user: Any) -> None:
    """Send one answer to a reader's form message. Does nothing when its conversation was answered before.

    The conversation is marked first, in its own transaction: a reader may miss an answer, but never gets it twice.
    Raises Refused with a sentence when the mail server does not take it; the conversation waits again then.
    """
    conversation_id = reaction.conversation_id
    if conversation_id is None or not _take(conversation_id, user):
        return
    with translation.override(reaction.language or translation.get_language()):
        context = {"text": text, "url": url, "name": reaction.content.author_name, "article": reaction.article}
        subject = _("Your message to the newsroom")
        body = render_to_string("smeditor/mail/answer.txt", context)
    try:
        EmailMessage(subject, body, to=[reaction.content.contact], headers={"Message-ID": message_id()}).send()
    except (SMTPException, OSError) as error:
        _reopen(conversation_id)
        logging.getLogger("smeditor.digests").warning("answer by mail: %s", type(error).__name__)
        raise Refused(_("The mail server did not take the answer. Check the mail settings and try again.")) from error
    log(instance=reaction, action="smeditor.answered_by_mail", user=user)


@transaction.atomic
def _take(conversation_id: int, user: Any) -> bool:
    waiting = Conversation.objects.filter(pk=conversation_id, state=Conversation.State.OPEN)
    return waiting.update(state=Conversation.State.ANSWERED, answered_by=user, answered_at=timezone.now()) == 1


def _reopen(conversation_id: int) -> None:
    Conversation.objects.filter(pk=conversation_id).update(
        state=Conversation.State.OPEN, answered_by=None, answered_at=None
    )
