"""Deleting on the network what was published, and posting it again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from smeditor.desk.base import DeskPage, OperationView, Parents
from smeditor.models import Delivery
from smeditor.permissions import PUBLISH_POST, scope
from smeditor.permissions.visibility import deliveries_visible_to
from smeditor.publishing.approve import deletable, delete, post_again
from smeditor.wakeup import wake


def of_own_desk(user: Any, pk: int) -> Delivery:
    """The delivery, if ``user`` sees it and acts for its account. Raises Http404, PermissionDenied."""
    rows = deliveries_visible_to(user).select_related("post", "account__desk")
    delivery = get_object_or_404(rows, pk=pk)
    if not scope.acts_for(user, delivery.account):
        raise PermissionDenied
    return delivery


def may_delete(user: Any) -> bool:
    """Whether ``user`` may delete on a network what was published there."""
    return user.has_perm(PUBLISH_POST)


class DeleteDelivery(DeskPage):
    """Ask once more, then delete one published post on its network."""

    any_permission_required = (PUBLISH_POST,)
    header_icon = "bin"
    page_title = _("Delete on the network")
    template_name = "smeditor/admin/deliveries/delete.html"

    @cached_property
    def delivery(self) -> Delivery:
        """The delivery, if this user sees it and acts for its account. Raises Http404, PermissionDenied."""
        return of_own_desk(self.request.user, self.kwargs["pk"])

    @property
    def parents(self) -> Parents:
        """The list of deliveries, and the delivery's own page."""
        here = reverse("smeditor:delivery", args=[self.delivery.pk])
        return ((reverse_lazy("smeditor:deliveries"), _("Deliveries")), (here, str(self.delivery)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the ``delivery`` and whether it is ``deletable`` still."""
        return super().get_context_data(delivery=self.delivery, deletable=deletable(self.delivery), **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Let the worker delete it, where it can be deleted still, and go back to the delivery."""
        if deletable(self.delivery):
            delete(self.delivery, request.user, timezone.now())
            wake("send")
            messages.success(request, gettext("It is deleted at the worker's next look, within seconds."))
        else:
            messages.error(request, gettext("It cannot be deleted from here, or is being deleted already."))
        return redirect("smeditor:delivery", pk=self.delivery.pk)


class PostAgain(OperationView[Delivery]):
    """Publish anew what was deleted, and lead to the new delivery."""

    any_permission_required = (PUBLISH_POST,)
    model = Delivery
    success_url_name = "smeditor:delivery"

    def get_base_object_queryset(self) -> QuerySet[Delivery]:
        """The deliveries that this user may see."""
        return deliveries_visible_to(self.request.user).select_related("post", "account__desk")

    def check_object(self) -> None:
        """Raises PermissionDenied where the account is another desk's."""
        if not scope.acts_for(self.request.user, self.object.account):
            raise PermissionDenied

    def perform_operation(self) -> None:
        """Post it again, and go to the new delivery, wherever one came from."""
        self.object = post_again(self.object, self.request.user, timezone.now())
        self.next_url = ""
        wake("send")
        self.success_message = gettext("It is posted again, as it is approved now.")
