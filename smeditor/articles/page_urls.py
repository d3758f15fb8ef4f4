"""From an address on the web back to the page: the route that a reader's browser would take, without a request."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from wagtail.models import Page, Site

logger = logging.getLogger("smeditor.articles")

WEB_PORTS = {80, 443, None}
MAX_LENGTH = 2048


def split_site_url(url: str) -> tuple[Site, str] | None:
    """The site that the absolute address ``url`` lies on and its path; None when it lies on none.

    Query and fragment (tracking, text anchors) do not matter; neither do http against https or a leading ``www.``.
    """
    if len(url) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    path = unquote(parts.path or "/")
    if "\x00" in path:  # PostgreSQL refuses to look for it
        return None
    site = _site_of(parts.hostname, port)
    return (site, path) if site else None


def page_at(url: str) -> Page | None:
    """The page (specific) that ``url`` leads to, published or not; None when it leads to none.

    A missing slash at the end does not matter, nor a slug that has changed since: Wagtail's redirects are followed.
    """
    found = split_site_url(url)
    if found is None:
        return None
    site, path = found
    page = _by_path(site, path) or _by_redirect(site, path)
    return page.specific if page else None


def _site_of(host: str, port: int | None) -> Site | None:
    bare = host.lower().removeprefix("www.")
    for site in Site.objects.select_related("root_page"):
        same_port = site.port == port or {site.port, port} <= WEB_PORTS
        if same_port and site.hostname.lower().removeprefix("www.") == bare:
            return site
    return None


def _by_path(site: Site, path: str) -> Page | None:
    language = translation.get_language_from_path(path)
    with translation.override(language) if language else nullcontext():
        below = _below_the_root(path)
        if not below:
            return None
        root = site.root_page.localized
        page = Page.objects.filter(url_path=f"{root.url_path}{below}/").first()
        return page or _by_route(site, root, path, below)


def _below_the_root(path: str) -> str:
    """The part of ``path`` that Wagtail gets to see: without what the site's URLs put before it (``/fr/``, ``/pages/``)."""
    for form in (path, f"{path}/"):
        try:
            match = resolve(form)
        except Resolver404:
            continue
        if match.url_name == "wagtail_serve":
            return str((*match.args, *match.kwargs.values())[0]).strip("/")
    return ""


def _by_route(site: Site, root: Page, path: str, below: str) -> Page | None:
    """Ask the pages themselves, for those that keep their children under other addresses (dates, numbers)."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.META = {"SERVER_NAME": site.hostname, "SERVER_PORT": str(site.port), "HTTP_HOST": site.hostname}
    try:
        result = root.specific.route(request, below.split("/"))
    except Http404:
        return None
    except Exception:  # a page's own route() may want more of a request than there is
        logger.debug("no route for an address", exc_info=True)
        return None
    # With arguments it is a view of that page (an archive, a form) and no article of its own.
    return result.page if not result.args and not result.kwargs else None


def _by_redirect(site: Site, path: str) -> Page | None:
    if not apps.is_installed("wagtail.contrib.redirects"):
        return None
    from wagtail.contrib.redirects.models import Redirect

    redirects = Redirect.get_for_site(site).select_related("redirect_page")
    redirect = redirects.filter(old_path=Redirect.normalise_path(path)).first()
    return redirect.redirect_page if redirect else None
