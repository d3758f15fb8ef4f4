"""Accounts: the list with their health, the form, the record. A secret goes in and is never shown again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.mixins import PanelMixin
from wagtail.log_actions import log

from smeditor.accounts import standing
from smeditor.desk.accounts.form import AccountForm
from smeditor.desk.accounts.help import find_network
from smeditor.desk.accounts.operations import welcome
from smeditor.desk.accounts.secrets import AccountPanels, NetworkHelpPanel, SecretsPanel
from smeditor.desk.accounts.state_panel import AccountStatePanel
from smeditor.desk.languages import LanguageSelect
from smeditor.desk.viewsets import DeskCreateView, DeskEditView, DeskIndexView, DeskModelViewSet
from smeditor.models import Account


class AccountDeleteView(generic.DeleteView):
    """An account that sent something stays on record with it: it is paused, never deleted."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the account, with the reason, where it has deliveries."""
        if self.object.deliveries.exists():
            sentence = gettext("%(account)s has deliveries, which stay on record. Disconnect it instead.")
            messages.error(request, sentence % {"account": self.object})
            return redirect("smeditor_accounts:edit", self.object.pk)
        return super().dispatch(request, *args, **kwargs)


class TellsConnection(PanelMixin):
    """After saving a new connection, say what the network answered."""

    def form_valid(self, form: AccountForm) -> HttpResponse:
        """Save as Wagtail does, then say as whom the network knows the account."""
        response = super().form_valid(form)
        if form.connection is not None:
            welcome(self.request, form.instance)
        return response


class AccountCreateView(TellsConnection, DeskCreateView):
    """Connect an account by a pasted secret, once its network is chosen."""

    page_title = _("Connect an account")

    @cached_property
    def slug(self) -> str:
        """The network that was chosen: the form names it, else the address."""
        return str(self.request.POST.get("network") or self.request.GET.get("network") or "")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the choice of a network where none is chosen, and to its consent where nothing can be pasted."""
        network = find_network(self.slug)
        if request.method == "GET" and (network is None or not network.connecting.secrets):
            name = "account_networks" if network is None else "account_network"
            return redirect(f"smeditor:{name}", *([] if network is None else [network.slug]))
        return super().dispatch(request, *args, **kwargs)

    def get_initial_form_instance(self) -> Account:
        """An account of the chosen network, on its home server."""
        network = find_network(self.slug)
        home = network.connecting.home_server if network else ""
        return Account(network=self.slug if network else "", server_url=home)

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


class AccountIndexView(DeskIndexView):
    """The list, with the desks that its rows name."""

    def get_base_queryset(self) -> QuerySet[Account]:
        """The accounts, each with its desk."""
        return super().get_base_queryset().select_related("desk")


class AccessColumn(Column):
    """Until when the desk may act for the account without a person, in words."""

    def get_value(self, instance: Account) -> str:
        """The words; empty for one that is disconnected."""
        return standing.access_ends(instance, timezone.now())


class MissingColumn(Column):
    """What the account is not offered, for its network was not asked to grant it, or did not."""

    def get_value(self, instance: Account) -> str:
        """A sentence; empty where all is granted."""
        return standing.missing_scopes(instance)


class AccountViewSet(DeskModelViewSet):
    """Accounts in the admin: list, form with the connection's secrets, record."""

    icon = "user"
    inspect_view_fields = [
        *("network", "handle", "display_name", "server_url", "state", "state_reason", "desk", "language", "tone"),
        *("approval", "sends", "listens", "minimum_gap", "daily_quota", "verified_at", "followers", "reconnect_by"),
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
        Column("desk", label=capfirst(_("desk")), classname="sme-name"),
        AccessColumn("reconnect_by", label=_("Access ends"), sort_key="reconnect_by"),
        MissingColumn("scopes", label=_("Missing"), classname="sme-name"),
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
            NetworkHelpPanel(heading=_("What to do at the network"), icon="help"),
            MultiFieldPanel(
                [
                    FieldPanel("desk"),
                    FieldRowPanel([FieldPanel("language", widget=LanguageSelect()), FieldPanel("approval")]),
                    FieldPanel("fast_lane"),
                    FieldPanel("tone"),
                    FieldRowPanel([FieldPanel("no_emoji"), FieldPanel("no_exclamation")]),
                    FieldRowPanel([FieldPanel("no_humour"), FieldPanel("no_capitals")]),
                    FieldPanel("most_hashtags"),
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
