"""Decisions on one delivery: it is there, it is not there, send it now, drop it, another time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from wagtail.admin import messages as wagtail_messages

from smeditor import conf
from smeditor.desk.base import OperationView
from smeditor.exceptions import SmeditorError
from smeditor.models import Delivery
from smeditor.permissions import PUBLISH_POST, RESOLVE_DELIVERY, SCHEDULE_POST, scope
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.publishing import approval, decide
from smeditor.text.params import parse_datetime


class Decision(OperationView[Delivery]):
    """A decision on one delivery, by somebody who acts for its account."""

    any_permission_required: ClassVar[tuple[str, ...]] = (RESOLVE_DELIVERY,)
    model = Delivery
    success_url_name = "smeditor:delivery"

    def get_base_object_queryset(self) -> QuerySet[Delivery]:
        """The deliveries that this user may see."""
        return deliveries_visible_to(self.request.user).select_related("account__desk", "post")

    def check_object(self) -> None:
        """Raises NotAllowed for an account of a desk that this user does not act for."""
        scope.require(self.request.user, self.object.account)


def may_not_let_out(delivery: Delivery, user: Any) -> str:
    """Why ``user`` may not let ``delivery`` go out, as a sentence; "" when they may.

    Who lets out what nobody else has approved approves it, and must be one who may.
    """
    if approval.delivery_objection(delivery) and not user.has_perm(PUBLISH_POST):
        return gettext("Somebody must approve it first, and you may not approve posts.")
    return decide.objection(delivery, user)


def as_shown(delivery: Delivery, request: HttpRequest) -> Delivery:
    """``delivery`` with the hash of the text and the slot that the page showed: what was changed since is then refused.

    Raises SmeditorError when this user may not let it out, or has not read what nobody else has approved.
    """
    sentence = may_not_let_out(delivery, request.user)
    if sentence:
        raise SmeditorError(sentence)
    shown = request.POST.get("seen", "")
    if not shown and approval.delivery_objection(delivery):
        raise SmeditorError(gettext("Nobody else has approved it yet: open the delivery, read it, and decide there."))
    delivery.payload_hash = shown or delivery.payload_hash
    delivery.slot = slot_shown(request) or delivery.slot
    return delivery


def slot_shown(request: HttpRequest) -> datetime | None:
    """The slot that the page showed; None where its form does not say. Raises SmeditorError for what is no time."""
    text = request.POST.get("seen_slot", "")
    moment = parse_datetime(text, UTC)
    if text and moment is None:
        raise SmeditorError(gettext("The page is out of date. Nothing was changed: look at it as it is now."))
    return moment


class ItIsThere(Decision):
    """A person found the message on the network; the network is asked to confirm it."""

    def perform_operation(self) -> None:
        """Note it, and whether the network confirms it. Raises SmeditorError for a link that leads elsewhere."""
        url = self.request.POST.get("url", "").strip()
        if decide.it_is_there(self.object, self.request.user, url, timezone.now()):
            self.success_message = gettext("Noted: it is there. The network confirms it.")
        else:
            self.success_message = gettext("Noted: it is there. The network could not confirm it, so your word stands.")


class ItIsNotThere(Decision):
    """A person did not find the message on the network: it is sent again."""

    def perform_operation(self) -> None:
        """Note it and let it go out again. Raises SmeditorError when its text or state is another by now."""
        decide.it_is_not_there(as_shown(self.object, self.request), self.request.user, timezone.now())
        self.success_message = gettext("Noted: it is not there. It is sent again under the same identity.")


class SendNow(Decision):
    """Send at once what waits."""

    def perform_operation(self) -> None:
        """Give it the slot that is now. Raises SmeditorError when its text or state is another by now."""
        decide.send_now(as_shown(self.object, self.request), self.request.user, timezone.now())
        self.success_message = gettext("It goes out at the worker's next look, within seconds.")


class Drop(Decision):
    """Never send it."""

    def perform_operation(self) -> None:
        """Cancel it. Raises SmeditorError when it has moved on."""
        decide.drop(self.object, self.request.user, timezone.now())
        self.success_message = gettext("It is dropped and will never be sent.")


class Move(Decision):
    """Another time for what is not being sent: by the form, the list or the calendar, which all post here."""

    any_permission_required = (SCHEDULE_POST, RESOLVE_DELIVERY)
    undo: dict[str, Any] | None = None
    """What the form that takes it back needs; None where it cannot be taken back."""

    def perform_operation(self) -> None:
        """Give it the slot that was typed.

        Raises SmeditorError when that has passed, or its slot, its text or its state is another by now.
        """
        now, request = timezone.now(), self.request
        slot = newsroom_moment(request.POST.get("slot", ""))
        delivery = as_shown(self.object, request)
        before, state = delivery.slot, delivery.state
        decide.move(delivery, request.user, slot, now)
        when = date_format(timezone.localtime(delivery.slot, conf.zone()), "SHORT_DATETIME_FORMAT")
        self.success_message = gettext("It goes out on %(when)s.") % {"when": when}
        if before > now and state == Delivery.State.SCHEDULED and before != delivery.slot:
            self.undo = {"delivery": delivery, "before": before.isoformat(), "next": self.next_url}

    def add_success_message(self) -> None:
        """The sentence, and the button that takes it back."""
        if self.undo is None or "undo" in self.request.POST:
            super().add_success_message()
            return
        button = render_to_string("smeditor/admin/planning/undo_move.html", self.undo, request=self.request)
        messages.success(self.request, wagtail_messages.render(self.success_message, [], detail=button))


def newsroom_moment(text: str) -> datetime:
    """What a date-and-time field says, on the newsroom's clock. Raises SmeditorError when it says nothing usable."""
    moment = parse_datetime(text, conf.zone())
    if moment is None:
        raise SmeditorError(gettext("Choose a day and a time."))
    return moment
