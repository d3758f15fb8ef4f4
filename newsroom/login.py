"""The log-in of the admin: how often a wrong password may be tried before one has to wait."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from newsroom.articles import throttle

WINDOW = 900  # seconds
OF_A_NAME = 8
"""Wrong passwords for one name from one address within the window."""
OF_AN_ADDRESS = 30
"""Wrong passwords from one address, whatever the names; a newsroom may share one."""
RESETS = 6
"""Mails for a new password that one address may ask for within the window."""


class LoginThrottleMiddleware:
    """Answer 429, with a sentence, to whoever has tried too many passwords. A right one is never counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; 429 to whoever has tried too often to log in or asked for too many mails."""
        if request.method != "POST":
            return self.get_response(request)
        if request.path == reverse("wagtailadmin_login"):
            return self._log_in(request)
        if request.path == reverse("wagtailadmin_password_reset"):
            address = throttle.client_address(request)
            if throttle.count("reset", address, WINDOW) > RESETS:
                return wait()
        return self.get_response(request)

    def _log_in(self, request: HttpRequest) -> HttpResponse:
        address = throttle.client_address(request)
        name = request.POST.get("username", "").strip().casefold()[:150]
        limits = {f"{address} {name}": OF_A_NAME, address: OF_AN_ADDRESS}
        if any(throttle.counted("log-in", who) >= most for who, most in limits.items()):
            return wait()
        response = self.get_response(request)
        if response.status_code == 200:  # the form came back: it was wrong
            for who in limits:
                throttle.count("log-in", who, WINDOW)
        return response


def wait() -> HttpResponse:
    """Too many tries: what happened, and what to do."""
    sentence = _("Too many wrong passwords were tried from here. Wait a quarter of an hour, then try again.")
    return HttpResponse(f"{sentence}\n", status=429, content_type="text/plain; charset=utf-8")
