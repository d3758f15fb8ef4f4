"""Deliveries: what is on its way, what needs a person, and for each one the proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from smeditor import conf
from smeditor.desk import deletion
from smeditor.desk.base import ActionView, DeskListing, DeskPage, DeskPermissionMixin, OperationView
from smeditor.desk.fields import DayRange
from smeditor.desk.tables import MomentColumn
from smeditor.exceptions import SmeditorError
from smeditor.models import Account, Delivery
from smeditor.permissions import PUBLISH_POST, RESOLVE_DELIVERY, SCHEDULE_POST, scope
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.publishing import approval, decide
from smeditor.publishing.proof import proof
from smeditor.text.params import parse_datetime, parse_ids

VIEW = ("smeditor.view_delivery",)
State = Delivery.State
UNDOUBTED = (State.LATE, State.STOPPED, State.REFUSED)
"""What waits for a decision and is certainly not on the network."""


class DeliveryFilterSet(WagtailFilterSet):
    """By state, account, operation and slot."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    account = django_filters.ModelMultipleChoiceFilter(
        label=_("Account"), queryset=Account.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    operation = django_filters.ChoiceFilter(
        label=_("Operation"), choices=Delivery.Operation.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    slot = django_filters.DateFromToRangeFilter(label=_("Slot"), widget=DayRange)

    class Meta:
        model = Delivery
        fields: list[str] = []


class StateColumn(Column):
    """The state in colour and words; what a hold binds says so."""

    cell_template_name = "smeditor/admin/cells/delivery_state.html"


class Deliveries(DeskListing):
    """All deliveries that this user may see, the latest slot first."""

    any_permission_required = VIEW
    model = Delivery
    page_title = _("Deliveries")
    header_icon = "upload"
    index_url_name = "smeditor:deliveries"
    index_results_url_name = "smeditor:deliveries_results"
    filterset_class = DeliveryFilterSet
    is_searchable = True
    search_fields = ["post__text", "post__article_title", "remote_url"]
    default_ordering = "-slot"
    columns = [
        TitleColumn("post", label=_("Post"), url_name="smeditor:delivery"),
        Column("account", label=_("Account"), sort_key="account__handle"),
        StateColumn("state", label=_("State"), sort_key="state"),
        Column("state_reason", label=capfirst(_("reason")), classname="sme-sentence"),
        MomentColumn("slot", label=_("Slot"), sort_key="slot"),
        MomentColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
    ]

    def get_base_queryset(self) -> Any:
        return deliveries_visible_to(self.request.user).select_related("post", "account")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(_("What goes out"), url=reverse("smeditor:week"), icon_name="calendar-alt"),
            HeaderButton(_("Needs a decision"), url=reverse("smeditor:late"), icon_name="warning"),
        ]


class NeedsDecision(DeskPage):
    """What only a person can decide: doubts first, then what was too late, newest first, never a flood."""

    any_permission_required = VIEW
    page_title = _("Needs a decision")
    header_icon = "warning"
    template_name = "smeditor/admin/deliveries/needs_decision.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)
    shown = 100

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = deliveries_visible_to(self.request.user).select_related("post", "account__desk")
        return super().get_context_data(
            doubts=rows.filter(state__in=[State.HUMAN, State.UNKNOWN]).order_by("-slot")[: self.shown],
            late=rows.filter(state__in=UNDOUBTED).order_by("-slot")[: self.shown],
            may_resolve=self.request.user.has_perm(RESOLVE_DELIVERY),
            **kwargs,
        )


