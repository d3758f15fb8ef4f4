"""Disconnecting an account: the network is told, the secret erased, and the account stays on record."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils.translation import gettext as _

from smeditor.accounts import clients, health
from smeditor.exceptions import AuthExpired, Gone, Refused, SmeditorError
from smeditor.models import Account
from smeditor.networks.base import Network, Webhooks

logger = logging.getLogger("smeditor.accounts")


def disconnect(account: Account, now: datetime, *, come_what_may: bool = False) -> str:
    """Take back what the desk may do for ``account`` and erase its secret. Returns what the network said to it.

    While the network cannot be asked nothing is changed and the error raised, so that nobody believes revoked what is
    not; ``come_what_may``: then only the desk forgets.
    """
    try:
        result = _revoke(account)
    except SmeditorError as error:
        if not come_what_may:
            raise
        logger.warning("disconnected unrevoked: account=%s %s", account.pk, type(error).__name__)
        result = _("The network could not be asked: take the desk's access away there by hand as well.")
    health.disconnect(account, _("Disconnected by the desk."), now)
    return result


def _revoke(account: Account) -> str:
    if not account.secret:
        return _("There was no access left to take back.")
    try:
        with clients.connected(account) as network:
            _unsubscribe(network)
            done = network.revoke()
    except (AuthExpired, Refused, Gone):
        return _("The network accepted the desk's access no longer anyway.")
    if done:
        return _("The network confirms that the desk's access is taken back.")
    return _("The network has no way to take access back from here: remove the desk's app in its settings as well.")


def _unsubscribe(network: Network) -> None:
    """Webhooks that go on coming are not believed any more: that they do must not keep anybody from disconnecting."""
    if network.capabilities.webhooks is Webhooks.NONE:
        return
    try:
        network.unsubscribe()
    except SmeditorError as error:
        logger.info("webhooks left: %s", type(error).__name__)
