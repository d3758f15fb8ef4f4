"""What a page may load: itself and nothing else; the admin's forms a little more."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COMMON = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
SELF = "default-src 'self'; script-src 'self'; style-src 'self'"
PUBLIC_POLICY = f"{SELF}; img-src 'self' data:; {COMMON}"
DESK_POLICY = f"{SELF}; img-src 'self' data: blob:; {COMMON}"
"""The desk's own pages: no script and no style but those of the site."""
INLINE = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
ADMIN_POLICY = f"{INLINE}; img-src 'self' data: blob:; {COMMON}"
"""Wagtail's forms start their date pickers and choosers by scripts within the page, and its editor brings its styles."""


class ContentSecurityPolicyMiddleware:
    """Set the Content-Security-Policy that each part of the site can bear."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the policy of its part where it brings none of its own."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy_for(request))
        return response


def policy_for(request: HttpRequest) -> str:
    """The strictest policy under which the page of ``request`` works."""
    if not request.path.startswith(reverse("wagtailadmin_home")):
        return PUBLIC_POLICY
    match = request.resolver_match
    return DESK_POLICY if match is not None and match.namespaces == ["smeditor"] else ADMIN_POLICY
