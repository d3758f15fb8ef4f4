"""What an article's page says to other sites: where to tell that they link to it."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smeditor import conf

register = template.Library()


@register.simple_tag
def smeditor_webmention_endpoint() -> SafeString | str:
    """The ``link`` elements for the head of an article's page; nothing where the site lacks ``smeditor.urls``.

    With them the site receives Webmentions, and Pingbacks where ``SMEDITOR["PINGBACKS"]`` is on.
    """
    try:
        element = format_html('<link rel="webmention" href="{}">', reverse("smeditor_webmention"))
        if conf.get("PINGBACKS"):
            element += format_html('\n<link rel="pingback" href="{}">', reverse("smeditor_pingback"))
    except NoReverseMatch:
        return ""
    return element
