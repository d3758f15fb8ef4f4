"""Asking a network for its webhooks once an account of it is connected: they only shorten the wait, polling goes on."""

from __future__ import annotations

import secrets
from dataclasses import replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from smeditor.accounts import clients
from smeditor.desk.accounts.addresses import absolute
from smeditor.exceptions import SmeditorError
from smeditor.listening import webhooks
from smeditor.models import Account
from smeditor.networks.base import Webhooks


def subscribe(request: HttpRequest, account: Account) -> str:
    """Ask for the webhooks of ``account``, where its network has them and this site can be reached.

    Returns a sentence for the person where it was tried in vain, else "".
    """
    kind = clients.network_class(account).capabilities.webhooks
    if kind is Webhooks.NONE:
        return ""
    if kind is Webhooks.ACCOUNT and not account.webhook_key:
        account.webhook_key = secrets.token_urlsafe(24)
        account.save(update_fields=["webhook_key"])
    address = _address(request, account, kind)
    # No network calls back in the clear, but one that is itself asked so: a newsroom on one machine.
    if not address or not (address.startswith("https://") or account.server_url.startswith("http://")):
        return ""
    try:
        webhooks.subscribe(account, address, _secret(account) if kind is Webhooks.ACCOUNT else "")
    except SmeditorError as error:
        sentence = gettext("Its webhooks could not be set up: readers' messages come a few minutes later. %(why)s")
        return (sentence % {"why": error.sentence}).strip()
    return ""


def _address(request: HttpRequest, account: Account, kind: Webhooks) -> str:
    own = [account.webhook_key] if kind is Webhooks.ACCOUNT else []
    try:
        path = reverse("smeditor_webhook_of" if own else "smeditor_webhook", args=[account.network, *own])
    except NoReverseMatch:
        return ""
    return absolute(request, path)


def _secret(account: Account) -> str:
    """A word that the network shows with each webhook. It is stored first: some networks try the address at once."""
    word = secrets.token_urlsafe(32)
    credentials = clients.credentials_of(account)
    clients.save_credentials(account, replace(credentials, secret={**credentials.secret, webhooks.SECRET: word}))
    return word
