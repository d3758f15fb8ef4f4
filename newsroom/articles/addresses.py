"""From an address on the web back to the article: short addresses of our own, and whatever leads to a page."""

import re

from newsroom.articles.models import ArticlePage
from smeditor.articles import page_at, split_site_url

SHORT = re.compile(r"^/a/(\d{1,18})/?$")


def article_at(url: str) -> ArticlePage | None:
    """The article that the absolute address ``url`` leads to, published or not; None when it leads to none.

    Query and fragment (tracking, text anchors) do not matter; neither do http against https, a leading ``www.``, a
    missing slash at the end, or a slug that has changed since: Wagtail's redirects are followed.
    """
    found = split_site_url(url)
    if found is None:
        return None
    site, path = found
    short = SHORT.match(path)
    if short:
        return ArticlePage.objects.descendant_of(site.root_page).filter(pk=int(short[1])).first()
    page = page_at(url)
    return page if isinstance(page, ArticlePage) else None
