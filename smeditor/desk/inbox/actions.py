"""What an editor does with one reaction: queue, label, article, assignment; and taking the last move or label back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext, ngettext
from wagtail.models import AbstractPage

from smeditor.articles import article_adapter, is_article
from smeditor.articles.page_model import page_model
from smeditor.conversations import assignment, moderation
from smeditor.desk.base import ActionView, OperationView
from smeditor.desk.inbox import labels, queues
from smeditor.exceptions import SmeditorError
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
        """Take ``label``, and ``present`` ("1" or "0"), from the form."""
        label = self.request.POST.get("label", "")
        if label not in Label.values:
            raise SmeditorError(gettext("Choose a label first."))
        present = self.request.POST.get("present") == "1"
        labels.label(self.request, [self.object], label, present)
        sentence = gettext("Labelled “%(label)s”.") if present else gettext("“%(label)s” does not apply.")
        self.success_message = sentence % {"label": Label(label).label}


class Move(ReactionOperation):
    """Move a reaction to another queue."""

    any_permission_required = (MODERATE_REACTION, ANSWER_REACTION)

    def perform_operation(self) -> None:
        """Take ``queue`` from the form."""
        queue = self.request.POST.get("queue", "")
        if queue not in Queue.values:
            raise SmeditorError(gettext("Choose a queue first."))
        queues.move(self.request, [self.object], queue)
        self.success_message = gettext("Moved to “%(queue)s”.") % {"queue": Queue(queue).label}


class Attach(ReactionOperation):
    """Say by hand which article a reaction is about."""

    def perform_operation(self) -> None:
        """Take the article from the form."""
        page = chosen_article(self.request)
        moderation.attach_article(self.object, page)
        self.success_message = gettext("Attached to “%(article)s”.") % {"article": page.title}


def chosen_article(request: HttpRequest) -> AbstractPage:
    """The article whose ``address`` was pasted, or that was chosen from the list as ``article``.

    Raises SmeditorError when it is none.
    """
    address, asked = request.POST.get("address", "").strip(), request.POST.get("article", "")
    if address:
        page = article_adapter().find(address)
        if page is None:
            raise SmeditorError(gettext("No article of ours has this address."))
        return page
    page = page_model().objects.filter(pk=parse_id(asked)).first()
    if page is None or not is_article(page.specific):
        raise SmeditorError(gettext("Choose an article."))
    return page


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


urlpatterns = [
    path("inbox/undo/", Undo.as_view(), name="inbox_undo"),
    path("inbox/undo-label/", UndoLabel.as_view(), name="label_undo"),
    path("inbox/<id:pk>/label/", Relabel.as_view(), name="reaction_label"),
    path("inbox/<id:pk>/move/", Move.as_view(), name="reaction_move"),
    path("inbox/<id:pk>/attach/", Attach.as_view(), name="reaction_attach"),
    path("inbox/<id:pk>/assign/", AssignToMe.as_view(), name="reaction_assign"),
]
