"""What the pages on the way to a connection share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from smeditor.accounts import apps
from smeditor.desk.accounts import help
from smeditor.desk.accounts.addresses import redirect_uri, webhook_address
from smeditor.desk.base import DeskPage, Parents
from smeditor.networks.base import Network
from smeditor.permissions import CONNECT_ACCOUNT

ACCOUNTS = (reverse_lazy("smeditor_accounts:index"), _("Accounts"))
NETWORKS = (reverse_lazy("smeditor:account_networks"), _("Connect an account"))


class ConnectingPage(DeskPage):
    """A page on the way to a connection."""

    any_permission_required = (CONNECT_ACCOUNT,)
    header_icon = "link"

    @property
    def parents(self) -> Parents:
        """The list of accounts, and the choice of a network."""
        return (ACCOUNTS, NETWORKS)

    def over(self, sentence: str, again: str = "") -> HttpResponse:
        """The page that says why it went no further, with the way to begin again."""
        self.template_name = "smeditor/admin/accounts/over.html"
        again = again or reverse("smeditor:account_networks")
        # The page's own context is about a connection that is not there.
        return self.render_to_response(super().get_context_data(sentence=sentence, again_url=again))


class NetworkPage(ConnectingPage):
    """A page about the network that its address names."""

    @cached_property
    def network(self) -> type[Network]:
        """Raises Http404 where there is none of that name."""
        return help.network_or_404(self.kwargs["network"])

    @cached_property
    def known(self) -> apps.KnownApp:
        """The newsroom's app there, and where its keys were found."""
        return apps.find(self.network)

    def get_page_title(self) -> str:
        """The network's name."""
        return str(self.network.label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the network, in the place of the name that the address has, and its help."""
        return super().get_context_data(**{**kwargs, **help.help_of(self.network)})

    def own_addresses(self) -> dict[str, Any]:
        """What is to be entered at the provider, and whether it is what networks accept."""
        back = redirect_uri(self.request, self.network) if self.network.connecting.consent else ""
        webhook = webhook_address(self.request, self.network)
        secure = all(address.startswith("https://") for address in (back, webhook) if address)
        return {"redirect_uri": back, "webhook_address": webhook, "secure": secure}


def network_url(network: type[Network]) -> str:
    """The page of a network, or the form into which its secret is pasted where it has no consent screen."""
    if network.connecting.consent:
        return reverse("smeditor:account_network", args=[network.slug])
    return paste_url(network)


def paste_url(network: type[Network]) -> str:
    """The form into which the network's secret is pasted."""
    return f"{reverse('smeditor_accounts:add')}?network={network.slug}"
