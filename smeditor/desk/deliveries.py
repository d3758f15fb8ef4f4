"""Deliveries: what is on its way, what needs a person, and for each one the proof."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, Table, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk import deletion
from smeditor.desk.base import DeskListing, DeskPage, DeskPermissionMixin
from smeditor.desk.delivery_bulk import UNDOUBTED, may_choose
from smeditor.desk.fields import DayRange
from smeditor.desk.results import results_of
from smeditor.desk.tables import HashColumn, MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import Account, Attempt, Delivery, Post
from smeditor.models.full_text import POSTS
from smeditor.permissions import RESOLVE_DELIVERY, SCHEDULE_POST, scope
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.publishing import decide
from smeditor.publishing.approve import deletable
from smeditor.publishing.proof import proof

VIEW = ("smeditor.view_delivery",)
State = Delivery.State


class DeliveryFilterSet(WagtailFilterSet):
    """By state, account, operation and slot."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple, distinct=False
    )
    account = django_filters.ModelMultipleChoiceFilter(
        label=_("Account"), queryset=Account.objects.all(), widget=forms.CheckboxSelectMultiple, distinct=False
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


class DeliveryIndexView(DeskListing, ReportView):
    """All deliveries that this user may see, the latest slot first; as they are filtered, they are a spreadsheet too."""

    any_permission_required = VIEW
    model = Delivery
    page_title = _("Deliveries")
    template_name = "smeditor/admin/deliveries/deliveries.html"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    filterset_class = DeliveryFilterSet
    is_searchable = True
    full_text, full_text_path = POSTS, "post__"
    search_fields = ["post__text", "post__article_title"]
    default_ordering = "-slot"
    columns = [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="delivery"),
        TitleColumn(
            "post",
            label=_("Post"),
            url_name="smeditor:delivery",
            get_title_id=lambda delivery: f"delivery_{delivery.pk}_title",
        ),
        Column("account", label=_("Account"), sort_key="account__handle"),
        StateColumn("state", label=_("State"), sort_key="state"),
        Column("state_reason", label=capfirst(_("reason")), classname="sme-sentence"),
        MomentColumn("slot", label=_("Slot"), sort_key="slot"),
        MomentColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
    ]
    list_export = [
        *("pk", "post", "account", "get_operation_display", "get_state_display", "state_reason", "slot", "sent_at"),
        *("remote_url", "approved_by", "approved_at", "approved_hash"),
    ]
    export_headings = {
        "pk": _("Delivery"),
        "get_operation_display": _("Operation"),
        "get_state_display": _("State"),
        "remote_url": _("On the network"),
        "approved_by": _("Approved by"),
        "approved_at": _("Approved"),
        "approved_hash": _("Approved hash"),
    }
    export_filename = "deliveries"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Leave out the boxes for who may do nothing to a delivery."""
        super().setup(request, *args, **kwargs)
        if not may_choose(request.user):
            self.columns = self.columns[1:]

    def get_base_queryset(self) -> QuerySet[Delivery]:
        """The deliveries that this user may see, with what their rows show."""
        return deliveries_visible_to(self.request.user).select_related("post__drift", "account", "approved_by")

    def search_queryset(self, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """``queryset``, narrowed to the posts that hold the words, or to what lies at the address that was pasted."""
        query = (self.search_query or "").strip()
        if query.startswith(("http://", "https://")):
            return queryset.filter(remote_url__startswith=query)
        return super().search_queryset(queryset)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The template receives whether this user may choose several."""
        return super().get_context_data(*args, **kwargs, may_choose=may_choose(self.request.user))

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The ways to the week and to what needs a decision."""
        return [
            HeaderButton(_("What goes out"), url=reverse("smeditor:calendar"), icon_name="calendar-alt"),
            HeaderButton(_("Needs a decision"), url=reverse("smeditor:late"), icon_name="warning"),
        ]


class DeliveryListing(ListingViewSet):
    """The list of deliveries."""

    icon = "upload"
    index_view_class = DeliveryIndexView


class NeedsDecision(DeskPage):
    """What only a person can decide: doubts first, then what was too late, newest first, never a flood."""

    any_permission_required = VIEW
    page_title = _("Needs a decision")
    header_icon = "warning"
    template_name = "smeditor/admin/deliveries/needs_decision.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)
    shown = 25

    def newest(self, states: Iterable[str]) -> tuple[list[Delivery], str]:
        """The ``shown`` newest in these states, and where all of them are; no address where these are all."""
        rows = deliveries_visible_to(self.request.user).filter(state__in=states).order_by("-slot", "-pk")
        found = list(rows.select_related("post", "account__desk")[: self.shown + 1])
        all_of_them = f"{reverse('smeditor:deliveries')}?{urlencode({'state': list(states)}, doseq=True)}"
        return found[: self.shown], all_of_them if len(found) > self.shown else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the doubts, then what was late, stopped or refused, each with the address of all of them.

        Also what this user may do to them.
        """
        doubts, all_doubts = self.newest((State.HUMAN, State.UNKNOWN))
        late, all_late = self.newest(UNDOUBTED)
        return super().get_context_data(
            doubts=doubts,
            all_doubts=all_doubts,
            late=late,
            all_late=all_late,
            may_resolve=self.request.user.has_perm(RESOLVE_DELIVERY),
            **kwargs,
        )


