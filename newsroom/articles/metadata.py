"""What a page says of itself to machines: social cards, search engines, readers of feeds."""

from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.urls import reverse
from wagtail.models import Site

from newsroom.articles.models.authors import author_name

CARD_SPEC = "fill-1200x630|format-jpeg"
CARD_WIDTH, CARD_HEIGHT = 1200, 630


@dataclass(frozen=True)
class Metadata:
    """Ready for a template: absolute addresses, plain texts, ISO times."""

    url: str
    short_url: str
    oembed_url: str
    image_url: str
    image_alt: str
    published: str
    modified: str
    fediverse: tuple[str, ...]
    json_ld: dict


def site_name(site: Site) -> str:
    """What the newspaper calls itself on ``site``; the settings' name where the site has none."""
    return site.site_name or settings.WAGTAIL_SITE_NAME


def absolute(site: Site, path: str) -> str:
    """``path`` as an absolute address on ``site``."""
    return urljoin(f"{site.root_url}/", path)


def article_metadata(article, site: Site) -> Metadata:
    """Describe ``article`` for its own page on ``site``."""
    url = article.get_full_url() or absolute(site, "/")
    image_url = social_image(article, site)
    published, modified = _iso(article.published_at), _iso(article.updated_at)
    return Metadata(
        url=url,
        short_url=absolute(site, reverse("short", args=[article.pk])),
        oembed_url=absolute(site, f"{reverse('oembed')}?{urlencode({'url': url, 'format': 'json'})}"),
        image_url=image_url,
        image_alt=article.lead_image.default_alt_text if article.lead_image else "",
        published=published,
        modified=modified,
        fediverse=tuple(
            user.author_profile.fediverse
            for user in article.author_users
            if hasattr(user, "author_profile") and user.author_profile.fediverse
        ),
        json_ld=_json_ld(article, site, url, image_url, published, modified),
    )


def social_image(article, site: Site) -> str:
    """The absolute address of the article's picture cut for a card; empty when there is none or it must stay at home."""
    image = article.lead_image
    if image is None or not image.social_rights:
        return ""
    try:
        return absolute(site, image.get_rendition(CARD_SPEC).url)
    except OSError:  # the file is gone: the page must still be readable
        return ""


def _json_ld(article, site, url, image_url, published, modified) -> dict:
    publisher = {"@type": "NewsMediaOrganization", "name": site_name(site), "url": absolute(site, "/")}
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": article.title,
        "description": article.standfirst,
        "inLanguage": article.language,
        "datePublished": published,
        "dateModified": modified,
        "author": [{"@type": "Person", "name": author_name(user)} for user in article.author_users],
        "publisher": publisher,
        "isAccessibleForFree": not article.paywalled,
        "keywords": [tag.name for tag in article.tags.all()],
        "articleSection": article.section.title if article.section else "",
        "image": [image_url] if image_url else [],
        "correction": [
            {"@type": "CorrectionComment", "text": correction.text, "datePublished": _iso(correction.date)}
            for correction in article.corrections.all()
        ],
    }
    return {key: value for key, value in found.items() if value not in ("", [], None)}


def _iso(moment) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
