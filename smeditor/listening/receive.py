"""What readers write through the newspaper's own form: a reaction like any other, whose contact lies encrypted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from smeditor.listening import threads
from smeditor.listening.batch import FORM
from smeditor.listening.content import expiry, tidy
from smeditor.listening.identity import message_key, pseudonym, scope_of
from smeditor.models import (
    AttachedBy,
    Label,
    Reaction,
    ReactionKey,
    ReactionLabel,
    ReactionText,
    Reader,
    Tombstone,
)
from smeditor.networks.base import Kind

LABELS = {
    "error": Label.CORRECTION,
    "question": Label.QUESTION,
    "testimony": Label.TESTIMONY,
    "tip": Label.TIP,
    "thanks": Label.THANKS,
}
"""What a reader says of their own message in the form, as the desk's label."""
LONGEST_PASSAGE = 2000


def form_message(
    *,
    article_id: int | None,
    kind: str,
    passage: str,
    message: str,
    name: str,
    email: str,
    received_at: datetime,
    reference: str,
    **_further: Any,
) -> Reaction | Tombstone:
    """Store one message of the form and return its reaction. The arguments are those of the signal.

    Sent again with the same ``reference`` it changes nothing; one that was erased since stays erased, and its tombstone
    is returned.
    """
    key = message_key(reference, scope_of(FORM))
    with transaction.atomic():
        known = ReactionKey.objects.filter(key=key.key).select_related("reaction").first()
        if known:
            return known.reaction
        tombstone = Tombstone.objects.filter(key=key.key).first()
        if tombstone:
            return tombstone
        reader, _made = Reader.objects.get_or_create(
            pseudonym=pseudonym(FORM, email.strip().lower() or reference), defaults={"network": FORM}
        )
        reaction = Reaction.objects.create(
            network=FORM,
            kind=Kind.FORM.value,
            native_id=reference,
            reader=reader,
            article_id=article_id,
            attached_by=AttachedBy.FORM if article_id else AttachedBy.NONE,
            published_at=received_at,
            checked_at=received_at,
        )
        ReactionKey.objects.create(reaction=reaction, key=key.key, kind=key.kind)
        ReactionText.objects.create(
            reaction=reaction,
            text=tidy(message),
            author_name=tidy(name, 255),
            contact=tidy(email, 320),
            passage=tidy(passage, LONGEST_PASSAGE),
            expires_at=expiry(received_at),
        )
        if kind in LABELS:
            ReactionLabel.objects.create(reaction=reaction, label=LABELS[kind], by=ReactionLabel.By.READER)
        threads.begin(reaction)
    return reaction
