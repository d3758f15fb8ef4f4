"""Holds: the list of stops, the record of each, and lifting one. Placing one is in :mod:`.stopping`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, UserColumn
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk.base import OperationView
from smeditor.desk.hold_bar import subject
from smeditor.desk.stopping import EDIT_HANDLER, StopView
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import DeskIndexView, DeskModelViewSet
from smeditor.exceptions import NotAllowed
from smeditor.models import Hold
from smeditor.permissions import HOLD_DELIVERY, scope
from smeditor.publishing import holds


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

    header_buttons: ClassVar[list[HeaderButton]] = []
    """No "Add": "Stop sending" in the same header leads to the same form."""

    def get_base_queryset(self) -> QuerySet[Hold]:
        """Every hold, with what its row names: a stop binds everybody, so everybody of the desk sees it."""
        return (
            super()
            .get_base_queryset()
            .select_related("account", "desk", "article", "post", "placed_by__wagtail_userprofile")
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
        "post",
        "reason",
        "review_at",
        "placed_by",
    ]
    index_view_class = HoldIndexView
    add_view_class = StopView
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
    edit_handler = EDIT_HANDLER

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
