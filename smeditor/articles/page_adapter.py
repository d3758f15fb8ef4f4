"""The adapter of a site that has none: it reads any Wagtail page without knowing its class.

A newsroom with fields of its own subclasses :class:`PageAdapter` and overrides what it knows better; see
``docs/install.md``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError
from wagtail.models import AbstractPage

from smeditor.articles import page_fields
from smeditor.articles.aliases import source_of
from smeditor.articles.contract import ArticleFacts, ArticleImage, ArticleSection, is_article
from smeditor.articles.page_urls import page_at
from smeditor.articles.quotes import quotes_of

JPEG = "image/jpeg"
QUALITIES = (85, 70, 55, 40)
SMALLEST = 200
"""Pixels: below it a picture says nothing."""
NEWS_CLASSES = ("breaking", "news", "evergreen")


class PageAdapter:
    """Implements :class:`smeditor.articles.ArticleAdapter` for every page, by the usual names of fields."""

    def facts(self, page: AbstractPage) -> ArticleFacts:
        """Read ``page`` as it is in memory."""
        page = page.specific
        section = page_fields.section_of(page)
        author_ids, author_names = page_fields.authors_of(page)
        news_class = page_fields.first_text(page, ("news_class",))
        return ArticleFacts(
            page_id=page.pk,
            title=page.title,
            kicker=page_fields.first_text(page, page_fields.KICKER),
            standfirst=page_fields.first_text(page, page_fields.STANDFIRST),
            url=page.get_full_url() or "",
            language=page.locale.language_code,
            section=ArticleSection(*section) if section else None,
            tags=page_fields.tags_of(page),
            author_ids=author_ids,
            author_names=author_names,
            image=self.image(page),
            published_at=page.first_published_at,
            updated_at=page.last_published_at,
            embargo_until=self.embargo(page),
            paywalled=page_fields.is_marked(page, page_fields.PAYWALLED),
            news_class=news_class if news_class in NEWS_CLASSES else "news",
            live=page.live,
            corrections=(),
            paragraphs=page_fields.prose_of(page),
            revision_id=page.live_revision_id or page.latest_revision_id,
        )

    def image(self, page: AbstractPage) -> ArticleImage | None:
        """The lead image. Where the images of a site say nothing of rights, they may leave it."""
        image = self.lead_image(page)
        if image is None:
            return None
        return ArticleImage(
            id=image.pk,
            alt=image.default_alt_text,
            social_rights=bool(getattr(image, "social_rights", True)),
        )

    def lead_image(self, page: AbstractPage) -> Any | None:
        """The image (of the site's image model) that stands for ``page`` (specific), or None."""
        return page_fields.image_of(page)

    def quotes(self, page: AbstractPage) -> tuple[str, ...]:
        """What people say in ``page``, as plain texts that a post may begin with."""
        return quotes_of(page.specific)

    def embargo(self, page: AbstractPage) -> datetime | None:
        """The aware moment before which nothing about ``page`` (specific) may leave, or None."""
        return page_fields.last_moment(page, ("go_live_at", *page_fields.EMBARGO))

    def public_now(self, page: AbstractPage, now: datetime) -> bool:
        """Live, its embargo over, not expired, and not behind a password or a log-in."""
        page = page.specific
        embargo = self.embargo(page)
        in_time = (embargo is None or embargo <= now) and (page.expire_at is None or page.expire_at > now)
        return page.live and in_time and not page.get_view_restrictions().exists()

    def image_bytes(
        self, page_or_image_id: AbstractPage | int, max_bytes: int, max_width: int = 1600, ratio: float | None = None
    ) -> tuple[bytes, str, int, int]:
        """A JPEG of an image (or of a page's lead image), at most ``max_width`` pixels on either side and ``max_bytes`` long.

        ``ratio``: width by height in which it is cut out around its focal point; None: the whole image.
        It is first made less fine, then smaller. Raises LookupError when the image or its file is gone, ValueError when
        it cannot be made small enough.
        """
        image = self._image(page_or_image_id)
        width = max_width
        while width >= SMALLEST:
            for quality in QUALITIES:
                rendition = self._rendition(image, f"{image_filter(width, ratio)}|format-jpeg|jpegquality-{quality}")
                if rendition.file.size <= max_bytes:
                    with rendition.file.open("rb") as file:
                        return file.read(), JPEG, rendition.width, rendition.height
            width = width * 2 // 3
        raise ValueError(f"Image {image.pk} cannot be made smaller than {max_bytes} bytes.")

    def image_credit(self, image: Any) -> str:
        """Who made an image, as the site's image model says it in ``credit``; empty where it does not."""
        return str(getattr(image, "credit", "") or "")

    def find(self, url: str) -> AbstractPage | None:
        """The article that ``url`` leads to, with tracking, moved or redirected; an alias leads to its source.

        None for another page or none.
        """
        found = page_at(url)
        page = source_of(found) if found is not None else None
        return page if page is not None and is_article(page) else None

    def _image(self, page_or_image_id: AbstractPage | int) -> Any:
        if isinstance(page_or_image_id, AbstractPage):
            image = self.lead_image(page_or_image_id.specific)
        else:
            image = get_image_model().objects.filter(pk=page_or_image_id).first()
        if image is None:
            raise LookupError("The image does not exist any more.")
        return image

    def _rendition(self, image: Any, spec: str) -> Any:
        try:
            try:
                return image.get_rendition(spec)
            except IntegrityError:  # somebody made the same at this moment, and it is there now
                return image.get_rendition(spec)
        except SourceImageIOError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise LookupError(f"The file of image {image.pk} is gone.") from error
            raise  # a storage that does not answer, which passes


def image_filter(longest: int, ratio: float | None) -> str:
    """Wagtail's filter for an image of at most ``longest`` pixels on either side; ``fill`` keeps the focal point in view."""
    if ratio is None:
        return f"max-{longest}x{longest}"
    width, height = (longest, round(longest / ratio)) if ratio >= 1 else (round(longest * ratio), longest)
    return f"fill-{width}x{height}"
