"""How the social desk reads this newspaper's articles: the implementation of ``smeditor.articles.ArticleAdapter``."""

from datetime import datetime

from wagtail.models import Page

from newsroom.articles.addresses import article_at
from newsroom.articles.models import ArticlePage, Correction
from newsroom.articles.models.authors import author_name
from smeditor.articles import ArticleCorrection, ArticleFacts, ArticleImage, ArticleSection, PageAdapter


class ArticleAdapter(PageAdapter):
    """Images are made as for any page; what an article of ours says of itself is read here."""

    def facts(self, page: Page) -> ArticleFacts:
        """Read ``page`` as it is in memory. Raises TypeError when it is not an article."""
        article = _article(page)
        section, image = article.section, article.lead_image
        users = article.author_users
        return ArticleFacts(
            page_id=article.pk,
            title=article.title,
            kicker=article.kicker,
            standfirst=article.standfirst,
            url=article.get_full_url() or "",
            language=article.language,
            section=ArticleSection(section.slug, section.title) if section else None,
            tags=tuple(sorted(tag.name for tag in article.tags.all())),
            author_ids=tuple(user.pk for user in users),
            author_names=tuple(author_name(user) for user in users),
            image=ArticleImage(image.pk, image.default_alt_text, image.social_rights) if image else None,
            published_at=article.published_at,
            updated_at=article.updated_at,
            embargo_until=self.embargo(article),
            paywalled=article.paywalled,
            news_class=article.news_class,
            live=article.live,
            corrections=tuple(
                ArticleCorrection(correction.date, correction.kind, correction.text)
                for correction in article.corrections.all()
            ),
            paragraphs=article.paragraphs,
            revision_id=article.live_revision_id or article.latest_revision_id,
        )

    def public_now(self, page: Page, now: datetime) -> bool:
        """Live, its embargo over, and not behind a password or a log-in."""
        article = _article(page)
        return article.public_at(now) and not article.get_view_restrictions().exists()

    def find(self, url: str) -> ArticlePage | None:
        """The article that ``url`` leads to: canonical or short address, with tracking, moved or redirected."""
        return article_at(url)

    def lead_image(self, page: Page):
        """The picture at the head of ``page``; None where it has none. Raises TypeError when it is not an article."""
        return _article(page).lead_image

    def add_correction(self, page: Page, text: str, user) -> None:
        """Put an erratum into the article's draft. It is shown to readers once somebody publishes the article."""
        draft = _article(page).get_latest_revision_as_object()
        draft.corrections.add(Correction(text=text))
        draft.save_revision(user=user)


def _article(page: Page) -> ArticlePage:
    article = page if isinstance(page, ArticlePage) else page.specific
    if not isinstance(article, ArticlePage):
        raise TypeError(f"Page {page.pk} is a {type(article).__name__}, not an article.")
    return article
