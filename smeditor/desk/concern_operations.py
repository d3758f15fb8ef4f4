"""What an editor does to a concern or to one of its reactions: a sentence says what was done, and most can be undone."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin.utils import get_user_display_name

from smeditor.desk.base import OperationView
from smeditor.desk.concern_forms import AssignForm, ConcernChoiceForm, ConcernLabelForm, DeclineForm
from smeditor.desk.fields import cleaned
from smeditor.exceptions import SmeditorError
from smeditor.insight.concerns import editing
from smeditor.models import Concern, ConcernEdit, Reaction
from smeditor.permissions import ANSWER_CONCERN
from smeditor.permissions.visibility import concerns_visible_to, reactions_visible_to
from smeditor.text.params import parse_ids


class ConcernOperation(OperationView[Concern]):
    """Something done to a concern that this user may see, by whoever answers concerns; it ends on the concern's page."""

    any_permission_required = (ANSWER_CONCERN,)
    model = Concern
    success_url_name = "smeditor:concern"

    def get_base_object_queryset(self) -> QuerySet[Concern]:
        """The concerns that this user may see."""
        return concerns_visible_to(self.request.user)

    def chosen_concern(self) -> Concern:
        """The other concern that the form names. Raises SmeditorError when it names none that this user may see."""
        return cleaned(ConcernChoiceForm(self.request.POST, user=self.request.user))["into"]

    def chosen_reactions(self) -> QuerySet[Reaction]:
        """The ticked reactions, as far as this user may see them."""
        return reactions_visible_to(self.request.user).filter(pk__in=parse_ids(self.request.POST.getlist("reaction")))


class Rename(ConcernOperation):
    """Name a concern by hand, or give its name back to the machine."""

    def perform_operation(self) -> None:
        """Set the label that was typed."""
        editing.rename(self.object, cleaned(ConcernLabelForm(self.request.POST))["label"], self.request.user)
        self.success_message = gettext("The concern has its new name.")


class Assign(ConcernOperation):
    """Give a concern to somebody who may answer it, or to nobody."""

    def perform_operation(self) -> None:
        """Set the person who was chosen."""
        user = cleaned(AssignForm(self.request.POST))["user"]
        editing.assign(self.object, user, self.request.user)
        if user is None:
            self.success_message = gettext("The concern is nobody's now.")
        else:
            self.success_message = gettext("Assigned to %(who)s.") % {"who": get_user_display_name(user)}


class Merge(ConcernOperation):
    """Put all reactions of a concern into another one, whose page is shown then."""

    def perform_operation(self) -> None:
        """Merge into the concern that was chosen."""
        into = self.chosen_concern()
        editing.merge(self.object, into, self.request.user)
        self.object = into
        self.success_message = gettext("The two concerns are one now. You can undo this below.")


class Split(ConcernOperation):
    """Make the ticked reactions a concern of their own, whose page is shown then."""

    def perform_operation(self) -> None:
        """Split off what was ticked."""
        self.object = editing.split(self.object, self.chosen_reactions(), self.request.user).concern
        self.success_message = gettext("The chosen reactions are a concern of their own now. You can undo this below.")


class MoveChosen(ConcernOperation):
    """Put the ticked reactions of one concern into another."""

    @transaction.atomic
    def perform_operation(self) -> None:
        """Move all that were ticked, or none."""
        into = self.chosen_concern()
        reactions = list(self.chosen_reactions().filter(concern_member__concern=self.object))
        if not reactions:
            raise SmeditorError(gettext("Choose at least one reaction first."))
        for reaction in reactions:
            editing.move(reaction, into, self.request.user)
        self.success_message = ngettext(
            "%(n)d reaction moved to “%(concern)s”.", "%(n)d reactions moved to “%(concern)s”.", len(reactions)
        ) % {"n": len(reactions), "concern": into}


class Decline(ConcernOperation):
    """Say that a concern will not be answered."""

    def perform_operation(self) -> None:
        """Decline it for the reason that was typed."""
        editing.decline(self.object, cleaned(DeclineForm(self.request.POST))["reason"], self.request.user)
        self.success_message = gettext("The concern is declined. You can undo this below.")


class Reopen(ConcernOperation):
    """Take up again what was answered or declined."""

    def perform_operation(self) -> None:
        """Open it."""
        editing.reopen(self.object, self.request.user)
        self.success_message = gettext("The concern is open again. You can undo this below.")


class UndoEdit(OperationView[ConcernEdit]):
    """Take back what an editor did to a concern that this user may see."""

    any_permission_required = (ANSWER_CONCERN,)
    model = ConcernEdit

    def get_base_object_queryset(self) -> QuerySet[ConcernEdit]:
        """The edits of the concerns that this user may see."""
        visible = concerns_visible_to(self.request.user).values("pk")
        return ConcernEdit.objects.filter(concern__in=visible).select_related("concern", "other")

    def get_success_url(self) -> str:
        """The page that the form names, else that of the concern that has its reactions again."""
        gave = self.object.operation in {ConcernEdit.Operation.SPLIT, ConcernEdit.Operation.MOVE}
        concern_id = self.object.other_id if gave else None
        return self.next_url or reverse(ConcernOperation.success_url_name, args=[concern_id or self.object.concern_id])

    def perform_operation(self) -> None:
        """Undo it, unless something that was done later stands in the way."""
        editing.undo(self.object, self.request.user, timezone.now())
        self.success_message = gettext("It is as it was before.")


class Take(OperationView[Reaction]):
    """Put one reaction that this user may see into a concern by hand."""

    any_permission_required = (ANSWER_CONCERN,)
    model = Reaction
    success_url_name = "smeditor:reaction"

    def get_base_object_queryset(self) -> QuerySet[Reaction]:
        """The reactions that this user may see."""
        return reactions_visible_to(self.request.user)

    def perform_operation(self) -> None:
        """Move it into the concern that was chosen."""
        into = cleaned(ConcernChoiceForm(self.request.POST, user=self.request.user))["into"]
        editing.move(self.object, into, self.request.user)
        self.success_message = gettext("It is in “%(concern)s” now.") % {"concern": into}
