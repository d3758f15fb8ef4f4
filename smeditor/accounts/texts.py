"""How long a text is on an account, and how much of it fits: by the account's own network and its server's limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smeditor.accounts import clients
from smeditor.models import Account
from smeditor.networks.base import Network
from smeditor.networks.limits import measure
from smeditor.text.shorten import shorten


@contextmanager
def at_hand(account: Account) -> Iterator[Network]:
    """The account's network for a block that asks it nothing but rules: nothing is fetched, nothing is saved.

    Raises ConfigurationError when the network is not installed any more.
    """
    network = clients.open_network(account)
    try:
        yield network
    finally:
        network.close()


def shorten_on(account: Account, text: str, ending: str = "") -> str:
    """As much of ``text`` as the account takes with ``ending`` (a link, say), which is kept whole, behind it.

    Raises ConfigurationError when its network is not installed any more.
    """
    with at_hand(account) as network:
        return (
            shorten(text, lambda cut: measure(network, cut + ending).fits, network.limits_in_force.max_length) + ending
        )
