"""What is done to several deliveries at once: send in turn, move, drop, delete on the network. Each is shown whole first.

Every id is asked about again when the form comes back: whether this user sees the delivery, acts for its account and may
do this to it in its present state. What is refused is named, with its reason. Doubts are never decided here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from smeditor.desk.base import DeskPermissionMixin, next_address
from smeditor.desk.delivery_decisions import may_not_let_out, newsroom_moment
from smeditor.desk.fields import PlainDateTime
from smeditor.exceptions import SmeditorError
from smeditor.models import Delivery
from smeditor.permissions import PUBLISH_POST, RESOLVE_DELIVERY, SCHEDULE_POST, scope
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.publishing import decide
from smeditor.text.params import parse_datetime, parse_ids
from smeditor.wakeup import wake

State = Delivery.State
UNDOUBTED = (State.LATE, State.STOPPED, State.REFUSED)
"""What waits for a decision and is certainly not on the network."""
MOST = 100
"""Deliveries at once: each is shown whole, and nobody reads more."""


def may_choose(user: Any) -> bool:
    """Whether ``user`` may do anything to several deliveries."""
    return any(user.has_perm(permission) for action in ACTIONS for permission in action.any_permission_required)


class DeliveryBulkAction(DeskPermissionMixin, BulkAction):
    """One action on the chosen deliveries, by Wagtail's own page for it."""

    models = [Delivery]
    template_name = "smeditor/admin/deliveries/bulk.html"
    any_permission_required: ClassVar[tuple[str, ...]] = (RESOLVE_DELIVERY,)
    states: ClassVar[tuple[str, ...]]
    """In which states a delivery may be when this is done to it."""
    explanation: ClassVar[StrOrPromise]
    """What will happen, for the page that asks once more."""
    classes: ClassVar[set[str]] = set()

    def __init__(self, request: HttpRequest, model: type[Delivery]) -> None:
        super().__init__(request, model)
        self.next_url = next_address(request) or reverse("smeditor:deliveries")

    @abstractmethod
    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Do it to one delivery, which is as the page showed it, before ``others``. Raises SmeditorError."""

    @abstractmethod
    def result(self, count: int) -> str:
        """The sentence that says to how many it was done."""

    def refusal(self, delivery: Delivery) -> str:
        """Why this user may not do this to this delivery now, as a sentence; "" when they may."""
        if not scope.acts_for(self.request.user, delivery.account):
            return scope.refusal(delivery.account)
        if delivery.state in decide.UNDECIDED:
            return gettext("Nobody knows whether it is there: open it, look, and say what you see.")
        if delivery.state not in self.states:
            return gettext("Its state does not allow it: %(state)s.") % {"state": delivery.get_state_display()}
        return ""

    def chosen(self) -> QuerySet[Delivery]:
        """The chosen deliveries that this user sees, the newest first; others are as if they were not there."""
        keys = parse_ids(self.request.GET.getlist("id"), MOST)
        rows = deliveries_visible_to(self.request.user).filter(pk__in=keys)
        return rows.select_related("post", "account__desk").order_by("-slot", "-pk")

    def get_actionable_objects(self) -> tuple[list[Delivery], dict[str, list[tuple[Delivery, str]]]]:
        """The chosen deliveries to which this may be done, and ``items_with_no_access``: each other one with its reason."""
        rows = [(delivery, self.refusal(delivery)) for delivery in self.chosen()]
        allowed = [delivery for delivery, sentence in rows if not sentence]
        return allowed, {"items_with_no_access": [row for row in rows if row[1]]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask once more, or lead back where nothing was chosen."""
        if not self.chosen().exists():
            messages.error(request, gettext("Choose at least one delivery."))
            return redirect(self.next_url)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the action's own sentence, its name and the colour of its button."""
        context = super().get_context_data(**kwargs)
        own = {"explanation": self.explanation, "action": self.display_name, "icon": "upload"}
        return {**context, **own, "action_button_class": " ".join(self.classes)}

    def prepare_action(self, objects: list[Delivery], objects_without_access: dict[str, Any]) -> None:
        """Name what the page offered and what may not be done any more."""
        for delivery, sentence in objects_without_access["items_with_no_access"]:
            if self.hash_shown(delivery):
                self.refuse(delivery, sentence)

    def get_execution_context(self) -> dict[str, Any]:
        """Wagtail's own, and the action: whose it is decides what may be done."""
        return {**super().get_execution_context(), "action": self}

    @classmethod
    def execute_action(cls, objects: list[Delivery], **kwargs: Any) -> tuple[int, int]:
        """Do it to each. Returns to how many it was done, and 0 as Wagtail asks for children too."""
        action, now = kwargs["action"], timezone.now()
        ordered = action.in_order(objects)
        return sum(action.tried(delivery, ordered[n:], now) for n, delivery in enumerate(ordered, 1)), 0

    def in_order(self, deliveries: list[Delivery]) -> list[Delivery]:
        """The order in which it is done: as they were shown."""
        return deliveries

    def tried(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> bool:
        """Do it to a delivery as the page showed it. False, and a message that names it, when that may not be."""
        delivery.payload_hash = self.hash_shown(delivery)
        delivery.slot = parse_datetime(self.request.POST.get(f"slot-{delivery.pk}"), UTC) or delivery.slot
        try:
            if not delivery.payload_hash:
                raise SmeditorError(gettext("The page did not show it: choose it again."))
            self.perform(delivery, others, now)
        except SmeditorError as error:
            self.refuse(delivery, error.sentence)
            return False
        return True

    def hash_shown(self, delivery: Delivery) -> str:
        """The hash of the text of ``delivery`` that the page showed; empty when it did not show it."""
        return self.request.POST.get(f"seen-{delivery.pk}", "")

    def refuse(self, delivery: Delivery, sentence: str) -> None:
        """Say why it was not done to ``delivery``."""
        messages.error(self.request, gettext("%(post)s: %(why)s") % {"post": delivery, "why": sentence})

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """To how many it was done; nothing when to none, for then each was refused by name."""
        return self.result(num_parent_objects) if num_parent_objects else None


class SendBulkAction(DeliveryBulkAction):
    """Send after all what was late, stopped or refused: never a flood."""

    display_name = _("Send in turn")
    action_type = "send"
    aria_label = _("Send the selected deliveries in turn")
    action_priority = 10
    states = UNDOUBTED
    explanation = _(
        "They go out in turn, the newest first: each account keeps its gap between two posts and its quiet hours."
    )

    def refusal(self, delivery: Delivery) -> str:
        """Also why this user's word does not let it out."""
        return super().refusal(delivery) or may_not_let_out(delivery, self.request.user)

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Give it its account's next free moment."""
        decide.move_in_turn(delivery, self.request.user, now, others, now)

    def result(self, count: int) -> str:
        """How many go out."""
        return ngettext("%(n)d goes out in its turn.", "%(n)d go out in turn, the newest first.", count) % {"n": count}


class MoveForm(forms.Form):
    """From when on the chosen deliveries go out."""

    slot = forms.CharField(label=_("From when on"), widget=PlainDateTime)

    def clean_slot(self) -> datetime:
        """The moment on the newsroom's clock. Raises ValidationError when nothing usable was typed, or it has passed."""
        try:
            moment = newsroom_moment(self.cleaned_data["slot"])
        except SmeditorError as error:
            raise ValidationError(error.sentence) from error
        if moment < timezone.now():
            raise ValidationError(gettext("This time has passed: choose a later one."))
        return moment


class MoveBulkAction(DeliveryBulkAction):
    """Give the chosen deliveries later slots, in the order that they have."""

    display_name = _("Move")
    action_type = "move"
    aria_label = _("Move the selected deliveries to another time")
    action_priority = 20
    any_permission_required = (SCHEDULE_POST, RESOLVE_DELIVERY)
    states = decide.MOVABLE
    form_class = MoveForm
    explanation = _(
        "They go out from then on, in the order that they have: each account keeps its gap between two posts and its quiet"
        " hours."
    )

    def refusal(self, delivery: Delivery) -> str:
        """Also why this user's word does not let it out."""
        return super().refusal(delivery) or may_not_let_out(delivery, self.request.user)

    def in_order(self, deliveries: list[Delivery]) -> list[Delivery]:
        """The order of their slots."""
        return sorted(deliveries, key=lambda delivery: (delivery.slot, delivery.pk))

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Give it its account's next free moment from the typed one on."""
        decide.move_in_turn(delivery, self.request.user, self.cleaned_form.cleaned_data["slot"], others, now)

    def result(self, count: int) -> str:
        """How many have another slot."""
        return ngettext("%(n)d is moved.", "%(n)d are moved.", count) % {"n": count}


class DropBulkAction(DeliveryBulkAction):
    """Never send the chosen deliveries."""

    display_name = _("Drop")
    action_type = "drop"
    aria_label = _("Drop the selected deliveries")
    action_priority = 30
    classes = {"serious"}
    states = decide.DROPPABLE
    explanation = _("They are dropped and will never be sent.")

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Cancel it."""
        decide.drop(delivery, self.request.user, now)

    def result(self, count: int) -> str:
        """How many are cancelled."""
        return ngettext("%(n)d is dropped.", "%(n)d are dropped.", count) % {"n": count}


class DeleteBulkAction(DeliveryBulkAction):
    """Delete the chosen deliveries on their networks, where they stand and can be deleted."""

    display_name = _("Delete on the network")
    action_type = "delete_remote"
    aria_label = _("Delete the selected deliveries on their networks")
    action_priority = 40
    classes = {"serious"}
    any_permission_required = (PUBLISH_POST,)
    states = (State.SENT,)
    explanation = _(
        "They will be deleted from their networks for everybody, with every part of their threads. Answers of readers may"
        " stay."
    )

    def refusal(self, delivery: Delivery) -> str:
        """Also that its network cannot, or is asked already."""
        from smeditor.publishing.approve import deletable

        sentence = super().refusal(delivery)
        if not sentence and not deletable(delivery):
            return gettext("It cannot be deleted from here, or is being deleted already.")
        return sentence

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Let the worker delete it."""
        from smeditor.publishing.approve import delete

        delete(delivery, self.request.user, now)
        wake("send")

    def result(self, count: int) -> str:
        """How many are being deleted."""
        return ngettext(
            "%(n)d is deleted at the worker's next look, within seconds.",
            "%(n)d are deleted at the worker's next look, within seconds.",
            count,
        ) % {"n": count}


ACTIONS: tuple[type[DeliveryBulkAction], ...] = (SendBulkAction, MoveBulkAction, DropBulkAction, DeleteBulkAction)
