"""Holds: placing and lifting a stop. The publishing room does both; here one says what, why and until when."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, UserColumn
from wagtail.admin.widgets.button import Button

from smeditor.desk.base import OperationView
from smeditor.desk.fields import PlainDateTime
from smeditor.desk.hold_bar import TARGETS, subject
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import DeskCreateView, DeskIndexView, DeskModelViewSet
from smeditor.exceptions import NotAllowed
from smeditor.models import Hold
from smeditor.models.accounts import network_choices
from smeditor.permissions import HOLD_DELIVERY, scope
from smeditor.publishing import holds


def shown_for(value: str) -> dict[str, str]:
    """Attributes by which Wagtail shows a panel only while ``value`` is the chosen scope; without a script it stays."""
    return {"data-w-rules-target": "show", "data-w-rules": json.dumps({"scope": [value]})}


class HoldForm(WagtailAdminModelForm):
    """What is stopped, why, and when to look at it again."""

    scope = forms.ChoiceField(
        label=capfirst(_("what is stopped")), choices=Hold.Scope.choices, widget=forms.RadioSelect
    )
    network = forms.ChoiceField(label=_("Network"), required=False, choices=lambda: [("", "—"), *network_choices()])

    class Meta(WagtailAdminModelForm.Meta):
        model = Hold
        fields = ["scope"]
        widgets = {"review_at": PlainDateTime}

    def clean(self) -> dict[str, Any]:
        """The scope's target must be named, be this user's to stop, and the review lie ahead."""
        data = super().clean()
        needed = TARGETS.get(data.get("scope"))
        if needed and not data.get(needed):
            self.add_error(needed, _("Say which one is stopped."))
        if data.get("review_at") and data["review_at"] <= timezone.now():
            self.add_error("review_at", _("This time has passed: choose a later one."))
        if self.for_user is not None and not self.errors and not scope.may_place(self.for_user, self.named(data)):
            self.add_error(needed, _("This is another desk's. Ask one of its editors, or stop everything."))
        return data

    def named(self, data: dict[str, Any]) -> Hold:
        """The hold as it would be placed, for the question who may place it."""
        return Hold(scope=data["scope"], account=data.get("account"), desk=data.get("desk"))


class HoldCreateView(DeskCreateView):
    """Place a hold."""

    def save_instance(self) -> Hold:
        """Let ``publishing`` place the hold, which stops at once what it names."""
        data = self.form.cleaned_data
        target = TARGETS.get(data["scope"])
        return holds.place(
            data["scope"],
            data["reason"],
            self.request.user,
            review_at=data["review_at"],
            **({target: data[target]} if target else {}),
        )

    def get_success_buttons(self) -> list[Button]:
        """None: a hold is never edited."""
        return []  # a hold is never edited

    def get_success_message(self, instance: Hold) -> str:
        """How many deliveries the hold stops."""
        waiting = holds.would_stop(instance)
        return ngettext(
            "Stopped. %(count)d delivery waits until the hold is lifted.",
            "Stopped. %(count)d deliveries wait until the hold is lifted.",
            waiting,
        ) % {"count": waiting}


class LiftColumn(Column):
    """The button that lifts a hold, for who may."""

    cell_template_name = "smeditor/admin/cells/lift.html"

    def get_cell_context_data(self, instance: Hold, parent_context: Any) -> dict[str, Any]:
        """The cell receives ``may_lift`` and the token that its form needs."""
        request = parent_context["request"]
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "csrf_token": get_token(request), "may_lift": may_lift(request.user, instance)}


def may_lift(user: Any, hold: Hold) -> bool:
    """Whether ``user`` may lift ``hold``: by their rights and by the desks that it binds."""
    return user.has_perm(HOLD_DELIVERY) and scope.may_lift(user, hold)


def status(hold: Hold) -> str:
    """How ``hold`` stands, in a word."""
    if hold.lifted_at:
        return gettext("lifted")
    if hold.review_at and hold.review_at <= timezone.now():
        return gettext("to be reviewed")
    return gettext("in force")


class HoldIndexView(DeskIndexView):
    """Holds, those that were lifted as well."""

    def get_base_queryset(self) -> QuerySet[Hold]:
        """Every hold, with what its row names: a stop binds everybody, so everybody of the desk sees it."""
        return (
            super().get_base_queryset().select_related("account", "desk", "article", "placed_by__wagtail_userprofile")
        )


class HoldViewSet(DeskModelViewSet):
    """Holds in the admin: list, form, record; never rewritten."""

    icon = "lock"
    inspect_view_fields = [
        "scope",
        "network",
        "account",
        "desk",
        "topic",
        "article",
        "reason",
        "review_at",
        "placed_by",
    ]
    index_view_class = HoldIndexView
    add_view_class = HoldCreateView
    search_fields = ["reason", "topic"]
    list_filter = {"scope": ["exact"], "lifted_at": ["isnull"]}
    list_display = [
        Column(
            "subject",
            label=capfirst(_("what is stopped")),
            accessor=lambda hold: capfirst(subject(hold)),
            classname="sme-sentence",
        ),
        Column("reason", label=capfirst(_("reason")), classname="sme-sentence"),
        StatusTagColumn("status", label=_("State"), accessor=status, primary=lambda hold: hold.lifted_at is None),
        UserColumn("placed_by", label=capfirst(_("by"))),
        DateColumn("placed_at", label=capfirst(_("since")), sort_key="placed_at"),
        MomentColumn("review_at", label=capfirst(_("review at")), sort_key="review_at"),
        LiftColumn("lift", label=""),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("scope"),
            *(FieldPanel(target, attrs=shown_for(value)) for value, target in TARGETS.items()),
            FieldPanel("reason"),
            FieldPanel("review_at"),
        ],
        attrs={"data-controller": "w-rules", "data-action": "change->w-rules#resolve"},
        base_form_class=HoldForm,
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's own, without an address for changing or deleting."""
        return {**super().get_common_view_kwargs(**kwargs), "edit_url_name": None, "delete_url_name": None}


class Lift(OperationView[Hold]):
    """Lift a hold, and say what missed its time meanwhile."""

    any_permission_required = (HOLD_DELIVERY,)
    model = Hold

    def get_base_object_queryset(self) -> QuerySet[Hold]:
        """Every hold, with the desks that decide who lifts it."""
        return super().get_base_object_queryset().select_related("account__desk", "desk")

    def get_success_url(self) -> str:
        """The page that the form names, else the list: a hold has no page for changing it."""
        return self.next_url or reverse("smeditor_holds:index")

    def check_object(self) -> None:
        """Raises NotAllowed when the hold binds other desks than this user's."""
        if not scope.may_lift(self.request.user, self.object):
            raise NotAllowed(gettext("This hold binds other desks too: a chief or whoever placed it lifts it."))

    def perform_operation(self) -> None:
        """Lift the hold and count what missed its time meanwhile."""
        late = holds.lift(self.object, self.request.user, timezone.now())
        if not late:
            self.success_message = gettext("The hold is lifted.")
            return
        self.success_message = ngettext(
            "The hold is lifted. %(late)d delivery missed its time and waits for your decision.",
            "The hold is lifted. %(late)d deliveries missed their time and wait for your decision.",
            late,
        ) % {"late": late}
