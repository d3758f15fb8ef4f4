"""An editor's hand on concerns: merge, split, move, decline, reopen; each with what it takes to undo it.

The editor's word is kept as links between reactions (must, cannot), which a rebuild applies again: it outlives every new
version of the grouping.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import AbstractPage

from smeditor.conversations import moderation
from smeditor.exceptions import Refused
from smeditor.insight.concerns.counts import refresh
from smeditor.models import ArticleGrain, Concern, ConcernEdit, ConcernLink, ConcernMatch, ConcernMember, Reaction

Operation = ConcernEdit.Operation
Kind = ConcernLink.Kind
LOGGED = {
    Operation.MERGE: "smeditor.concern_merged",
    Operation.SPLIT: "smeditor.concern_split",
    Operation.MOVE: "smeditor.concern_moved",
    Operation.TOGETHER: "smeditor.concern_kept_together",
    Operation.APART: "smeditor.concern_kept_apart",
}


@transaction.atomic
def attach_article(reaction: Reaction, page: AbstractPage) -> None:
    """Say by hand that ``reaction`` is about ``page``, and count anew on which articles its concern is raised."""
    moderation.attach_article(reaction, page)
    refresh(Concern.objects.filter(members__reaction=reaction.pk))


@transaction.atomic
def merge(concern: Concern, into: Concern, user: Any, part_of: ConcernEdit | None = None) -> ConcernEdit:
    """Put all members of ``concern`` into ``into``. The first keeps its id and points to the second."""
    if concern.pk == into.pk:
        raise Refused(_("A concern cannot be merged into itself."))
    if concern.merged_into_id or into.merged_into_id:
        raise Refused(_("One of the two was merged already. Reload the page."))
    anchors = _first(concern), _first(into)
    edit = _edit(Operation.MERGE, concern, user, other=into, part_of=part_of)
    _carry(list(concern.members.all()), into, edit)
    concern.merged_into = into
    concern.save(update_fields=["merged_into"])
    if anchors[0] and anchors[1]:
        ConcernLink.objects.create(first=anchors[0], second=anchors[1], kind=Kind.MUST, edit=edit)
    return _done(edit, [concern, into])


@transaction.atomic
def split(
    concern: Concern, reactions: Iterable[Reaction], user: Any, part_of: ConcernEdit | None = None
) -> ConcernEdit:
    """Take ``reactions`` out of ``concern`` into a new one, which the returned edit names as ``concern``."""
    members = list(concern.members.filter(reaction__in=list(reactions)))
    if not members or len(members) == concern.members.count():
        raise Refused(_("Choose some of the reactions, and leave at least one."))
    new = Concern.objects.create(language=concern.language, article=concern.article)
    edit = _edit(Operation.SPLIT, new, user, other=concern, part_of=part_of)
    _carry(members, new, edit)
    staying = _first(concern)
    for member, other in pairwise(members):
        ConcernLink.objects.create(first=member.reaction, second=other.reaction, kind=Kind.MUST, edit=edit)
    if staying:
        ConcernLink.objects.create(first=members[0].reaction, second=staying, kind=Kind.CANNOT, edit=edit)
    return _done(edit, [concern, new])


@transaction.atomic
def move(reaction: Reaction, into: Concern, user: Any) -> ConcernEdit:
    """Put one reaction into another concern."""
    member = ConcernMember.objects.filter(reaction=reaction).select_related("concern").first()
    if member and member.concern_id == into.pk:
        raise Refused(_("It is in this concern already."))
    anchor = _first(into)
    edit = _edit(Operation.MOVE, into, user, other=member.concern if member else None)
    left = member.concern if member else None
    if member is None:
        ConcernMember.objects.create(concern=into, reaction=reaction, by=ConcernMember.By.EDITOR)
        edit.moved = {str(reaction.pk): None}
        edit.save(update_fields=["moved"])
    else:
        _carry([member], into, edit)
    if anchor:
        ConcernLink.objects.create(first=reaction, second=anchor, kind=Kind.MUST, edit=edit)
    if left and (stays := _first(left)):
        ConcernLink.objects.create(first=reaction, second=stays, kind=Kind.CANNOT, edit=edit)
    return _done(edit, [into, *([left] if left else [])])


@transaction.atomic
def carry(members: Sequence[ConcernMember], into: Concern, user: Any) -> ConcernEdit:
    """Put some members of one concern into another one, because one of them raises the same as somebody there."""
    edit = _edit(Operation.MOVE, into, user, other=members[0].concern)
    left = members[0].concern
    _carry(list(members), into, edit)
    return _done(edit, [into, left])


@transaction.atomic
def keep_together(first: ConcernMember, second: ConcernMember, user: Any) -> ConcernEdit:
    """Say that two members of a concern belong there; nothing moves, and nothing will part them."""
    return _keep(Operation.TOGETHER, first, second, user)


@transaction.atomic
def keep_apart(first: ConcernMember, second: ConcernMember, user: Any) -> ConcernEdit:
    """Say that members of two concerns do not raise the same; nothing moves, and nothing will join them."""
    return _keep(Operation.APART, first, second, user)


def _keep(operation: str, first: ConcernMember, second: ConcernMember, user: Any) -> ConcernEdit:
    other = second.concern if second.concern_id != first.concern_id else None
    edit = ConcernEdit.objects.create(operation=operation, concern=first.concern, other=other, user=user)
    ConcernMember.objects.filter(pk__in=[first.pk, second.pk]).update(by=ConcernMember.By.EDITOR)
    log(instance=first.concern, action=LOGGED[Operation(operation)], user=user)
    return edit


def joined_by_editors(member: ConcernMember) -> list[ConcernMember]:
    """Return the members of a concern that editors have said raise the same as ``member``, itself among them."""
    members = {row.reaction_id: row for row in ConcernMember.objects.filter(concern=member.concern_id)}
    links = ConcernLink.objects.filter(
        kind=Kind.MUST, undone_at__isnull=True, first__in=members.keys(), second__in=members.keys()
    )
    next_to: dict[int, set[int]] = {}
    for first, second in links.values_list("first", "second"):
        next_to.setdefault(first, set()).add(second)
        next_to.setdefault(second, set()).add(first)
    found, waiting = {member.reaction_id}, [member.reaction_id]
    while waiting:
        new = next_to.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return [members[pk] for pk in sorted(found)]


@transaction.atomic
def decline(concern: Concern, reason: str, user: Any) -> ConcernEdit:
    """Say that a concern will not be answered, and why."""
    edit = _edit(Operation.DECLINE, concern, user, reason=reason)
    concern.state = Concern.State.DECLINED
    concern.save(update_fields=["state"])
    log(instance=concern, action="smeditor.concern_declined", user=user)
    return edit


@transaction.atomic
def reopen(concern: Concern, user: Any) -> ConcernEdit:
    """Take up again what was answered or declined."""
    if concern.merged_into_id or concern.state not in {Concern.State.ANSWERED, Concern.State.DECLINED}:
        raise Refused(_("Only what was answered or declined can be taken up again."))
    edit = _edit(Operation.REOPEN, concern, user)
    concern.state = Concern.State.ASSIGNED if concern.assigned_to_id else Concern.State.OPEN
    concern.save(update_fields=["state"])
    log(instance=concern, action="smeditor.concern_reopened", user=user)
    return edit


@transaction.atomic
def accept_match(match: ConcernMatch, user: Any) -> ConcernEdit:
    """Merge the two: the one that fewer people raised goes into the other. Raises Refused when it was decided before."""
    match = _undecided(match)
    smaller, larger = sorted((match.first, match.second), key=lambda concern: (concern.people, -concern.pk))
    edit = merge(smaller, larger, user)
    _decide(match, ConcernMatch.State.ACCEPTED, user)
    return edit


@transaction.atomic
def reject_match(match: ConcernMatch, user: Any) -> None:
    """Say that the two are not the same. They are not proposed again. Raises Refused when it was decided before."""
    match = _undecided(match)
    _decide(match, ConcernMatch.State.REJECTED, user)
    log(instance=match.first, action="smeditor.match_rejected", user=user, data={"other": match.second_id})


def _undecided(match: ConcernMatch) -> ConcernMatch:
    row = ConcernMatch.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=match.pk)
    if row.state != ConcernMatch.State.OPEN:
        raise Refused(_("Somebody has decided on this already. Reload the page."))
    return row


def _decide(match: ConcernMatch, state: str, user: Any) -> None:
    match.state, match.user = state, user
    match.save(update_fields=["state", "user"])


def assign(concern: Concern, to: Any, user: Any) -> None:
    """Give a concern to somebody, or take it back with None."""
    concern.assigned_to = to
    if concern.state in {Concern.State.OPEN, Concern.State.ASSIGNED, Concern.State.FORMING}:
        concern.state = Concern.State.ASSIGNED if to else Concern.State.OPEN
    concern.save(update_fields=["assigned_to", "state"])
    log(instance=concern, action="smeditor.concern_assigned", user=user)


def rename(concern: Concern, label: str, user: Any) -> None:
    """Set a concern's label by hand; an empty one gives it back to the machine."""
    concern.label, concern.label_by_editor = label.strip(), bool(label.strip())
    concern.save(update_fields=["label", "label_by_editor"])
    if not concern.label:
        refresh(Concern.objects.filter(pk=concern.pk))
    log(instance=concern, action="smeditor.concern_renamed", user=user)


