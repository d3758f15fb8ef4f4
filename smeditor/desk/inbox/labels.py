"""The last label of a session, kept so that one click takes it back."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from smeditor.models import Reaction
from smeditor.permissions.visibility import reactions_visible_to

SESSION = "smeditor_last_labels"


def label(request: HttpRequest, reactions: Iterable[Reaction], label: str, present: bool) -> int:
    """Set ``label`` (or take it off) for the user of ``request`` and remember it; return on how many."""
    from smeditor.insight.labels.editing import set_label

    rows = list(reactions)
    request.session[SESSION] = {"label": label, "rows": set_label(rows, label, present, request.user)}
    return len(rows)


def last(request: HttpRequest) -> int:
    """On how many reactions the last label of this session was set; 0 when there is none to take back."""
    return len(request.session.get(SESSION, {}).get("rows", {}))


def undo(request: HttpRequest) -> int:
    """Take the last label of this session back, but where a colleague has spoken since; return on how many."""
    from smeditor.insight.labels.editing import restore_label

    remembered = request.session.pop(SESSION, None)
    if not remembered:
        return 0
    rows = reactions_visible_to(request.user)
    return restore_label(rows, remembered["label"], remembered["rows"], request.user)
