"""Build the demo newspaper, as often as one likes: what is already there is left as it is."""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from newsroom.articles.models import (
    ArticleAuthor,
    ArticlePage,
    Correction,
    HomePage,
    ImageRights,
    NewsImage,
    SectionPage,
)
from newsroom.demo import content, people

CREDIT = "Illustration : La Vigie de Lune"
PASSWORD = "au-clair-de-lune"  # noqa: S105 - printed by the demo; settings refuse the demo in production
HOME_SLUG = "vigie"


@dataclass(frozen=True)
class DemoNewsroom:
    """What was loaded, by slug or user name. ``password`` opens every account."""

    site: Site
    home: HomePage
    sections: dict[str, SectionPage] = field(default_factory=dict)
    articles: dict[str, ArticlePage] = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    password: str = PASSWORD


@transaction.atomic
def load() -> DemoNewsroom:
    """Create the site, sections, people, pictures and articles that are missing, and return them all.

    Older articles are already public, dated in the past; today's are drafts until :func:`publish_articles`.
    Raises ImproperlyConfigured where the settings do not allow people with a known password.
    """
    if not settings.NEWSROOM_DEMO_ALLOWED:
        raise ImproperlyConfigured(
            "The demo's people have a known password: load it only with the development settings."
        )
    paper = content.newsroom()
    home = _home(paper)
    site = _site(home, paper["name"])
    sections = {entry["slug"]: _section(home, entry) for entry in paper["sections"]}
    groups = people.make_groups(home)
    users = people.make_people(paper["people"], groups, PASSWORD)
    now = timezone.now()
    articles = {}
    for entry in content.articles():
        parent = sections[entry["section"]]
        existing = ArticlePage.objects.child_of(parent).filter(slug=entry["slug"]).first()
        articles[entry["slug"]] = existing or _article(parent, entry, users, now)
    if home.lead_article is None:
        home.lead_article = articles[paper["lead"]]
        home.save(update_fields=["lead_article"])
    return DemoNewsroom(site, home, sections, articles, users, groups)


def publish_articles(newsroom: DemoNewsroom) -> list[ArticlePage]:
    """Publish today's drafts the way an editor does, through their latest revision; return what was published now.

    The embargo of the article that has one starts to count here, so that it is always ahead.
    """
    editor = newsroom.users["claire"]
    published = []
    for entry in content.articles():
        article = ArticlePage.objects.get(pk=newsroom.articles[entry["slug"]].pk)
        if article.live or not entry.get("today"):
            continue
        if "embargo_in_hours" in entry:
            article.embargo_until = timezone.now() + timedelta(hours=entry["embargo_in_hours"])
        article.save_revision(user=editor).publish(user=editor)
        article.refresh_from_db()
        published.append(article)
    return published


def _home(paper: dict) -> HomePage:
    existing = HomePage.objects.filter(slug=HOME_SLUG).first()
    if existing:
        return existing
    root = Page.get_first_root_node()
    return root.add_child(instance=HomePage(title=paper["name"], slug=HOME_SLUG, tagline=paper["tagline"]))


def _site(home: HomePage, name: str) -> Site:
    """Make the front page that of the default site, at the address that the settings give the newsroom."""
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.root_page, site.site_name = address.hostname, port, home, name
    site.save()
    return site


def _section(home: HomePage, entry: dict) -> SectionPage:
    existing = SectionPage.objects.child_of(home).filter(slug=entry["slug"]).first()
    return existing or home.add_child(
        instance=SectionPage(
            title=entry["title"],
            slug=entry["slug"],
            colour=entry["colour"],
            intro=_paragraphs(entry["intro"]),
            search_description=entry["intro"],
            desk_email=f"{entry['slug']}@newsroom.example",
        )
    )


def _article(parent: SectionPage, entry: dict, users: dict, now: datetime) -> ArticlePage:
    entry = _typeset(entry, entry["language"])
    article = ArticlePage(
        title=entry["title"],
        slug=entry["slug"],
        kicker=entry["kicker"],
        standfirst=entry["standfirst"],
        language=entry["language"],
        news_class=entry["news_class"],
        paywalled=entry.get("paywalled", False),
        body=[_block(block) for block in entry["body"]],
        owner=users[entry["authors"][0]],
        live=False,
        has_unpublished_changes=True,
    )
    if "image" in entry:
        article.lead_image = _image(entry["image"], entry["title"])
        article.lead_caption = entry["image"]["caption"]
    if "embargo_in_hours" in entry:
        article.embargo_until = now + timedelta(hours=entry["embargo_in_hours"])
    article.signatures = [ArticleAuthor(user=users[name], sort_order=n) for n, name in enumerate(entry["authors"])]
    article.corrections = [
        Correction(kind=correction["kind"], text=correction["text"], date=now - timedelta(days=correction["days_ago"]))
        for correction in entry.get("corrections", [])
    ]
    article.tags.add(*entry["tags"])
    if "days_ago" in entry:
        _date(article, entry, now)
    parent.add_child(instance=article)
    article.save_revision(user=article.owner)
    return article


def _date(article: ArticlePage, entry: dict, now: datetime) -> None:
    """Make it an article of the past. It is not published through a revision: nothing is to be told of old news."""
    published = (now - timedelta(days=entry["days_ago"])).replace(minute=17, second=0, microsecond=0)
    article.live, article.has_unpublished_changes = True, False
    article.first_published_at = published
    article.last_published_at = max([published, *(correction.date for correction in article.corrections.all())])


def _image(entry: dict, title: str) -> NewsImage:
    existing = NewsImage.objects.filter(title=title, credit=CREDIT).first()
    path = content.picture(entry["scene"])
    return existing or NewsImage.objects.create(
        title=title,
        file=ImageFile(io.BytesIO(path.read_bytes()), name=path.name),
        alt_text=entry["alt"],
        credit=CREDIT,
        rights=ImageRights.OWN,
    )


def _typeset(entry, language: str):
    """All texts of an entry with the unbreakable spaces that French wants before : ; ! ? » and inside numbers."""
    if isinstance(entry, dict):
        return {key: _typeset(value, language) for key, value in entry.items()}
    if isinstance(entry, list):
        return [_typeset(value, language) for value in entry]
    if not isinstance(entry, str) or language != "fr":
        return entry
    return re.sub(r" (?=[:;!?»%€])|(?<=«) |(?<=\d) (?=\d{3}\b|h\b)|(?<=\d h) (?=\d)", "\u00a0", entry)


def _block(block: dict) -> tuple:
    kind = block["kind"]
    if kind == "paragraph":
        return kind, _paragraphs(block["text"])
    if kind == "key_points":
        return kind, block["items"]
    if kind == "fact_box":
        return kind, {"title": block["title"], "text": _paragraphs(block["text"])}
    if kind == "quote":
        return kind, {"text": block["text"], "who": block["who"]}
    return kind, block["text"]


def _paragraphs(text: str) -> str:
    """Plain text with empty lines between paragraphs, as HTML."""
    parts = [re.sub(r"[ \n]+", " ", part) for part in re.split(r"\n\s*\n", text.strip())]
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in parts)
