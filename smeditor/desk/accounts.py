"""Accounts: connecting, verifying, pausing. A secret goes in and is never shown again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.mixins import PanelMixin
from wagtail.log_actions import log

from smeditor import conf
from smeditor.accounts import connect
from smeditor.desk import secrets
from smeditor.desk.base import OperationView
from smeditor.desk.panels import AccountStatePanel
from smeditor.desk.secrets import AccountPanels, SecretsPanel
from smeditor.desk.tables import MomentColumn
from smeditor.desk.units import unit_label
from smeditor.desk.viewsets import DeskCreateView, DeskEditView, DeskIndexView, DeskModelViewSet
from smeditor.exceptions import SmeditorError
from smeditor.models import Account
from smeditor.networks.connecting import Connecting
from smeditor.networks.registry import get_network_class
from smeditor.permissions import CONNECT_ACCOUNT, scope
from smeditor.publishing import holds

CHANGE = "smeditor.change_account"


class AccountForm(WagtailAdminModelForm):
    """What every network asks for is offered; what the chosen one needs must be there, and must work, to be stored."""

    class Meta(WagtailAdminModelForm.Meta):
        model = Account
        fields = ["network", "server_url", "handle"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connection: connect.Connection | None = None
        stored = bool(self.instance.pk and self.instance.secret)
        self.secret_names = secrets.add_fields(self, conf.get("NETWORKS"), stored=stored)
        self.fields["server_url"].required = False
        self.fields["server_url"].help_text = secrets.server_help(conf.get("NETWORKS"))
        self.fields["handle"].help_text = _("For instance newsroom@mastodon.social or newsroom.bsky.social.")

    def clean(self) -> dict[str, Any]:
        """Complete the server and the handle from what the network knows, and try the connection before it is stored."""
        data = super().clean()
        network = data.get("network")
        if network:
            needs = get_network_class(network, conf.get("NETWORKS")).connecting
            data["server_url"] = data.get("server_url") or needs.home_server
            data["handle"] = (data.get("handle") or "").removeprefix("@")
            self._clean_needed(needs, data)
        self._clean_key()
        if not self.errors and self._is_new_connection():
            self._connect(data)
        return data

    def _is_new_connection(self) -> bool:
        return bool({"network", "server_url", "handle", *self.secret_names} & set(self.changed_data))

    def _clean_needed(self, needs: Connecting, data: dict[str, Any]) -> None:
        if not data["server_url"]:
            self.add_error("server_url", _("Say on which server the account lives."))
        if needs.needs_handle and not data["handle"]:
            self.add_error("handle", _("This network needs the handle to log in."))
        stored = bool(self.instance.pk and self.instance.secret)
        moved = {"network", "server_url", "handle"} & set(self.changed_data)
        for secret in needs.secrets:
            if not data.get(secrets.field_name(secret.name)) and (moved or not stored):
                self.add_error(secrets.field_name(secret.name), _("This is needed to act for the account."))

    def _clean_key(self) -> None:
        try:
            conf.secret_keys()
        except ImproperlyConfigured:
            sentence = _(
                "The site has no key to store a secret safely. Ask whoever keeps it running to set SECRET_KEYS."
            )
            self.add_error(None, sentence)

    def _connect(self, data: dict[str, Any]) -> None:
        """Ask the network before anything is stored: an account that it refuses never comes to be."""
        needs = get_network_class(data["network"], conf.get("NETWORKS")).connecting
        typed = {secret.name: data.get(secrets.field_name(secret.name), "") for secret in needs.secrets}
        secret = {**(self.instance.secret or {}), **typed} if not any(typed.values()) else typed
        try:
            self.connection = connect.connect(data["network"], data["server_url"], data["handle"], secret)
        except SmeditorError as error:
            self.add_error(None, error.sentence or _("The network does not accept this account."))
            return
        data["handle"] = self.connection.profile.handle or data["handle"]

    def save(self, commit: bool = True) -> Account:
        """Store the account, with what the network answered when it was tried."""
        if self.connection is not None:
            connect.adopt(self.instance, self.connection, timezone.now())
        return super().save(commit)


class AccountDeleteView(generic.DeleteView):
    """An account that sent something stays on record with it: it is paused, never deleted."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the account, with the reason, where it has deliveries."""
        if self.object.deliveries.exists():
            sentence = gettext("%(account)s has deliveries, which stay on record. Pause it, and switch sending off.")
            messages.error(request, sentence % {"account": self.object})
            return redirect("smeditor_accounts:edit", self.object.pk)
        return super().dispatch(request, *args, **kwargs)


class TellsConnection(PanelMixin):
    """After saving a new connection, say what the network answered."""

    def form_valid(self, form: AccountForm) -> HttpResponse:
        """Save as Wagtail does, then say as whom the network knows the account."""
        response = super().form_valid(form)
        if form.connection is not None:
            connected(self.request, form.instance)
        return response


class AccountCreateView(TellsConnection, DeskCreateView):
    """Connect an account."""

    def get_success_url(self) -> str:
        """The account's own page: there one sees how it stands."""
        return self.get_edit_url()

    def save_instance(self) -> Account:
        """Save the account and log who connected it."""
        account = super().save_instance()
        log(instance=account, action="smeditor.account_connected", user=self.request.user)
        return account


