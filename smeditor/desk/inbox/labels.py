"""Setting and taking off a label, on one reaction or many, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from smeditor.insight.labels import trained_models
from smeditor.insight.labels.intake import relabel
from smeditor.models import Reaction, ReactionLabel
from smeditor.permissions.visibility import reactions_visible_to

SESSION = "smeditor_last_labels"
KEPT = ("present", "by", "user_id", "score", "evidence")


@transaction.atomic
def label(request: HttpRequest, reactions: Iterable[Reaction], label: str, present: bool) -> int:
    """Set (or take off) ``flag``, remembered in the session so that one click takes it back. Returns on how many."""
    rows = list(reactions)
    before: dict[str, dict[str, Any] | None] = {str(row.pk): None for row in rows}
    for row in ReactionLabel.objects.filter(reaction__in=rows, label=label):
        before[str(row.reaction_id)] = {name: getattr(row, name) for name in KEPT}
    for reaction in rows:
        relabel(reaction, label, present, request.user)
    request.session[SESSION] = {"label": label, "rows": before}
    return len(rows)


def last(request: HttpRequest) -> int:
    """On how many reactions the last label of this session was set; 0 when there is none to take back."""
    return len(request.session.get(SESSION, {}).get("rows", {}))


@transaction.atomic
def undo(request: HttpRequest) -> int:
    """Take the last label of this session back, but where a colleague has spoken since. Returns on how many."""
    remembered = request.session.pop(SESSION, None)
    if not remembered:
        return 0
    label, back = remembered["label"], 0
    seen = reactions_visible_to(request.user).filter(pk__in=[int(pk) for pk in remembered["rows"]])
    mine = ReactionLabel.objects.filter(reaction__in=seen, label=label, by=ReactionLabel.By.EDITOR, user=request.user)
    for row in mine:
        before = remembered["rows"][str(row.reaction_id)]
        if before is None:
            row.delete()
        else:
            for name, value in before.items():
                setattr(row, name, value)
            row.save()
        back += 1
    trained_models.note_label(label)
    return back
