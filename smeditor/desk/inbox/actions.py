"""What an editor does with one reaction: queue, label, article, assignment; and taking the last move or label back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext, ngettext

from smeditor.conversations import assignment
from smeditor.desk.base import ActionView, OperationView
from smeditor.desk.fields import cleaned
from smeditor.desk.inbox import labels, queues
from smeditor.desk.inbox.forms import AttachForm, QueueForm, RelabelForm
from smeditor.exceptions import SmeditorError
from smeditor.insight.concerns import editing
from smeditor.models import Label, Reaction
from smeditor.permissions import ANSWER_REACTION, MODERATE_REACTION, scope
from smeditor.permissions.visibility import reactions_visible_to
from smeditor.text.params import parse_id, parse_number

Queue = Reaction.Queue


class ReactionOperation(OperationView[Reaction]):
    """What is done to one reaction that this user sees and for whose account they act; it leads back to its page."""

    any_permission_required: ClassVar[tuple[str, ...]] = (ANSWER_REACTION,)
    model = Reaction
    success_url_name = "smeditor:reaction"

    def get_base_object_queryset(self) -> QuerySet[Reaction]:
        """The reactions that this user may see, with their thread and their account's desk."""
        return reactions_visible_to(self.request.user).select_related("conversation__assigned_to", "account__desk")

    def check_object(self) -> None:
        """Raises NotAllowed for a reaction that came by another desk's account."""
        scope.require(self.request.user, self.object.account)


class Relabel(ReactionOperation):
    """Set a label on a reaction, or say that it does not apply."""

    def perform_operation(self) -> None:
        """Set or take off the label that the form names."""
        asked = cleaned(RelabelForm(self.request.POST))
        labels.label(self.request, [self.object], asked["label"], asked["present"])
        sentence = gettext("Labelled “%(label)s”.") if asked["present"] else gettext("“%(label)s” does not apply.")
        self.success_message = sentence % {"label": Label(asked["label"]).label}


class Move(ReactionOperation):
    """Move a reaction to another queue."""

    any_permission_required = (MODERATE_REACTION, ANSWER_REACTION)

    def perform_operation(self) -> None:
        """Move it to the queue that the form names."""
        queue = cleaned(QueueForm(self.request.POST))["queue"]
        queues.move(self.request, [self.object], queue)
        self.success_message = gettext("Moved to “%(queue)s”.") % {"queue": Queue(queue).label}


class Attach(ReactionOperation):
    """Say by hand which article a reaction is about."""

    def perform_operation(self) -> None:
        """Attach it to the article that was chosen, or whose address was pasted."""
        page = cleaned(AttachForm(self.request.POST))["page"]
        editing.attach_article(self.object, page)
        self.success_message = gettext("Attached to “%(article)s”.") % {"article": page.title}


class AssignToMe(ReactionOperation):
    """Take a reaction's thread, as it was when the page was opened."""

    def perform_operation(self) -> None:
        """Take from the form the thread's ``version`` and, as ``from``, the colleague who was shown to hold it."""
        conversation = self.object.conversation
        if conversation is None:
            raise SmeditorError(gettext("There is no thread to take: the network lets nobody answer it."))
        version, holder = self.request.POST.get("version", ""), self.request.POST.get("from", "")
        assignment.take(
            conversation,
            self.request.user,
            version=parse_number(version, 0, 2**31 - 2),
            holder=parse_id(holder),
        )
        self.success_message = gettext("It is yours now.")


class Undo(ActionView):
    """Take this session's last move back."""

    any_permission_required = (ANSWER_REACTION, MODERATE_REACTION)
    after = reverse_lazy("smeditor:inbox")

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Move back what this user may still see and act on, and say how many that were."""
        back = queues.undo(request)
        if not back:
            raise SmeditorError(gettext("There is nothing to take back."))
        return ngettext("%(n)d reaction is back.", "%(n)d reactions are back.", back) % {"n": back}


class UndoLabel(ActionView):
    """Take this session's last label back."""

    any_permission_required = (ANSWER_REACTION,)
    after = reverse_lazy("smeditor:inbox")

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Restore the label where no colleague has spoken since, and say on how many reactions."""
        back = labels.undo(request)
        if not back:
            raise SmeditorError(gettext("There is nothing to take back."))
        return ngettext(
            "%(n)d reaction carries the label that it had.", "%(n)d reactions carry the labels that they had.", back
        ) % {"n": back}
