"""How an account stands, above its form: state, access, permissions, limits, and the buttons that change it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smeditor.accounts import grants, private_test, standing
from smeditor.desk.accounts.help import find_network
from smeditor.desk.panels import ShownPanel
from smeditor.desk.units import unit_label
from smeditor.permissions import CONNECT_ACCOUNT


class AccountStatePanel(ShownPanel):
    """How the account stands: state, limits, rates, followers, and the buttons that change it."""

    default_heading = _("How it stands")
    default_icon = "info-circle"

    class BoundPanel(ShownPanel.BoundPanel):
        """The state of one account."""

        template_name = "smeditor/admin/accounts/state.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The template receives the account, its unit of length, quotas and permissions, and what can be done."""
            context = super().get_context_data(parent_context)
            account, network = self.instance, find_network(self.instance.network)
            now = timezone.now()
            return {
                **context,
                "account": account,
                "unit": unit_label(account.limits.get("unit", "")),
                "rates": list(account.rate_limits.filter(resets_at__gt=now).order_by("bucket")),
                "access_ends": standing.access_ends(account, now),
                "grant": grants.read_grant(network, account.scopes) if network else None,
                "by_consent": bool(network and network.connecting.consent),
                "may_connect": self.request.user.has_perm(CONNECT_ACCOUNT),
                "may_test": private_test.is_possible(account),
                "test_url": account.test_message.get("url", ""),
            }
