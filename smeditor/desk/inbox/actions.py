"""What an editor does with reactions: done, spam, labels, article, assignment; one by one and in bulk, with undo."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from wagtail.models import Page

from smeditor.articles import article_adapter, is_article
from smeditor.conversations import assignment, moderation
from smeditor.desk.base import ActionView
from smeditor.desk.inbox import labels, queues
from smeditor.exceptions import SmeditorError
from smeditor.models import Label, Reaction
from smeditor.permissions import ANSWER_REACTION, MODERATE_REACTION, scope
from smeditor.permissions.visibility import reactions_visible_to
from smeditor.text.params import parse_id, parse_ids, parse_number

Queue = Reaction.Queue
MOST = 500
QUEUE_ACTIONS = {"done": Queue.DONE, "spam": Queue.SPAM, "inbox": Queue.INBOX}


class Bulk(ActionView):
    """The chosen reactions at once: move to a tray, or set or take away a label."""

    any_permission_required = (ANSWER_REACTION, MODERATE_REACTION)

    def after_url(self) -> str:
        return reverse("smeditor:inbox")

    def perform(self, request: HttpRequest) -> str:
        ids = parse_ids(request.POST.getlist("reaction"), MOST)
        chosen = reactions_visible_to(request.user).filter(pk__in=ids).select_related("account__desk")
        reactions, others = scope.split(request.user, chosen)
        if not reactions:
            raise SmeditorError(nothing_chosen(others))
        wanted = request.POST.get("operation", "")
        if wanted in QUEUE_ACTIONS:
            return self._move(request, reactions, QUEUE_ACTIONS[wanted])
        return self._label(request, reactions, wanted)

    def _move(self, request: HttpRequest, reactions: list[Reaction], queue: str) -> str:
        if queue != Queue.DONE and not request.user.has_perm(MODERATE_REACTION):
            raise SmeditorError(gettext("Only moderators move reactions to or from spam."))
        moved = queues.move(request, reactions, queue)
        return ngettext("%(n)d reaction moved to “%(queue)s”.", "%(n)d reactions moved to “%(queue)s”.", moved) % {
            "n": moved,
            "queue": Queue(queue).label,
        }

    def _label(self, request: HttpRequest, reactions: list[Reaction], wanted: str) -> str:
        label, present = request.POST.get("label", ""), wanted == "add"
        if wanted not in {"add", "remove"} or label not in Label.values:
            raise SmeditorError(gettext("Choose a label first."))
        if not request.user.has_perm(ANSWER_REACTION):
            raise SmeditorError(gettext("You may not change labels."))
        labels.label(request, reactions, label, present)
        params = {"n": len(reactions), "label": Label(label).label}
        if present:
            return (
                ngettext(
                    "%(n)d reaction is labelled “%(label)s”.",
                    "%(n)d reactions are labelled “%(label)s”.",
                    len(reactions),
                )
                % params
            )
        return (
            ngettext("“%(label)s” taken off %(n)d reaction.", "“%(label)s” taken off %(n)d reactions.", len(reactions))
            % params
        )


class Undo(ActionView):
    any_permission_required = (ANSWER_REACTION, MODERATE_REACTION)

    def after_url(self) -> str:
        return reverse("smeditor:inbox")

    def perform(self, request: HttpRequest) -> str:
        back = queues.undo(request)
        if not back:
            raise SmeditorError(gettext("There is nothing to take back."))
        return ngettext("%(n)d reaction is back.", "%(n)d reactions are back.", back) % {"n": back}


class UndoLabel(ActionView):
    any_permission_required = (ANSWER_REACTION,)

    def after_url(self) -> str:
        return reverse("smeditor:inbox")

    def perform(self, request: HttpRequest) -> str:
        back = labels.undo(request)
        if not back:
            raise SmeditorError(gettext("There is nothing to take back."))
        return ngettext(
            "%(n)d reaction carries the label that it had.", "%(n)d reactions carry the labels that they had.", back
        ) % {"n": back}


def nothing_chosen(others: int) -> str:
    """Why a choice came to nothing: nothing was chosen, or only what belongs to other desks."""
    if others:
        return gettext("What you chose belongs to other desks. Ask one of their editors.")
    return gettext("Choose at least one reaction first.")


class OnReaction(ActionView):
    """An act on one reaction; it goes back to its page."""

    any_permission_required = (ANSWER_REACTION,)

    def after_url(self) -> str:
        return reverse("smeditor:reaction", args=[self.kwargs["pk"]])

    def perform(self, request: HttpRequest, pk: int) -> str:
        rows = reactions_visible_to(request.user).select_related("conversation__assigned_to", "account__desk")
        reaction = get_object_or_404(rows, pk=pk)
        scope.require(request.user, reaction.account)
        return self.on(reaction, request)

    def on(self, reaction: Reaction, request: HttpRequest) -> str:
        """Do it to ``reaction`` and return the sentence."""
        return ""


class Relabel(OnReaction):
    def on(self, reaction: Reaction, request: HttpRequest) -> str:
        label = request.POST.get("label", "")
        if label not in Label.values:
            raise SmeditorError(gettext("Choose a label first."))
        present = request.POST.get("present") == "1"
        labels.label(request, [reaction], label, present)
        params = {"label": Label(label).label}
        return (gettext("Labelled “%(label)s”.") if present else gettext("“%(label)s” does not apply.")) % params


class Move(OnReaction):
    any_permission_required = (MODERATE_REACTION, ANSWER_REACTION)

    def on(self, reaction: Reaction, request: HttpRequest) -> str:
        queue = request.POST.get("queue", "")
        if queue not in Queue.values:
            raise SmeditorError(gettext("Choose a queue first."))
        if queue != Queue.DONE and not request.user.has_perm(MODERATE_REACTION):
            raise SmeditorError(gettext("Only moderators move reactions to or from spam."))
        queues.move(request, [reaction], queue)
        return gettext("Moved to “%(queue)s”.") % {"queue": Queue(queue).label}


class Attach(OnReaction):
    """Say by hand which article a reaction is about."""

    def on(self, reaction: Reaction, request: HttpRequest) -> str:
        page = chosen_article(request)
        moderation.attach_article(reaction, page)
        return gettext("Attached to “%(article)s”.") % {"article": page.title}


def chosen_article(request: HttpRequest) -> Page:
    """The article whose address was pasted, or that was chosen from the list. Raises SmeditorError when it is none."""
    address, asked = request.POST.get("address", "").strip(), request.POST.get("article", "")
    if address:
        page = article_adapter().find(address)
        if page is None:
            raise SmeditorError(gettext("No article of ours has this address."))
        return page
    page = Page.objects.filter(pk=parse_id(asked)).first()
    if page is None or not is_article(page.specific):
        raise SmeditorError(gettext("Choose an article."))
    return page


class AssignToMe(OnReaction):
    def on(self, reaction: Reaction, request: HttpRequest) -> str:
        conversation = reaction.conversation
        if conversation is None:
            raise SmeditorError(gettext("There is no thread to take: the network lets nobody answer it."))
        version, holder = request.POST.get("version", ""), request.POST.get("from", "")
        assignment.take(
            conversation,
            request.user,
            version=parse_number(version, 0, 2**31 - 2),
            holder=parse_id(holder),
        )
        return gettext("It is yours now.")


urlpatterns = [
    path("inbox/bulk/", Bulk.as_view(), name="inbox_bulk"),
    path("inbox/undo/", Undo.as_view(), name="inbox_undo"),
    path("inbox/undo-label/", UndoLabel.as_view(), name="label_undo"),
    path("inbox/<id:pk>/label/", Relabel.as_view(), name="reaction_label"),
    path("inbox/<id:pk>/move/", Move.as_view(), name="reaction_move"),
    path("inbox/<id:pk>/attach/", Attach.as_view(), name="reaction_attach"),
    path("inbox/<id:pk>/assign/", AssignToMe.as_view(), name="reaction_assign"),
]
