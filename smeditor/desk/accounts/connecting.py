"""Connecting an account, page by page: choose a network, its page, the way to its consent screen and back, the choice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.log_actions import log

from smeditor.accounts import apps, consent, grants
from smeditor.desk.accounts import help
from smeditor.desk.accounts.addresses import browser_of, redirect_uri
from smeditor.desk.accounts.operations import welcome
from smeditor.desk.accounts.pages import ACCOUNTS, ConnectingPage, NetworkPage, network_url, paste_url
from smeditor.desk.base import ActionView
from smeditor.exceptions import SmeditorError
from smeditor.models import Account, Desk, NetworkApp, PendingConnection
from smeditor.networks.base import Network
from smeditor.permissions import ACT_FOR_ALL_DESKS, CONNECT_ACCOUNT, scope


class ServerForm(forms.Form):
    """On which server, where a network has many."""

    server_url = forms.URLField(label=_("Server"), assume_scheme="https", max_length=255, required=False)


class DeskForm(forms.Form):
    """Whose accounts they will be."""

    desk = forms.ModelChoiceField(
        label=_("Desk"), queryset=Desk.objects.none(), required=False, empty_label=_("None: everybody acts for it")
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Desk.objects.all() if user.has_perm(ACT_FOR_ALL_DESKS) else user.smeditor_desks.all()
        self.fields["desk"].queryset = own  # type: ignore[attr-defined]


class Networks(ConnectingPage):
    """Choose a network: what each needs, in a sentence."""

    page_title = _("Connect an account")
    template_name = "smeditor/admin/accounts/networks.html"
    parents = (ACCOUNTS,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the networks as ``cards``."""
        entered = set(NetworkApp.objects.values_list("network", flat=True))
        return super().get_context_data(cards=[card(found, entered) for found in help.connectable()], **kwargs)


def card(network: type[Network], entered: set[str]) -> dict[str, Any]:
    """What the choice shows of a network; ``entered``: the networks whose app's keys are in the admin."""
    ready = network.slug in entered or apps.from_environment(network).is_there
    return {
        "label": network.label,
        "needs": help.needs_of(network),
        "url": network_url(network),
        "needs_app": bool(network.connecting.app_fields) and not ready,
    }


class ConnectNetwork(NetworkPage):
    """One network: its app, its steps, its permissions, and the way to its consent screen."""

    template_name = "smeditor/admin/accounts/network.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A network without a consent screen has its form alone."""
        if not self.network.connecting.consent:
            return redirect(paste_url(self.network))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the network's help, its app and addresses, and whether one can go on."""
        connecting = self.network.connecting
        return super().get_context_data(
            **kwargs,
            **self.own_addresses(),
            known=self.known,
            wants_app=bool(connecting.app_fields),
            ready=not connecting.app_fields or self.known.is_there,
            asks_server=not connecting.home_server,
            form=ServerForm(initial={"server_url": self.known.app.server_url}),
            paste_url=paste_url(self.network) if connecting.secrets else "",
        )


class Begin(ActionView):
    """Begin a consent for a new account; it leads to the page before the network's own screen."""

    any_permission_required = (CONNECT_ACCOUNT,)

    def after_url(self) -> str:
        """The network's page, where it could not be begun."""
        return reverse("smeditor:account_network", args=[self.kwargs["network"]])

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Begin it. Raises SmeditorError where the network has no consent screen, or its app no keys."""
        network = help.network_or_404(kwargs["network"])
        form = ServerForm(request.POST)
        if not form.is_valid():
            raise SmeditorError(gettext("This is no address of a server."))
        pending = consent.begin(
            request.user,
            network.slug,
            redirect_uri=redirect_uri(request, network),
            browser=browser_of(request),
            now=timezone.now(),
            server_url=form.cleaned_data["server_url"],
        )
        return HttpResponseRedirect(reverse("smeditor:account_consent", args=[pending.pk]))


class PendingPage(ConnectingPage):
    """A page about a connection that this person began in this browser; of any other it tells nothing."""

    @cached_property
    def pending(self) -> PendingConnection | None:
        """The connection under way, or None."""
        browser = browser_of(self.request)
        return consent.under_way(self.request.user, self.kwargs["pk"], browser=browser, now=timezone.now())

    @property
    def connection(self) -> PendingConnection:
        """The same, once it is certain that it is there."""
        assert self.pending is not None  # noqa: S101 - ``get`` and ``post`` come here no other way
        return self.pending

    @cached_property
    def network(self) -> type[Network]:
        """The network of the connection."""
        return consent.network_of(self.connection.network)

    def is_ready(self) -> bool:
        """Whether the connection stands where this page is about it."""
        return True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say that it is over where there is no such connection (any more), once it is certain who asks."""
        allowed = self.user_has_any_permission(self.any_permission_required)
        if allowed and (self.pending is None or not self.is_ready()):
            return self.over(gettext("There is no such connection under way: it was finished, or took too long."))
        return super().dispatch(request, *args, **kwargs)


