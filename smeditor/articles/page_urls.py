"""From an address on the web back to the page: the route that a reader's browser would take, without a request."""

from __future__ import annotations

import logging
from contextlib import nullcontext, suppress
from urllib.parse import unquote, urljoin, urlsplit

from django.apps import apps
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from wagtail.models import AbstractPage, Site

from smeditor.articles.page_model import page_model
from smeditor.exceptions import DATABASE_TROUBLE

logger = logging.getLogger("smeditor.articles")

WEB_PORTS = {80, 443, None}
MAX_LENGTH = 2048


READERS_HOSTS = ("www.", "m.", "mobile.", "amp.")
"""What stands before a host's name where the same pages are shown in another dress."""
HOPS = 3
"""Redirects that are followed from one of our own addresses to the next."""


def bare_host(host: str) -> str:
    """``host`` in lower case and Punycode, without what makes no other site of it."""
    host = host.lower().rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    for prefix in READERS_HOSTS:
        rest = host.removeprefix(prefix)
        if rest != host and ("." in rest or prefix == "www."):
            return rest
    return host


def split_site_url(url: str) -> tuple[Site, str] | None:
    """The site that the absolute address ``url`` lies on and its path; None when it lies on none.

    Query and fragment (tracking, text anchors) do not matter; neither do http against https or
    a leading ``www.``, ``m.``, ``mobile.`` or ``amp.``.
    """
    place = _place_of(url)
    if place is None:
        return None
    host, port, path = place
    for site in Site.objects.select_related("root_page"):
        if bare_host(site.hostname) == host and _is_same(site.port, port):
            return site, path
    return None


def lie_on_our_sites(*urls: str) -> list[bool]:
    """Of each of the absolute addresses whether it lies on a site of this installation, as Wagtail remembers its sites."""
    sites = {place[:2] for root in Site.get_site_root_paths() if (place := _place_of(root.root_url))}
    places = map(_place_of, urls)
    return [
        place is not None and any(host == place[0] and _is_same(port, place[1]) for host, port in sites)
        for place in places
    ]


def _place_of(url: str) -> tuple[str, int | None, str] | None:
    """Host, port and path of an absolute address of the web; None for what is none."""
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
    return bare_host(parts.hostname), port, path


def _is_same(site_port: int | None, port: int | None) -> bool:
    return site_port == port or {site_port, port} <= WEB_PORTS


def page_at(url: str) -> AbstractPage | None:
    """The page (specific) that ``url`` leads to, published or not; None when it leads to none.

    A missing slash at the end does not matter, nor a slug that has changed since: Wagtail's redirects are followed.
    """
    for _hop in range(HOPS):
        found = split_site_url(url)
        if found is None:
            return None
        site, path = found
        page = _by_path(site, path)
        if page:
            return page.specific
        page, url = _by_redirect(site, path, urlsplit(url.strip()).query)
        if page:
            return page.specific
    return None


def _by_path(site: Site, path: str) -> AbstractPage | None:
    language = translation.get_language_from_path(path)
    with translation.override(language) if language else nullcontext():
        below = _below_the_root(path)
        if not below:
            return None
        root = site.root_page.localized
        page = page_model().objects.filter(url_path=f"{root.url_path}{below}/").first()
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


def _by_route(site: Site, root: AbstractPage, path: str, below: str) -> AbstractPage | None:
    """Ask the pages themselves, for those that keep their children under other addresses (dates, numbers)."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.META = {"SERVER_NAME": site.hostname, "SERVER_PORT": str(site.port), "HTTP_HOST": site.hostname}
    try:
        result = root.specific.route(request, below.split("/"))
    except Http404:
        return None
    except DATABASE_TROUBLE:
        raise
    except Exception:  # a page's own route() may want more of a request than there is
        logger.debug("no route for an address", exc_info=True)
        return None
    # With arguments it is a view of that page (an archive, a form) and no article of its own.
    return result.page if not result.args and not result.kwargs else None


def _by_redirect(site: Site, path: str, query: str) -> tuple[AbstractPage | None, str]:
    """The page that a redirect of Wagtail names, or the address; the redirect may want the address's query or not."""
    if not apps.is_installed("wagtail.contrib.redirects"):
        return None, ""
    from wagtail.contrib.redirects.models import Redirect

    redirects = Redirect.get_for_site(site).select_related("redirect_page")
    for wanted in dict.fromkeys((f"{path}?{query}" if query else path, path)):
        redirect = redirects.filter(old_path=Redirect.normalise_path(wanted)).first()
        if redirect:
            link = redirect.redirect_link
            return redirect.redirect_page, urljoin(f"{site.root_url}/", link) if link else ""
    return None, ""
