"""From the reader's form to the social desk: stored first, handed over, then forgotten here."""

import logging

from django.db import transaction
from django.utils import timezone

from newsroom.articles.models import ReaderMessage
from smeditor.signals import reader_message

CATCH_UP = 20  # messages offered again in one reader's request

log = logging.getLogger("newsroom.reader_messages")


def receive(message: ReaderMessage) -> bool:
    """Store an unsaved ``message`` and hand it over; return whether the desk has taken it. It is kept otherwise.

    A desk that takes this one is awake: it is offered some of those that still wait.
    """
    with transaction.atomic():
        message.save()
        taken = hand_over(message)
    if taken:
        hand_over_waiting(limit=CATCH_UP)
    return taken


def hand_over_waiting(limit: int | None = None) -> tuple[int, int]:
    """Offer again what nobody has taken, the oldest first; return how many were taken and how many still wait."""
    taken = waiting = 0
    for pk in ReaderMessage.objects.waiting().values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            message = ReaderMessage.objects.select_for_update().waiting().filter(pk=pk).first()
            if message is None:
                continue
            done = hand_over(message)
        taken, waiting = taken + done, waiting + (not done)
    return taken, waiting


def hand_over(message: ReaderMessage) -> bool:
    """Offer a stored ``message`` to the desk inside the caller's transaction, and forget its text once it is taken."""
    try:
        with transaction.atomic():
            answers = reader_message.send(
                sender=ReaderMessage,
                article_id=message.article_id,
                kind=message.kind,
                passage=message.passage,
                message=message.message,
                name=message.name,
                email=message.email,
                received_at=message.received_at,
                reference=f"reader-message:{message.pk}",
            )
    except Exception as error:
        # The cause by its class only: the text of a database error may quote what the reader wrote.
        log.error("Reader's message %s was not taken: %s", message.pk, type(error).__qualname__)
        return False
    if not any(stored for _receiver, stored in answers):
        return False
    message.forget(timezone.now())
    return True
