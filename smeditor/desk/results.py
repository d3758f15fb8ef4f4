"""What became of what was sent: the numbers of each post, the series behind them, and the list of what went well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, Table, TitleColumn

from smeditor.desk.base import DeskListing
from smeditor.desk.capped import LISTED, UnorderedPaginator
from smeditor.desk.plot import Plot, plot
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import Account, Delivery, DeliveryResult, Measurement
from smeditor.permissions import VIEW_DELIVERY
from smeditor.permissions.visibility import results_visible_to

DAYS = 30
NUMBERS = ("engagement", "likes", "reposts", "replies", "quotes", "people", "views", "visits")
NAMES: dict[str, StrOrPromise] = {
    "engagement": _("reactions"),
    "likes": _("likes"),
    "reposts": _("reposts"),
    "replies": _("replies"),
    "quotes": _("quotes"),
    "people": _("people"),
    "views": _("views"),
    "visits": _("visits"),
}


def written(number: int | None) -> str:
    """A number as it is read; a dash where nobody knows it."""
    return "–" if number is None else number_format(number, force_grouping=True)


def number_column(name: str, *, sortable: bool = True) -> Column:
    """The column of one of ``NUMBERS``."""
    return Column(
        name,
        label=capfirst(NAMES[name]),
        accessor=lambda row: written(getattr(row, name)),
        sort_key=name if sortable else None,
    )


class ResultFilterSet(WagtailFilterSet):
    """By time and account; without a time: the last thirty days."""

    days = django_filters.ChoiceFilter(
        label=_("Sent"),
        choices=[("7", _("in the last 7 days")), ("90", _("in the last 90 days")), ("365", _("in the last year"))],
        empty_label=_("in the last 30 days"),
        method="since",
        widget=forms.RadioSelect,
    )
    account = django_filters.ModelChoiceFilter(
        label=_("Account"), queryset=Account.objects.all(), empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = DeliveryResult
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[DeliveryResult]) -> QuerySet[DeliveryResult]:
        """The newest of what was chosen, as many as can be leafed through: only these are put in the order of a number."""
        chosen = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("days"):
            chosen = self.since(chosen, "days", str(DAYS))
        newest = chosen.select_related(None).order_by("-sent_at", "-pk").values("pk")[:LISTED]
        return queryset.filter(pk__in=newest)

    def since(self, queryset: QuerySet[DeliveryResult], name: str, value: str) -> QuerySet[DeliveryResult]:
        """``queryset``, narrowed to what was sent in the last ``value`` days."""
        return queryset.filter(sent_at__gte=timezone.now() - timedelta(days=int(value)))


class ResultIndexView(DeskListing):
    """What was sent lately that this user may see, by its numbers."""

    any_permission_required = (VIEW_DELIVERY,)
    model = DeliveryResult
    page_title = _("What went well")
    filterset_class = ResultFilterSet
    paginator_class = UnorderedPaginator
    default_ordering = "-engagement"
    columns = [
        TitleColumn(
            "delivery",
            label=_("Post"),
            accessor=lambda row: str(row.delivery.post),
            get_url=lambda row: reverse("smeditor:delivery", args=[row.delivery_id]),
        ),
        Column("account", label=_("Account")),
        MomentColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
        *(number_column(name) for name in ("engagement", "likes", "replies", "people", "views", "visits")),
    ]

    def get_base_queryset(self) -> QuerySet[DeliveryResult]:
        """What was chosen of them is narrowed by :class:`ResultFilterSet`."""
        return results_visible_to(self.request.user).select_related("delivery__post", "account")

    def order_queryset(self, queryset: QuerySet[DeliveryResult]) -> QuerySet[DeliveryResult]:
        """By the chosen number; what nobody knows comes last, whichever way."""
        name = self.ordering if isinstance(self.ordering, str) else self.default_ordering
        field = F(name.removeprefix("-"))
        by = field.desc(nulls_last=True) if name.startswith("-") else field.asc(nulls_last=True)
        return queryset.order_by(by, "-pk")


class ResultListing(ListingViewSet):
    """The list of what went well."""

    icon = "circle-check"
    index_view_class = ResultIndexView


def results_of(delivery: Delivery) -> dict[str, Any]:
    """What a page shows of a publication's results: the numbers that are known, a plot and the series; ``result`` None for none."""
    result = DeliveryResult.objects.filter(delivery=delivery).first()
    if result is None:
        return {"result": None}
    series = list(result.measurements.order_by("at"))
    known = [name for name in NUMBERS if getattr(result, name) is not None]
    columns = [MomentColumn("at", label=_("When")), *(_series_column(name) for name in known)]
    return {
        "result": result,
        "numbers": [(NAMES[name], written(getattr(result, name))) for name in known] if result.measured_at else [],
        "results_plot": _drawn(series),
        "series": Table(columns, series, classname="listing sme-dense"),
    }


def short_of(delivery: Delivery) -> list[tuple[StrOrPromise, str]]:
    """The numbers of a publication, read with its ``result``, that are known and not zero; none before it was measured."""
    result = getattr(delivery, "result", None)
    if result is None or result.measured_at is None:
        return []
    names = [name for name in NUMBERS if name != "engagement" and getattr(result, name)]
    return [(NAMES[name], written(getattr(result, name))) for name in names]


def _series_column(name: str) -> Column:
    if name == "engagement":
        return Column(name, label=capfirst(NAMES[name]), accessor=lambda row: written(row.reactions()))
    return number_column(name, sortable=False)


def _drawn(series: list[Measurement]) -> Plot | None:
    return plot([[row.at.isoformat(), row.reactions(), 0] for row in series], with_expected=False)
