"""The last move of a session, kept so that one click takes it back."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext

from smeditor.exceptions import NotAllowed
from smeditor.models import Reaction
from smeditor.permissions import MODERATE_REACTION, scope
from smeditor.permissions.visibility import reactions_visible_to

SESSION = "smeditor_last_move"


def move(request: HttpRequest, reactions: Iterable[Reaction], queue: str) -> int:
    """Move ``reactions`` to ``queue`` for the user of ``request`` and remember it; return how many were elsewhere.

    Raises NotAllowed for any queue but that of what is done, unless the user moderates.
    """
    from smeditor.insight.labels import editing

    if queue != Reaction.Queue.DONE and not request.user.has_perm(MODERATE_REACTION):
        raise NotAllowed(gettext("Only moderators move reactions to or from spam."))
    before = editing.move(reactions, queue, request.user)
    if before:
        request.session[SESSION] = {str(pk): earlier for pk, earlier in before.items()}
    return len(before)


def last(request: HttpRequest) -> int:
    """How many reactions the last move of this session moved; 0 when there is none to take back."""
    return len(request.session.get(SESSION, {}))


def undo(request: HttpRequest) -> int:
    """Take the last move of this session back, but for what may not be acted on any more; return how many went back."""
    from smeditor.insight.labels import editing

    before: dict[str, str] = request.session.pop(SESSION, {})
    restored = 0
    for queue in set(before.values()):
        ids = [int(pk) for pk, earlier in before.items() if earlier == queue]
        rows, _others = scope.split(request.user, reactions_visible_to(request.user).filter(pk__in=ids))
        restored += len(editing.move(rows, queue, request.user))
    return restored
