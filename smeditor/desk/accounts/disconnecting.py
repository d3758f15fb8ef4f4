"""Disconnecting an account: what it means is said first, and what the network answered afterwards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.log_actions import log

from smeditor.accounts.disconnect import disconnect
from smeditor.desk.accounts.pages import ACCOUNTS
from smeditor.desk.base import DeskPage, Parents, report_error
from smeditor.exceptions import NotAllowed, SmeditorError
from smeditor.models import Account, Delivery
from smeditor.permissions import CONNECT_ACCOUNT, scope
from smeditor.permissions.visibility import deliveries_visible_to


class Disconnect(DeskPage):
    """Ask first, then disconnect; while the network cannot be asked nothing is changed unless somebody insists."""

    any_permission_required = (CONNECT_ACCOUNT,)
    header_icon = "link"
    page_title = _("Disconnect")
    template_name = "smeditor/admin/accounts/disconnect.html"

    @cached_property
    def account(self) -> Account:
        """The account that the address names. Raises Http404."""
        return get_object_or_404(Account.objects.select_related("desk"), pk=self.kwargs["pk"])

    @property
    def parents(self) -> Parents:
        """The list of accounts, and the account."""
        return (ACCOUNTS, (reverse("smeditor_accounts:edit", args=[self.account.pk]), str(self.account)))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back, with the reason, whoever does not act for the account."""
        if self.user_has_any_permission(self.any_permission_required):
            try:
                scope.require(request.user, self.account)
            except NotAllowed as error:
                report_error(request, error)
                return redirect("smeditor_accounts:index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the account, how many deliveries wait for it, and why the network was ``unreached``."""
        visible = deliveries_visible_to(self.request.user)
        waiting = visible.filter(account=self.account, state=Delivery.State.SCHEDULED).count()
        return super().get_context_data(**{"account": self.account, "waiting": waiting, "unreached": "", **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Disconnect it and say what the network answered."""
        try:
            insists = bool(request.POST.get("come_what_may"))
            result = disconnect(self.account, timezone.now(), come_what_may=insists)
        except SmeditorError as error:
            unreached = error.sentence or gettext("The network could not be asked.")
            return self.render_to_response(self.get_context_data(unreached=unreached))
        log(instance=self.account, action="smeditor.account_disconnected", user=request.user)
        sentence = gettext("%(account)s is disconnected. %(result)s")
        messages.success(request, sentence % {"account": self.account, "result": result})
        return redirect("smeditor_accounts:edit", self.account.pk)
