"""Keeping a reaction for a legal claim: the list of what is kept, and one page on which a hold is placed or ended."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.utils import get_user_display_name

from smeditor import conf
from smeditor.desk.base import DeskListing, DeskPage, OperationView, report_error
from smeditor.desk.fields import PlainDate
from smeditor.desk.viewsets import ListingViewSet
from smeditor.exceptions import SmeditorError
from smeditor.listening import legal_hold
from smeditor.models import Reaction
from smeditor.models.text_fields import NormalCharFormField
from smeditor.networks.base import Presence
from smeditor.permissions import HOLD_REACTION
from smeditor.permissions.visibility import reactions_to_hold_for
from smeditor.text.params import is_usable_day


class LegalHoldForm(forms.Form):
    """Why, and until the end of which day on the newsroom's clock."""

    reason = NormalCharFormField(
        label=_("Why it has to be kept"),
        max_length=300,
        help_text=_("The claim or the file number. Quote nothing of the message here."),
    )
    until = forms.DateField(
        label=_("Until"), widget=PlainDate, help_text=_("To the end of that day, at most five years ahead.")
    )

    def clean_until(self) -> datetime:
        """The first moment after the chosen day, in the newsroom's zone."""
        day = self.cleaned_data["until"]
        if not is_usable_day(day):
            raise forms.ValidationError(_("Choose a day between 1900 and 2199."))
        return datetime.combine(day + timedelta(days=1), time.min, conf.zone())


def holder(reaction: Reaction) -> str:
    """Who answers for the hold of ``reaction``; empty where that account is gone."""
    return get_user_display_name(reaction.legal_hold_by) if reaction.legal_hold_by else ""


class LegalHolds(DeskListing):
    """What is kept for a legal claim: numbers, reasons and ends, no content."""

    any_permission_required = (HOLD_REACTION,)
    model = Reaction
    page_title = _("Kept for legal claims")
    columns = [
        TitleColumn("pk", label=_("reaction"), accessor=str, url_name="smeditor:legal_hold"),
        Column("legal_hold_reason", label=_("why")),
        Column("legal_hold_by", label=_("who answers for it"), accessor=holder),
        Column("legal_hold_until", label=_("until")),
        BooleanColumn(
            "deleted", label=_("deleted by its author"), accessor=lambda row: row.presence == Presence.DELETED
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Reaction]:
        """What is held now, and that this user may hold; what ends first comes first."""
        rows = reactions_to_hold_for(self.request.user).filter(legal_hold_until__gt=timezone.now())
        return rows.select_related("legal_hold_by").order_by("legal_hold_until", "pk")


class LegalHoldViewSet(ListingViewSet):
    """The list of holds at its address."""

    icon = "lock"
    index_view_class = LegalHolds


class LegalHoldPage(DeskPage, FormView):
    """The hold of one reaction: placed, changed or ended here. The content is not shown."""

    any_permission_required = (HOLD_REACTION,)
    header_icon = "lock"
    page_title = _("Keep for a legal claim")
    template_name = "smeditor/admin/inbox/legal_hold.html"
    parents = ((reverse_lazy("smeditor:legal_holds"), _("Kept for legal claims")),)
    form_class = LegalHoldForm

    @cached_property
    def reaction(self) -> Reaction:
        """The reaction, if its content is still there; 404 otherwise."""
        rows = reactions_to_hold_for(self.request.user).select_related("legal_hold_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Which reaction, by its number."""
        return str(self.reaction)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Place the hold, or change it, and show the page again."""
        try:
            legal_hold.place(self.reaction, form.cleaned_data["until"], form.cleaned_data["reason"], self.request.user)
        except SmeditorError as error:
            report_error(self.request, error)
            return self.form_invalid(form)
        messages.success(self.request, gettext("It is kept, whatever its author or the time does."))
        return redirect("smeditor:legal_hold", pk=self.reaction.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the ``reaction``, whether and by whom it is ``held``, and whether its author ``deleted`` it."""
        reaction = self.reaction
        until = reaction.legal_hold_until
        return super().get_context_data(
            reaction=reaction,
            held=until is not None and until > timezone.now(),
            holder=holder(reaction),
            deleted=reaction.presence == Presence.DELETED,
            **kwargs,
        )


class LiftLegalHold(OperationView[Reaction]):
    """End the hold of one reaction. What its author had deleted is erased with it."""

    any_permission_required = (HOLD_REACTION,)
    model = Reaction

    def get_base_object_queryset(self) -> QuerySet[Reaction]:
        """What this user may hold, or release."""
        return reactions_to_hold_for(self.request.user)

    def get_success_url(self) -> str:
        """The list of holds: the reaction itself may be gone."""
        return self.next_url or reverse("smeditor:legal_holds")

    def perform_operation(self) -> None:
        """End it, and say whether the reaction was erased with it."""
        if legal_hold.lift(self.object, self.request.user):
            self.success_message = gettext("The hold has ended, and what its author had deleted is erased.")
        else:
            self.success_message = gettext("The hold has ended: it is kept as long as any other message.")