@transaction.atomic
def undo(edit: ConcernEdit, user: Any, now: datetime | None = None) -> None:
    """Take an edit back. Raises Refused when it was undone before, or what it moved was moved on meanwhile."""
    edit = ConcernEdit.objects.select_for_update().get(pk=edit.pk)
    if edit.undone_at:
        raise Refused(_("This was undone already."))
    for part in edit.parts.filter(undone_at__isnull=True).order_by("-pk"):
        undo(part, user, now)
    edit.concern.refresh_from_db()
    target = edit.other if edit.operation == Operation.MERGE else edit.concern
    ids = [int(pk) for pk in edit.moved]
    members = ConcernMember.objects.filter(reaction_id__in=ids, concern=target)
    present = Reaction.objects.filter(pk__in=ids, concern_member__isnull=False).count()
    if members.count() != present:
        raise Refused(_("Some of these reactions were moved again meanwhile. Undo that first."))
    for member in members:
        home = edit.moved[str(member.reaction_id)]
        if home is None:
            member.delete()
        else:
            member.concern_id = home
            member.save(update_fields=["concern"])
    for name, value in edit.before.items():
        setattr(edit.concern, name, value)
    if edit.operation == Operation.MERGE:
        edit.concern.merged_into = None
    edit.concern.save()
    edit.questions.update(answer="", user=None, answered_at=None, edit=None)
    if edit.article_before is not None and edit.concern.article_id:
        remember_for_article(edit.concern.article_id, edit.article_before)
    edit.undone_at = now or timezone.now()
    edit.save(update_fields=["undone_at"])
    edit.links.update(undone_at=edit.undone_at)
    if edit.operation not in {Operation.DECLINE, Operation.REOPEN}:
        refresh(Concern.objects.filter(pk__in=[pk for pk in (edit.concern_id, edit.other_id) if pk]))
    log(instance=edit.concern, action="smeditor.concern_undone", user=user)