class ConsentPage(PendingPage):
    """The last page before the network's own screen: as whom to sign in, and what one is asked to agree to.

    A link leads there, for a form may only lead to the site itself (``form-action``).
    """

    template_name = "smeditor/admin/accounts/consent.html"

    def is_ready(self) -> bool:
        """While nobody came back."""
        return bool(consent.consent_url(self.connection))

    def get_page_title(self) -> str:
        """Where one goes."""
        return str(self.network.label) if self.pending else gettext("Connect an account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the address of the consent screen and what is asked there."""
        account = self.connection.account
        back = reverse("smeditor_accounts:edit", args=[account.pk]) if account else network_url(self.network)
        return super().get_context_data(
            **help.help_of(self.network),
            account=account,
            consent_url=consent.consent_url(self.connection),
            back_url=back,
            **kwargs,
        )


class Return(NetworkPage):
    """Where a network sends people back to. What the address brings is believed once, of who began it, in their browser."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the return and go on to the choice, or say why nothing was connected."""
        again = network_url(self.network)
        try:
            pending = consent.come_back(
                request.user,
                self.network.slug,
                {name: str(value) for name, value in request.GET.items()},
                browser=browser_of(request),
                now=timezone.now(),
            )
            if pending.account is None or consent.objection(pending):
                return redirect("smeditor:account_choose", pending.pk)
            again = reverse("smeditor_accounts:edit", args=[pending.account.pk])
            scope.require(request.user, pending.account)
            account = consent.connect_again(pending, timezone.now())
        except SmeditorError as error:
            return self.over(error.sentence or gettext("Nothing was connected."), again)
        log(instance=account, action="smeditor.account_reconnected", user=request.user)
        welcome(request, account)
        return redirect("smeditor_accounts:edit", account.pk)


class Choose(PendingPage):
    """What was granted and what is missing, in words; and which accounts shall be connected."""

    page_title = _("Choose the account")
    template_name = "smeditor/admin/accounts/choose.html"

    def is_ready(self) -> bool:
        """Once the network has told what was granted."""
        return bool(self.connection.granted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the grant, the ``offers`` with what speaks against each, and the choice of a desk."""
        account = self.connection.account
        again = reverse("smeditor_accounts:edit", args=[account.pk]) if account else network_url(self.network)
        context = {
            "grant": grants.read_grant(self.network, consent.scopes_of(self.connection)),
            "objection": consent.objection(self.connection),
            "offers": consent.offers(self.connection),
            "form": DeskForm(self.request.user),
            "again_url": again,
        }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Connect what was chosen, and go to the account, or to the list where there are several."""
        form = DeskForm(request.user, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            accounts = self.connect(form.cleaned_data["desk"])
        except SmeditorError as error:
            messages.error(request, error.sentence)
            return self.render_to_response(self.get_context_data(form=form))
        for account in accounts:
            log(instance=account, action="smeditor.account_connected", user=request.user)
            welcome(request, account)
        if len(accounts) > 1:
            return redirect("smeditor_accounts:index")
        return redirect("smeditor_accounts:edit", accounts[0].pk)

    def connect(self, desk: Desk | None) -> list[Account]:
        """Connect the chosen ones. Raises SmeditorError, with a sentence, and nothing is stored."""
        if self.connection.account is not None:
            raise SmeditorError(gettext("This connection was begun for an account that is there already."))
        return consent.connect_new(self.connection, self.request.POST.getlist("identity"), desk, timezone.now())
