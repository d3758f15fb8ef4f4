"""From an address on the web back to the article: the route a reader's browser would take, without a request."""

import re
from urllib.parse import unquote, urlsplit

from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from newsroom.articles.models import ArticlePage

SHORT = re.compile(r"^/a/(\d{1,18})/?$")
WEB_PORTS = {80, 443, None}
MAX_LENGTH = 2048


def article_at(url: str) -> ArticlePage | None:
    """The article that the absolute address ``url`` leads to, published or not; None when it leads to none.

    Query and fragment (tracking, text anchors) do not matter; neither do http against https, a leading ``www.``, a
    missing slash at the end, or a slug that has changed since: Wagtail's redirects are followed.
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
    site = _site_of(parts.hostname, port)
    if site is None:
        return None
    path = unquote(parts.path or "/")
    if "\x00" in path:  # PostgreSQL refuses to look for it
        return None
    short = SHORT.match(path)
    if short:
        return ArticlePage.objects.descendant_of(site.root_page).filter(pk=int(short[1])).first()
    return _by_path(site, path) or _by_redirect(site, path)


def _site_of(host: str, port: int | None) -> Site | None:
    bare = host.lower().removeprefix("www.")
    for site in Site.objects.select_related("root_page"):
        same_port = site.port == port or {site.port, port} <= WEB_PORTS
        if same_port and site.hostname.lower().removeprefix("www.") == bare:
            return site
    return None


def _by_path(site: Site, path: str) -> ArticlePage | None:
    trimmed = path.strip("/")
    return ArticlePage.objects.filter(url_path=f"{site.root_page.url_path}{trimmed}/").first() if trimmed else None


def _by_redirect(site: Site, path: str) -> ArticlePage | None:
    redirects = Redirect.get_for_site(site).select_related("redirect_page")
    redirect = redirects.filter(old_path=Redirect.normalise_path(path)).first()
    if redirect is None or redirect.redirect_page is None:
        return None
    page = redirect.redirect_page.specific
    return page if isinstance(page, ArticlePage) else None