class AttemptResultColumn(Column):
    """What came of an attempt: the sentence, who decided, what was read back, the network's answer."""

    cell_template_name = "smeditor/admin/cells/attempt_result.html"


def attempt_state(attempt: Attempt) -> str:
    """The state of ``attempt``, and the status that the network answered with, where it did."""
    state = attempt.get_state_display()
    return f"{state} ({attempt.status})" if attempt.status else state


ATTEMPT_COLUMNS = [
    Column("number", label="#"),
    Column("state", label=_("State"), accessor=attempt_state),
    MomentColumn("started_at", label=_("Started")),
    MomentColumn("finished_at", label=_("Answered")),
    HashColumn("identity", label=_("Identity")),
    AttemptResultColumn("sentence", label=_("What happened")),
]


class Proof(DeskPage):
    """Everything that is known of one delivery, and the buttons for what a person must decide."""

    any_permission_required = VIEW
    header_icon = "upload"
    template_name = "smeditor/admin/deliveries/proof.html"
    parents = ((reverse_lazy("smeditor:deliveries"), _("Deliveries")),)

    @cached_property
    def delivery(self) -> Delivery:
        """The delivery that the address names. Raises Http404 when this user may not see it."""
        rows = deliveries_visible_to(self.request.user).select_related(
            "post__library_entry", "account", "approved_by", "target"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """To which account it goes."""
        return gettext("Delivery to %(account)s") % {"account": self.delivery.account}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to the same as a file."""
        url = reverse("smeditor:delivery_json", args=[self.delivery.pk])
        return [HeaderButton(_("Download as JSON"), url=url, icon_name="download")]

    @property
    def may_keep(self) -> bool:
        """Whether this user may keep the post in the library: what was sent about an article and is not there yet."""
        post = self.delivery.post
        sent = self.delivery.state == State.SENT and post.kind == Post.Kind.STORY
        return sent and self.request.user.has_perm(SCHEDULE_POST) and not hasattr(post, "library_entry")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the record, the attempts, and which buttons this user may press."""
        delivery, user = self.delivery, self.request.user
        own = scope.acts_for(user, delivery.account)
        attempts = list(delivery.attempts.select_related("decided_by", "part"))
        return super().get_context_data(
            delivery=delivery,
            record=proof(delivery),
            attempts_table=Table(ATTEMPT_COLUMNS, attempts, classname="listing sme-dense"),
            may_resolve=own and user.has_perm(RESOLVE_DELIVERY),
            may_move=own and (user.has_perm(SCHEDULE_POST) or user.has_perm(RESOLVE_DELIVERY)),
            in_doubt=delivery.state in decide.UNDECIDED,
            movable=delivery.state in decide.MOVABLE,
            droppable=delivery.state in decide.DROPPABLE,
            may_delete=own and deletion.may_delete(user),
            deletable=deletable(delivery),
            gone=delivery.state == State.GONE,
            may_keep=self.may_keep,
            **results_of(delivery),
            **kwargs,
        )


class ProofJson(DeskPermissionMixin, View):
    """The proof of one delivery as a file, for the archive or a complaint."""

    any_permission_required = VIEW
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The record as JSON, to be stored as a file. Raises Http404 when this user may not see the delivery."""
        rows = deliveries_visible_to(request.user).select_related("post", "account", "approved_by")
        delivery = get_object_or_404(rows, pk=pk)
        response = JsonResponse(proof(delivery), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="delivery-{delivery.pk}.json"'
        return response
