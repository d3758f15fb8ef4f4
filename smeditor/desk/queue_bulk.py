"""What is done to several deliveries of the queue at once: moved by minutes, moved to free slots, held. See ``delivery_bulk``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from smeditor.desk.delivery_bulk import DeliveryBulkAction
from smeditor.desk.delivery_decisions import may_not_let_out
from smeditor.exceptions import SmeditorError
from smeditor.models import Delivery, Hold
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions import HOLD_DELIVERY, SCHEDULE_POST, scope
from smeditor.publishing import decide

State = Delivery.State
QUEUED = (State.SCHEDULED, State.LATE)
MOST_MINUTES = 31 * 24 * 60


class ShiftForm(forms.Form):
    """By how much."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=-MOST_MINUTES,
        max_value=MOST_MINUTES,
        help_text=_("90 is an hour and a half later, -30 half an hour earlier."),
    )

    def clean_minutes(self) -> int:
        """The number. Raises ValidationError for none at all."""
        minutes = self.cleaned_data["minutes"]
        if not minutes:
            raise ValidationError(gettext("Zero minutes would change nothing."))
        return minutes


class QueueBulkAction(DeliveryBulkAction):
    """An action on what is still in the queue, by who may plan."""

    any_permission_required = (SCHEDULE_POST,)
    states = QUEUED

    def refusal(self, delivery: Delivery) -> str:
        """Also why this user's word does not let it out."""
        return super().refusal(delivery) or may_not_let_out(delivery, self.request.user)

    def in_order(self, deliveries: list[Delivery]) -> list[Delivery]:
        """The order of their slots."""
        return sorted(deliveries, key=lambda delivery: (delivery.slot, delivery.pk))

    def result(self, count: int) -> str:
        """How many have another slot."""
        return ngettext("%(n)d is moved.", "%(n)d are moved.", count) % {"n": count}


class ShiftBulkAction(QueueBulkAction):
    """Move the chosen deliveries by so many minutes, each from its own slot."""

    display_name = _("Move by minutes")
    action_type = "shift"
    aria_label = _("Move the selected deliveries by some minutes")
    action_priority = 32
    form_class = ShiftForm
    explanation = _(
        "Each goes out so many minutes later, or earlier, than it would: the distances between them stay, and nothing else is"
        " looked at."
    )

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Give it its own slot and the minutes."""
        minutes = timedelta(minutes=self.cleaned_form.cleaned_data["minutes"])
        decide.move(delivery, self.request.user, delivery.slot + minutes, now)


class NextSlotsBulkAction(QueueBulkAction):
    """Give each of the chosen deliveries its account's next free slot."""

    display_name = _("To the next free slots")
    action_type = "next_slots"
    aria_label = _("Move the selected deliveries to the next free slots")
    action_priority = 34
    explanation = _(
        "Each gets its account's next free slot from now on, in the order that they have. An account without slots keeps its"
        " gap between two posts and its quiet hours."
    )

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Give it the slot."""
        decide.move_to_free_slot(delivery, self.request.user, others, now)


class HoldForm(forms.Form):
    """Why."""

    reason = NormalCharFormField(label=_("Reason"), max_length=500)


class HoldBulkAction(DeliveryBulkAction):
    """Hold the posts of the chosen deliveries, each by a hold of its own."""

    display_name = _("Hold")
    action_type = "hold"
    aria_label = _("Hold the posts of the selected deliveries")
    action_priority = 26
    any_permission_required = (HOLD_DELIVERY,)
    states = QUEUED
    form_class = HoldForm
    explanation = _(
        "Each post is held on all its accounts until somebody lifts its hold, under Holds. What has missed its time by then"
        " waits for a decision."
    )

    def __init__(self, request: Any, model: type[Delivery]) -> None:
        super().__init__(request, model)
        self.held: set[int] = set()
        """The posts that this very action has held: one goes to several accounts."""

    def refusal(self, delivery: Delivery) -> str:
        """Also that the post goes to another desk too."""
        sentence = super().refusal(delivery)
        if not sentence and not scope.may_place(self.request.user, Hold(scope=Hold.Scope.POST, post=delivery.post)):
            return scope.other_desk()
        return sentence

    def perform(self, delivery: Delivery, others: Sequence[Delivery], now: datetime) -> None:
        """Place the hold. Raises SmeditorError where one stops this very post already."""
        if delivery.post_id in self.held:
            return
        if Hold.objects.filter(scope=Hold.Scope.POST, post=delivery.post_id, lifted_at__isnull=True).exists():
            raise SmeditorError(gettext("It is on hold already."))
        reason = self.cleaned_form.cleaned_data["reason"]
        from smeditor.publishing import holds

        holds.place(Hold.Scope.POST, reason, self.request.user, post=delivery.post)
        self.held.add(delivery.post_id)

    def result(self, count: int) -> str:
        """How many are held."""
        return ngettext("%(n)d is on hold.", "%(n)d are on hold.", count) % {"n": count}


ACTIONS: tuple[type[DeliveryBulkAction], ...] = (ShiftBulkAction, NextSlotsBulkAction, HoldBulkAction)
