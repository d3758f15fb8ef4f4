"""What Wagtail's log calls the things of the desk that are named by readers' words: their number, and nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_save
from wagtail.models import ModelLogEntry

from smeditor.models import Concern, CorrectionRequest, Post

NAMED_BY_READERS = (Concern, CorrectionRequest)
"""Their names are made of what readers wrote; an answer's begins with the reader's handle."""


def connect() -> None:
    """Called when the app is ready."""
    pre_save.connect(quote_nobody, sender=ModelLogEntry, dispatch_uid="smeditor.log_labels")


def quote_nobody(instance: ModelLogEntry, **_signal: Any) -> None:
    """Receiver: whoever writes the entry, the desk or Wagtail's own views, its label quotes no reader."""
    model = instance.content_type.model_class() if instance.content_type_id else None
    if model in NAMED_BY_READERS or (model is Post and _is_answer(instance.object_id)):
        instance.label = f"#{instance.object_id}"


def _is_answer(object_id: str) -> bool:
    return Post.objects.filter(pk=object_id, kind=Post.Kind.REPLY).exists()