class AccountEditView(TellsConnection, DeskEditView):
    """Change an account, or give it a new secret."""


def report(request: HttpRequest, account: Account) -> None:
    """Verify an account and tell the person who asked what came of it."""
    try:
        with transaction.atomic():
            problem = connect.verify(account)
    except IntegrityError:
        problem = gettext("Another entry is already connected to this account of the network. Delete one of the two.")
    if problem:
        messages.error(request, problem)
        return
    connected(request, account)


def connected(request: HttpRequest, account: Account) -> None:
    """Say as whom the network knows the account, and how long its posts may be."""
    messages.success(
        request,
        gettext("%(network)s knows this account as %(handle)s. Posts may be up to %(limit)s long (%(unit)s).")
        % {
            "network": account.get_network_display(),
            "handle": account.handle,
            "limit": account.limits.get("max_length", "?"),
            "unit": unit_label(account.limits.get("unit", "")),
        },
    )


class AccountOperation(OperationView[Account]):
    """An operation on one account, by somebody who acts for it."""

    any_permission_required = (CHANGE, CONNECT_ACCOUNT)
    model = Account
    success_url_name = "smeditor_accounts:edit"

    def get_base_object_queryset(self) -> QuerySet[Account]:
        """Every account, each with its desk: whose it is decides ``check_object``."""
        return super().get_base_object_queryset().select_related("desk")

    def check_object(self) -> None:
        """Raises NotAllowed for an account of a desk that this user does not act for."""
        scope.require(self.request.user, self.object)


class Verify(AccountOperation):
    """Ask the network again as whom it knows the account."""

    def perform_operation(self) -> None:
        """Verify the account; what the network answers is said in a message."""
        report(self.request, self.object)


class Pause(AccountOperation):
    """Stop all that the account sends, with a reason."""

    def perform_operation(self) -> None:
        """Place the hold. Raises SmeditorError when no reason is given."""
        reason = self.request.POST.get("reason", "").strip()
        if not reason:
            raise SmeditorError(gettext("Say why the account is paused, so that colleagues know."))
        holds.pause_account(self.object, self.request.user, reason, timezone.now())
        sentence = gettext("%(account)s is paused: nothing of it is sent until it is resumed.")
        self.success_message = sentence % {"account": self.object}


class Resume(AccountOperation):
    """Let the account send again."""

    def perform_operation(self) -> None:
        """Lift the account's hold and count what missed its time meanwhile."""
        late = holds.resume_account(self.object, self.request.user, timezone.now())
        if late:
            sentence = gettext(
                "%(account)s sends again. %(late)d deliveries missed their time and wait for a decision."
            )
        else:
            sentence = gettext("%(account)s sends again.")
        self.success_message = sentence % {"account": self.object, "late": late}


class AccountIndexView(DeskIndexView):
    """The list, with the desks that its rows name."""

    def get_base_queryset(self) -> QuerySet[Account]:
        """The accounts, each with its desk."""
        return super().get_base_queryset().select_related("desk")


class AccountViewSet(DeskModelViewSet):
    """Accounts in the admin: list, form with the connection's secrets, record."""

    icon = "user"
    inspect_view_fields = [
        *("network", "handle", "display_name", "server_url", "state", "state_reason", "desk", "language", "tone"),
        *("approval", "sends", "listens", "minimum_gap", "daily_quota", "verified_at", "followers", "expires_at"),
    ]
    index_view_class = AccountIndexView
    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    delete_view_class = AccountDeleteView
    search_fields = ["handle", "display_name", "server_url"]
    list_filter = ["network", "state", "desk"]
    list_display = [
        "handle",
        Column("get_network_display", label=_("Network"), sort_key="network"),
        StatusTagColumn("get_state_display", label=_("State"), primary=lambda account: account.state == "active"),
        Column("state_reason", label=capfirst(_("reason")), classname="sme-sentence"),
        Column("desk", label=capfirst(_("desk"))),
        MomentColumn("expires_at", label=_("Token expires")),
        DateColumn("verified_at", label=_("Last verified")),
    ]
    edit_handler = AccountPanels(
        [
            AccountStatePanel(),
            MultiFieldPanel(
                [
                    FieldPanel("network"),
                    FieldPanel("server_url"),
                    FieldPanel("handle"),
                    SecretsPanel(),
                ],
                heading=_("Connection"),
                icon="link",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("desk"),
                    FieldRowPanel([FieldPanel("language"), FieldPanel("approval")]),
                    FieldPanel("tone"),
                    FieldRowPanel([FieldPanel("sends"), FieldPanel("listens")]),
                ],
                heading=_("Voice"),
                icon="openquote",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("minimum_gap"), FieldPanel("daily_quota")]),
                    FieldRowPanel([FieldPanel("quiet_from"), FieldPanel("quiet_until")]),
                    InlinePanel("slots", heading=_("Slots"), label=_("slot"), panels=["weekday", "time"]),
                ],
                heading=_("Rhythm"),
                icon="time",
            ),
        ],
        base_form_class=AccountForm,
    )