def remember_for_article(article: int, grain: int) -> int:
    """Keep how alike reactions under the article with this id are to be; returns what was kept before."""
    before = ArticleGrain.objects.filter(article=article).values_list("grain", flat=True).first()
    ArticleGrain.objects.update_or_create(article_id=article, defaults={"grain": grain})
    return Concern.Grain.USUAL if before is None else before


def _edit(
    operation: str,
    concern: Concern,
    user: Any,
    other: Concern | None = None,
    reason: str = "",
    part_of: ConcernEdit | None = None,
) -> ConcernEdit:
    before: dict[str, Any] = {"state": concern.state, "label_by_editor": concern.label_by_editor}
    if concern.label_by_editor:  # what the machine says is made of readers' words: it is made anew
        before["label"] = concern.label
    return ConcernEdit.objects.create(
        operation=operation, concern=concern, other=other, user=user, reason=reason, before=before, part_of=part_of
    )


def _carry(members: list[ConcernMember], into: Concern, edit: ConcernEdit) -> None:
    edit.moved = {str(member.reaction_id): member.concern_id for member in members}
    edit.save(update_fields=["moved"])
    ConcernMember.objects.filter(pk__in=[member.pk for member in members]).update(
        concern=into, by=ConcernMember.By.EDITOR
    )


def _first(concern: Concern) -> Reaction | None:
    member = concern.members.select_related("reaction").order_by("pk").first()
    return member.reaction if member else None


def _done(edit: ConcernEdit, touched: list[Concern]) -> ConcernEdit:
    Concern.objects.filter(pk__in=[concern.pk for concern in touched]).update(is_sure=True)  # an editor has seen to it
    refresh(Concern.objects.filter(pk__in=[concern.pk for concern in touched]))
    edit.refresh_from_db()
    log(instance=edit.concern, action=LOGGED[Operation(edit.operation)], user=edit.user)
    return edit