class Proof(DeskPage):
    """Everything that is known of one delivery, and the buttons for what a person must decide."""

    any_permission_required = VIEW
    header_icon = "upload"
    template_name = "smeditor/admin/deliveries/proof.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)

    @cached_property
    def delivery(self) -> Delivery:
        rows = deliveries_visible_to(self.request.user).select_related("post", "account", "approved_by", "target")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return gettext("Delivery to %(account)s") % {"account": self.delivery.account}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("smeditor:delivery_json", args=[self.delivery.pk])
        return [HeaderButton(_("Download as JSON"), url=url, icon_name="download")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delivery, user = self.delivery, self.request.user
        own = scope.acts_for(user, delivery.account)
        attempts = list(delivery.attempts.select_related("decided_by", "part"))
        return super().get_context_data(
            delivery=delivery,
            record=proof(delivery),
            attempts=attempts,
            may_resolve=own and user.has_perm(RESOLVE_DELIVERY),
            may_move=own and (user.has_perm(SCHEDULE_POST) or user.has_perm(RESOLVE_DELIVERY)),
            in_doubt=delivery.state in decide.UNDECIDED,
            movable=delivery.state in decide.MOVABLE,
            droppable=delivery.state in decide.DROPPABLE,
            may_delete=own and deletion.may_delete(user),
            deletable=deletion.deletable(delivery),
            gone=delivery.state == State.GONE,
            **kwargs,
        )


class ProofJson(DeskPermissionMixin, View):
    """The proof of one delivery as a file, for the archive or a complaint."""

    any_permission_required = VIEW
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = deliveries_visible_to(request.user).select_related("post", "account", "approved_by")
        delivery = get_object_or_404(rows, pk=pk)
        response = JsonResponse(proof(delivery), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="delivery-{delivery.pk}.json"'
        return response


class Decision(OperationView):
    """A decision on one delivery, by somebody who acts for its account."""

    any_permission_required = (RESOLVE_DELIVERY,)
    model = Delivery
    success_url_name = "smeditor:delivery"

    def get_base_object_queryset(self) -> Any:
        return deliveries_visible_to(self.request.user).select_related("account__desk", "post")

    def check_object(self) -> None:
        scope.require(self.request.user, self.object.account)


def as_shown(delivery: Delivery, request: HttpRequest, field: str = "seen") -> Delivery:
    """``delivery`` with the hash of the text that the page showed: what was changed since is then refused.

    Who lets out what nobody else has approved approves it, and must be one who may. Raises SmeditorError.
    """
    shown = request.POST.get(field, "")
    if approval.delivery_objection(delivery):
        if not request.user.has_perm(PUBLISH_POST):
            raise SmeditorError(gettext("Somebody must approve it first, and you may not approve posts."))
        if not shown:
            raise SmeditorError(
                gettext("Nobody else has approved it yet: open the delivery, read it, and decide there.")
            )
    delivery.payload_hash = shown or delivery.payload_hash
    return delivery


class ItIsThere(Decision):
    """A person found the message on the network; the network is asked to confirm it."""

    def perform_operation(self) -> None:
        url = self.request.POST.get("url", "").strip()
        if decide.it_is_there(self.object, self.request.user, url, timezone.now()):
            self.success_message = gettext("Noted: it is there. The network confirms it.")
        else:
            self.success_message = gettext("Noted: it is there. The network could not confirm it, so your word stands.")


class ItIsNotThere(Decision):
    """A person did not find the message on the network: it is sent again."""

    def perform_operation(self) -> None:
        decide.it_is_not_there(as_shown(self.object, self.request), self.request.user, timezone.now())
        self.success_message = gettext("Noted: it is not there. It is sent again under the same identity.")


class SendNow(Decision):
    """Send at once what waits."""

    def perform_operation(self) -> None:
        decide.send_now(as_shown(self.object, self.request), self.request.user, timezone.now())
        self.success_message = gettext("It goes out at the worker's next look, within seconds.")


class Drop(Decision):
    """Never send it."""

    def perform_operation(self) -> None:
        decide.drop(self.object, self.request.user, timezone.now())
        self.success_message = gettext("It is dropped and will never be sent.")


class DecideMany(ActionView):
    """One decision for several of those that nobody doubts: send them in turn, or drop them."""

    any_permission_required = (RESOLVE_DELIVERY,)
    after = reverse_lazy("smeditor:late")

    def perform(self, request: HttpRequest) -> str:
        keys = parse_ids(request.POST.getlist("delivery"), NeedsDecision.shown)
        rows = deliveries_visible_to(request.user).filter(pk__in=keys, state__in=UNDOUBTED)
        chosen, others = scope.split(request.user, rows.select_related("post", "account__desk"))
        if not chosen and others:
            raise SmeditorError(gettext("What you chose belongs to other desks. Ask one of their editors."))
        if not chosen:
            raise SmeditorError(gettext("Choose at least one delivery."))
        send = request.POST.get("decision") == "send"
        if send:
            chosen = self.permitted(request, chosen)
        decision = decide.send_all if send else decide.drop_all
        done, moved_on = decision(chosen, request.user, timezone.now())
        parts = [
            ngettext("%(n)d goes out in its turn.", "%(n)d go out in turn, the newest first.", done)
            if send
            else ngettext("%(n)d is dropped.", "%(n)d are dropped.", done)
        ]
        if moved_on:
            parts.append(ngettext("%(m)d had moved on.", "%(m)d had moved on.", moved_on))
        return " ".join(parts) % {"n": done, "m": moved_on}

    def permitted(self, request: HttpRequest, chosen: list[Delivery]) -> list[Delivery]:
        """Those that this user may let out, as the page showed them; why not the others is said. Raises SmeditorError."""
        kept = []
        for delivery in chosen:
            try:
                shown = as_shown(delivery, request, f"seen-{delivery.pk}")
                sentence = decide.objection(shown, request.user)
            except SmeditorError as error:
                sentence = error.sentence
            if sentence:
                messages.error(request, f"{delivery}: {sentence}")
            else:
                kept.append(shown)
        if not kept:
            raise SmeditorError(gettext("None of them was sent."))
        return kept


class Move(Decision):
    """Another time for what is not being sent."""

    any_permission_required = (SCHEDULE_POST, RESOLVE_DELIVERY)

    def perform_operation(self) -> None:
        slot = newsroom_moment(self.request.POST.get("slot", ""))
        decide.move(as_shown(self.object, self.request), self.request.user, slot, timezone.now())
        when = f"{timezone.localtime(slot, conf.zone()):%d.%m.%Y %H:%M}"
        self.success_message = gettext("It goes out on %(when)s.") % {"when": when}


def newsroom_moment(text: str) -> datetime:
    """What a date-and-time field says, on the newsroom's clock. Raises SmeditorError when it says nothing usable."""
    moment = parse_datetime(text, conf.zone())
    if moment is None:
        raise SmeditorError(gettext("Choose a day and a time."))
    return moment


urlpatterns = [
    path("deliveries/", Deliveries.as_view(), name="deliveries"),
    path("deliveries/results/", Deliveries.as_view(results_only=True), name="deliveries_results"),
    path("deliveries/decide/", NeedsDecision.as_view(), name="late"),
    path("deliveries/decide/many/", DecideMany.as_view(), name="deliveries_decide"),
    path("deliveries/<id:pk>/", Proof.as_view(), name="delivery"),
    path("deliveries/<id:pk>/proof.json", ProofJson.as_view(), name="delivery_json"),
    path("deliveries/<id:pk>/there/", ItIsThere.as_view(), name="delivery_there"),
    path("deliveries/<id:pk>/not-there/", ItIsNotThere.as_view(), name="delivery_not_there"),
    path("deliveries/<id:pk>/send/", SendNow.as_view(), name="delivery_send"),
    path("deliveries/<id:pk>/drop/", Drop.as_view(), name="delivery_drop"),
    path("deliveries/<id:pk>/move/", Move.as_view(), name="delivery_move"),
]
