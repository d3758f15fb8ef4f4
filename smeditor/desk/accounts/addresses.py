"""The desk's own addresses that a provider asks for, and what marks the browser in which a connection was begun."""

from __future__ import annotations

import secrets

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from wagtail.admin.utils import get_admin_base_url

from smeditor.networks.base import Network, Webhooks

BROWSER = "smeditor_browser"
"""The key in the session. It is no secret of the person's; without it nobody's return is taken."""


def absolute(request: HttpRequest, path: str) -> str:
    """``path`` as others reach it: at ``WAGTAILADMIN_BASE_URL``, else where this request came in."""
    base = get_admin_base_url()
    return f"{base.rstrip('/')}{path}" if base else request.build_absolute_uri(path)


def redirect_uri(request: HttpRequest, network: type[Network]) -> str:
    """Where the network's consent screen sends people back to. It must be entered at the provider to the letter."""
    return absolute(request, reverse("smeditor:account_return", args=[network.slug]))


def webhook_address(request: HttpRequest, network: type[Network]) -> str:
    """Where the network sends the webhooks of the newsroom's app; empty where it sends none, or nobody receives them.

    Where each account has webhooks of its own the desk tells the network itself.
    """
    if network.capabilities.webhooks is not Webhooks.APP:
        return ""
    try:
        return absolute(request, reverse("smeditor_webhook", args=[network.slug]))
    except NoReverseMatch:
        return ""


def browser_of(request: HttpRequest) -> str:
    """What marks the browser of this request: a word in its session."""
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(24)
    return str(request.session[BROWSER])
