"""How an account stands, in words: when a person must connect it again, and what was not granted. Asks nobody."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smeditor.accounts import clients, grants
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account


def access_ends(account: Account, now: datetime) -> str:
    """Until when the desk may act for ``account`` without a person, in words."""
    if account.state == Account.State.DISCONNECTED:
        return ""
    if account.reconnect_by is None:
        return _("renewed by itself") if account.expires_at else _("without end")
    if account.reconnect_by <= now:
        return _("ended")
    days = (account.reconnect_by - now).days
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def missing_scopes(account: Account) -> str:
    """What the account is not offered, for it was not granted, in a sentence; empty where nothing is missing."""
    try:
        network = clients.network_class(account)
    except ConfigurationError:
        return ""
    return grants.objection(network, account.scopes) or grants.shortcomings(network, account.scopes)
