"""How the desk reads an article without knowing its class.

The host may name an adapter of its own in ``SMEDITOR["ARTICLE_ADAPTER"]``; without one
:class:`smeditor.articles.PageAdapter` reads any page. Nothing in the plugin imports a page class of the host: it asks
the adapter for :class:`ArticleFacts`, which is plain and frozen and may be kept, compared and sent to a worker.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from wagtail.models import get_page_models

from smeditor import conf
from smeditor.articles import page_fields

if TYPE_CHECKING:
    from wagtail.models import AbstractPage


@dataclass(frozen=True)
class ArticleSection:
    """The section that an article stands in: ``slug`` for rules, ``name`` for people."""

    slug: str
    name: str


@dataclass(frozen=True)
class ArticleImage:
    """The lead image. ``social_rights`` is False when it may not leave the newspaper's own site."""

    id: int
    alt: str
    social_rights: bool


@dataclass(frozen=True)
class ArticleCorrection:
    """A correction shown to readers; ``kind`` is ``erratum``, ``clarification`` or ``update``, ``date`` is aware."""

    date: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class ArticleFacts:
    """What there is to know of an article. Times are aware; texts are plain, never HTML."""

    page_id: int
    title: str
    kicker: str
    """The word or two above the title, or empty."""
    standfirst: str
    url: str
    """The canonical address, absolute; empty when the page lies under no site."""
    language: str
    """A language code such as ``fr`` or ``en``."""
    section: ArticleSection | None
    tags: tuple[str, ...]
    author_ids: tuple[int, ...]
    """Primary keys of the users who sign, in the order of the byline."""
    author_names: tuple[str, ...]
    image: ArticleImage | None
    published_at: datetime | None
    """When the public could first read it; None when it was never published."""
    updated_at: datetime | None
    embargo_until: datetime | None
    paywalled: bool
    news_class: str
    """``breaking``, ``news`` or ``evergreen``."""
    live: bool
    corrections: tuple[ArticleCorrection, ...]
    """The newest first."""
    paragraphs: tuple[str, ...]
    revision_id: int | None
    """The revision these facts were read from, where the host keeps revisions."""


class ArticleAdapter(Protocol):
    """What a host implements, once, for all its article classes."""

    def facts(self, page: "AbstractPage") -> ArticleFacts:
        """Read ``page`` (of any class, specific or not) as it is in memory."""
        ...

    def public_now(self, page: "AbstractPage", now: datetime) -> bool:
        """May the public see ``page`` at the aware time ``now``: live, and its embargo over?"""
        ...

    def image_bytes(
        self, page_or_image_id: "AbstractPage | int", max_bytes: int, max_width: int = 1600, ratio: float | None = None
    ) -> tuple[bytes, str, int, int]:
        """Return ``(bytes, mime type, width, height)`` of a JPEG of an image, or of an article's lead image.

        It is at most ``max_bytes`` long and ``max_width`` pixels on either side. ``ratio``: width by height in which it is
        cut out around its focal point; an adapter that does not know it is not asked for it, and nothing can be cropped.

        Raises LookupError when there is no such image or its file is gone, ValueError when it cannot be made that small.
        """
        ...

    def find(self, url: str) -> "AbstractPage | None":
        """Return the article (specific) that ``url`` leads to, whatever tracking it carries, or None.

        An alias leads to the page that it mirrors (:func:`smeditor.articles.source_of`).
        """
        ...

    # A host may also offer ``image_credit(image)``, who made an image; without it no credit is known.
    # A host may also offer ``add_correction(page, text, user)``, which puts an erratum into the article's draft (never
    # live); without it the desk asks the editor to do so. And ``quotes(page)``, what people say in the article, as plain
    # texts; without it the desk reads the page's own blocks (:func:`smeditor.articles.quotes_of`).


def article_models() -> tuple[type["AbstractPage"], ...]:
    """The page classes whose pages are articles: those that ``ARTICLE_MODELS`` names, else those that look like it.

    A class that looks like it has a text of its own and authors or a date; where no class of the site has, a text will
    do. Empty when no page of the site has one.
    """
    labels = conf.get("ARTICLE_MODELS")
    if labels:
        return tuple(apps.get_model(label) for label in labels)
    classes = [model for model in get_page_models() if not model._meta.abstract]
    for resembles in (page_fields.resembles_article, page_fields.has_prose):
        found = tuple(model for model in classes if resembles(model))
        if found:
            return found
    return ()


def is_article(page: "AbstractPage") -> bool:
    """Whether ``page`` (specific) is of one of the article classes; a site's home page only if it is of a named one."""
    if not isinstance(page, article_models()):
        return False
    return bool(conf.get("ARTICLE_MODELS")) or not (page.is_root() or page.is_site_root())


def article_adapter() -> ArticleAdapter:
    """Return the host's adapter. Raises ImproperlyConfigured, with a sentence, when the setting names none."""
    path = conf.get("ARTICLE_ADAPTER")
    if not path:
        raise ImproperlyConfigured('Set SMEDITOR["ARTICLE_ADAPTER"] to the dotted path of your article adapter.')
    return _load(path)


@lru_cache(maxsize=8)
def _load(path: str) -> ArticleAdapter:
    try:
        return import_string(path)()
    except ImportError as error:
        raise ImproperlyConfigured(
            f'SMEDITOR["ARTICLE_ADAPTER"] is {path!r}, which cannot be imported: {error}'
        ) from error
