"""What the public templates need beyond Django's and Wagtail's own tags."""

import json

from django import template
from django.utils.safestring import mark_safe
from wagtail.models import Site

from newsroom.articles.listing import CARD_WIDTHS, LEAD_WIDTHS, sections_of
from newsroom.articles.metadata import article_metadata, site_name

register = template.Library()
UNSAFE_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def newspaper(context) -> dict:
    """The newspaper's ``name``, its ``home`` page and its ``sections``, for the site of the request."""
    request = context.get("request")
    known = getattr(request, "_newspaper", None)
    if known is None:
        known = _newspaper_of(Site.find_for_request(request))
        if request is not None:
            request._newspaper = known
    return known


def _newspaper_of(site: Site | None) -> dict:
    if site is None:
        return {"name": "", "home": None, "sections": []}
    home = site.root_page.specific
    return {"name": site_name(site), "home": home, "sections": sections_of(home)}


@register.simple_tag(takes_context=True)
def metadata(context, article):
    """The :class:`~newsroom.articles.metadata.Metadata` of ``article``; None where no site leads to it."""
    site = Site.find_for_request(context.get("request"))
    return article_metadata(article, site) if site else None


@register.filter
def json_ld(value: dict) -> str:
    """A JSON-LD script element; what could end the element early is escaped."""
    return mark_safe(  # noqa: S308
        '<script type="application/ld+json">'
        + json.dumps(value, ensure_ascii=False).translate(UNSAFE_IN_SCRIPT)
        + "</script>"
    )


@register.inclusion_tag("articles/parts/responsive_image.html")
def responsive_image(image, role: str = "card", sizes: str = "100vw", eager: bool = False) -> dict:
    """An ``img`` with one source for each width; nothing when the image's file cannot be read.

    ``role`` is ``lead`` for large widths or ``card``; ``sizes`` is the attribute of that name.
    """
    widths = LEAD_WIDTHS if role == "lead" else CARD_WIDTHS
    try:
        found = image.get_renditions(*(f"width-{width}" for width in widths))
        renditions = sorted({r.width: r for r in found.values()}.values(), key=lambda r: r.width)
    except OSError:
        return {"image": None}
    return {"image": image, "renditions": renditions, "largest": renditions[-1], "sizes": sizes, "eager": eager}
