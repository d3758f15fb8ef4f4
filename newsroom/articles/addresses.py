"""From an address on the web back to the article: short addresses of our own, and whatever leads to a page."""

import re

from newsroom.articles.models import ArticlePage
from smeditor.articles import page_at, source_of, split_site_url
from smeditor.text.params import parse_id

SHORT = re.compile(r"^/a/([0-9]{1,19})/?$")


def article_at(url: str) -> ArticlePage | None:
    """The article that the absolute address ``url`` leads to, published or not; None when it leads to none.

    Query and fragment (tracking, text anchors) do not matter; neither do http against https, a leading ``www.``, a
    missing slash at the end, or a slug that has changed since: Wagtail's redirects are followed, and an alias leads to the article it mirrors.
    """
    found = split_site_url(url)
    if found is None:
        return None
    site, path = found
    short = SHORT.match(path)
    key = parse_id(short[1]) if short else None
    page = ArticlePage.objects.descendant_of(site.root_page).filter(pk=key).first() if short else page_at(url)
    page = source_of(page) if page is not None else None
    return page if isinstance(page, ArticlePage) else None
