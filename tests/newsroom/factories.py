"""A small newspaper for tests of any room: plain functions that write the least there must be."""

import io
from datetime import UTC, datetime
from itertools import count

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Page, Site

from newsroom.articles.models import ArticleAuthor, ArticlePage, AuthorProfile, HomePage, NewsImage, SectionPage

PUBLISHED = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
numbers = count(1)


def make_site(hostname: str = "paper.example", port: int = 443, name: str = "The Paper") -> Site:
    """The default site with a front page of its own; the tree's root is kept."""
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root", slug="root"))
    home = root.add_child(instance=HomePage(title=name, slug=f"home-{next(numbers)}"))
    Site.objects.all().delete()
    return Site.objects.create(hostname=hostname, port=port, root_page=home, is_default_site=True, site_name=name)


def make_section(home: Page, title: str = "Transport", **fields) -> SectionPage:
    fields = {"slug": f"section-{next(numbers)}", **fields}
    return home.add_child(instance=SectionPage(title=title, **fields))


def make_article(parent: Page, title: str = "A tram for the valley", authors=(), tags=(), **fields) -> ArticlePage:
    """A live article in English, first published on 10 March 2026 at 9:00 UTC; ``fields`` override anything."""
    fields = {
        "slug": f"article-{next(numbers)}",
        "language": "en",
        "standfirst": "The line will open in May.",
        "body": [("paragraph", "<p>The first tram leaves at six.</p>")],
        "first_published_at": PUBLISHED,
        "last_published_at": PUBLISHED,
        **fields,
    }
    article = ArticlePage(title=title, **fields)
    article.signatures = [ArticleAuthor(user=user, sort_order=place) for place, user in enumerate(authors)]
    article.tags.add(*tags)
    parent.add_child(instance=article)
    return ArticlePage.objects.get(pk=article.pk)


def make_user(username: str = "ana", first_name: str = "Ana", last_name: str = "Roque", role: str = "", fediverse=""):
    user = get_user_model().objects.create_user(
        username, f"{username}@paper.example", "secret", first_name=first_name, last_name=last_name
    )
    AuthorProfile.objects.create(user=user, role=role, fediverse=fediverse)
    return user


def make_image(width: int = 1800, height: int = 1200, **fields) -> NewsImage:
    """A picture with some grain, so that its JPEG has a weight."""
    picture = Image.effect_noise((width, height), 60).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    fields = {"title": "Picture", "alt_text": "Grain", "credit": "The Paper", "rights": "own", **fields}
    return NewsImage.objects.create(file=ImageFile(out, name=f"picture-{next(numbers)}.jpg"), **fields)
