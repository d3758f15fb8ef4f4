"""What an editor does with the chosen reactions of the inbox at once: Wagtail's bulk actions, by one click.

Wagtail asks once more on a page of its own. The inbox does not: what was done is taken back by one click as well
(:mod:`.actions`), and a moderator moves hundreds a day.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from smeditor.desk.base import DeskPermissionMixin, next_address, report_error
from smeditor.desk.inbox import labels, queues
from smeditor.desk.inbox.forms import NO_LABEL, LabelForm
from smeditor.exceptions import SmeditorError
from smeditor.models import Label, Reaction
from smeditor.permissions import ANSWER_REACTION, MODERATE_REACTION, scope
from smeditor.permissions.visibility import reactions_visible_to
from smeditor.text.params import parse_ids

Queue = Reaction.Queue
MOST = 500
"""Reactions that one click may act on."""
WAITING = {Queue.INBOX, Queue.UNATTACHED}
"""The queues whose reactions somebody still has to look at."""


class ReactionBulkAction(DeskPermissionMixin, BulkAction):
    """One operation on the reactions whose ``id`` the form carries, by POST only; it leads back to the listing.

    What the user may not see, or what another desk's account brought, is left alone.
    """

    models = [Reaction]
    http_method_names = ["post"]
    do_not_call_in_templates = True
    """The listing's template gets the classes themselves, for its buttons."""

    def __init__(self, request: HttpRequest, model: type[Reaction]) -> None:
        super().__init__(request, model)
        self.next_url = next_address(request) or reverse("smeditor:inbox")

    @classmethod
    def offered_in(cls, queue: str) -> bool:
        """Whether the bar above the reactions of ``queue`` shows it."""
        return True

    @classmethod
    def url(cls) -> str:
        """Where the bar's form is sent for it."""
        meta = Reaction._meta
        return reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, cls.action_type])

    def check_perm(self, obj: Reaction) -> bool:
        """Whether this user acts for the account that brought ``obj``."""
        return scope.acts_for(self.request.user, obj.account)

    def get_actionable_objects(self) -> tuple[list[Reaction], dict[str, list[Reaction]]]:
        """The chosen reactions that this user sees: those that they may act on, and the others."""
        ids = parse_ids(self.request.POST.getlist("id"), MOST)
        chosen = reactions_visible_to(self.request.user).filter(pk__in=ids).select_related("account__desk")
        own: list[Reaction] = []
        others: list[Reaction] = []
        for reaction in chosen:
            (own if self.check_perm(reaction) else others).append(reaction)
        return own, {"items_with_no_access": others}

    def prepare_action(
        self, objects: list[Reaction], objects_without_access: dict[str, list[Reaction]]
    ) -> HttpResponse | None:
        """Go back with a sentence when there is nothing to act on."""
        if objects:
            return None
        if objects_without_access["items_with_no_access"]:
            sentence = gettext("What you chose belongs to other desks. Ask one of their editors.")
        else:
            sentence = gettext("Choose at least one reaction first.")
        messages.error(self.request, sentence)
        return redirect(self.next_url)

    def get_execution_context(self) -> dict[str, Any]:
        """Wagtail's own, and the action, by which ``execute_action`` knows who acts and what the form said."""
        return {**super().get_execution_context(), "action": self}

    @classmethod
    def execute_action(cls, objects: list[Reaction], **kwargs: Any) -> tuple[int, int]:
        """Do it to ``objects``, and return on how many, as Wagtail counts them: parents and children."""
        return kwargs["action"].perform(objects), 0

    def perform(self, reactions: list[Reaction]) -> int:
        """Do it to ``reactions`` and return on how many it was done."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, say in a message what came of it, and go back."""
        try:
            return super().post(request, *args, **kwargs)
        except SmeditorError as error:
            report_error(request, error)
            return redirect(self.next_url)


class MoveBulkAction(ReactionBulkAction):
    """Moves the chosen reactions to ``queue``."""

    queue: ClassVar[str]
    any_permission_required: ClassVar[tuple[str, ...]] = (MODERATE_REACTION,)

    def perform(self, reactions: list[Reaction]) -> int:
        """Move ``reactions`` and return how many lay elsewhere before."""
        return queues.move(self.request, reactions, self.queue)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """How many were moved, and where to."""
        return ngettext(
            "%(n)d reaction moved to “%(queue)s”.", "%(n)d reactions moved to “%(queue)s”.", num_parent_objects
        ) % {"n": num_parent_objects, "queue": Queue(self.queue).label}


class DoneBulkAction(MoveBulkAction):
    """Nothing more is to be done about them."""

    display_name = aria_label = _("Done")
    action_type = "done"
    action_priority = 10
    any_permission_required = (ANSWER_REACTION, MODERATE_REACTION)
    queue = Queue.DONE

    @classmethod
    def offered_in(cls, queue: str) -> bool:
        """Where they still wait for somebody."""
        return queue in WAITING


class InboxBulkAction(MoveBulkAction):
    """They wait in the inbox again."""

    display_name = aria_label = _("Back to the inbox")
    action_type = "inbox"
    action_priority = 20
    queue = Queue.INBOX

    @classmethod
    def offered_in(cls, queue: str) -> bool:
        """Where they wait for nobody."""
        return queue not in WAITING


class SpamBulkAction(MoveBulkAction):
    """They are spam, which the rules may not deny again."""

    display_name = aria_label = _("Spam")
    action_type = "spam"
    action_priority = 30
    queue = Queue.SPAM

    @classmethod
    def offered_in(cls, queue: str) -> bool:
        """Everywhere but among the spam."""
        return queue != Queue.SPAM


class LabelBulkAction(ReactionBulkAction):
    """Sets the label that the form names on the chosen reactions."""

    display_name: str | Promise = _("Label it")
    aria_label: str | Promise = display_name
    action_type = "label"
    action_priority = 40
    any_permission_required = (ANSWER_REACTION,)
    form_class = LabelForm
    present = True

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Go back with a sentence: the label is none."""
        messages.error(self.request, NO_LABEL)
        return redirect(self.next_url)

    def perform(self, reactions: list[Reaction]) -> int:
        """Label ``reactions`` and return how many they are."""
        return labels.label(self.request, reactions, self.cleaned_form.cleaned_data["label"], self.present)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """How many carry the label now, or do not any more."""
        n = num_parent_objects
        if self.present:
            sentence = ngettext(
                "%(n)d reaction is labelled “%(label)s”.", "%(n)d reactions are labelled “%(label)s”.", n
            )
        else:
            sentence = ngettext("“%(label)s” taken off %(n)d reaction.", "“%(label)s” taken off %(n)d reactions.", n)
        return sentence % {"n": n, "label": Label(self.cleaned_form.cleaned_data["label"]).label}


class UnlabelBulkAction(LabelBulkAction):
    """Says that the label which the form names does not apply to the chosen reactions."""

    display_name = aria_label = _("Does not apply")
    action_type = "unlabel"
    action_priority = 50
    present = False


BULK_ACTIONS: tuple[type[ReactionBulkAction], ...] = (
    DoneBulkAction,
    InboxBulkAction,
    SpamBulkAction,
    LabelBulkAction,
    UnlabelBulkAction,
)
"""As the bar shows them, from left to right."""


def offered_actions(user: Any, queue: str) -> list[type[ReactionBulkAction]]:
    """The actions that the bar above the reactions of ``queue`` offers to ``user``."""
    return [
        action
        for action in BULK_ACTIONS
        if action.offered_in(queue) and any(user.has_perm(name) for name in action.any_permission_required)
    ]
