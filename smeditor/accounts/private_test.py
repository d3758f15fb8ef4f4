"""A test message that nobody but the account itself sees, where its network has such a thing: sent, shown, deleted.

It stands outside the queue: it is no post, readers never see it, and a doubt about it harms nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.accounts import clients
from smeditor.exceptions import ConfigurationError, Gone, Refused, Temporary
from smeditor.models import Account
from smeditor.networks.base import Message, Network, Prepared, Ref
from smeditor.networks.messages import ONLY_SELF

MOST_STEPS = 10


def is_possible(account: Account) -> bool:
    """Whether the account's network lets a message be seen by the account alone."""
    try:
        return clients.network_class(account).capabilities.private_test
    except ConfigurationError:
        return False


def send(account: Account, now: datetime) -> Ref:
    """Send the test and keep where it is. Raises the errors of :mod:`smeditor.exceptions`; nothing is sent a second time."""
    if not is_possible(account):
        raise Refused(_("On this network a test would be public."))
    if account.test_message:
        raise Refused(_("The last test is still there. Delete it first."))
    at = timezone.localtime(now, conf.zone())
    text = _("A test of the newsroom's social desk, %(time)s. Only this account sees it.") % {"time": f"{at:%H:%M:%S}"}
    with clients.connected(account) as network:
        prepared = _prepare(network, Message(text=text, language=account.language, visibility=ONLY_SELF))
        ref = network.send(prepared, network.mint_identity(now), now).ref
    account.test_message = {"uri": ref.uri, "url": ref.url, "cid": ref.cid}
    account.save(update_fields=["test_message"])
    return ref


def delete(account: Account) -> None:
    """Delete the test. One that is not there any more counts as deleted."""
    stored = account.test_message
    if stored:
        try:
            with clients.connected(account) as network:
                network.delete(Ref(stored["uri"], stored["url"], stored["cid"]))
        except Gone:
            pass
    account.test_message = {}
    account.save(update_fields=["test_message"])


def _prepare(network: Network, message: Message) -> Prepared:
    so_far: dict[str, object] = {}
    for _step in range(MOST_STEPS):
        reached = network.prepare(message, so_far)
        if isinstance(reached, Prepared):
            return reached
        if reached.again_after > timedelta():
            break
        so_far = reached.so_far
    raise Temporary(_("The network is still at work on the test. Nothing was sent."))
