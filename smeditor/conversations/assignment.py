"""Who answers a thread. Taking one is told to whoever held it: never in silence, and never on an old view of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from wagtail.admin.utils import get_user_display_name

from smeditor.exceptions import NotAllowed
from smeditor.models import Conversation


def take(conversation: Conversation, user: Any, *, version: int | None, holder: int | None) -> None:
    """Assign ``conversation`` to ``user``.

    ``version`` is the thread's version that ``user`` had before their eyes, ``holder`` the id of the colleague from whom
    they knowingly take it over (None: from nobody). Raises :class:`~smeditor.exceptions.NotAllowed`, with a sentence that
    names whoever holds it, when the thread changed since or somebody else has it.
    """
    held = Q(assigned_to=user.pk) | (Q(assigned_to__isnull=True) if holder is None else Q(assigned_to=holder))
    rows = Conversation.objects.filter(held, pk=conversation.pk)
    if version is None or not rows.filter(version=version).update(assigned_to=user, version=version + 1):
        raise NotAllowed(_why_not(conversation, user))


def _why_not(conversation: Conversation, user: Any) -> str:
    now = Conversation.objects.select_related("assigned_to").filter(pk=conversation.pk).first()
    if now is None or now.assigned_to is None or now.assigned_to == user:
        return gettext("This thread has changed since you opened it. Read it again, then take it.")
    who = {"who": get_user_display_name(now.assigned_to)}
    return gettext("%(who)s has taken this thread. Read it again, then take it over if you have agreed on it.") % who
