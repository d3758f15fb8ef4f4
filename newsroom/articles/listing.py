"""Lists of articles for the public: what is shown where, in a fixed number of queries whatever the length."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from wagtail.images import get_image_model

from newsroom.articles.models.authors import author_name

if TYPE_CHECKING:
    from newsroom.articles.models import ArticlePage, SectionPage

CARD_WIDTHS = (480, 960)
LEAD_WIDTHS = (640, 960, 1600)
PER_PAGE = 12


@dataclass(frozen=True)
class Signer:
    """Who signs, as readers see it."""

    name: str
    role: str


@dataclass(frozen=True)
class Card:
    """One article as a list shows it."""

    article: "ArticlePage"
    section: "SectionPage | None"
    signers: tuple["Signer", ...]

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of all who sign, in order."""
        return tuple(signer.name for signer in self.signers)


def cards(articles) -> list[Card]:
    """Read sections, authors and renditions of all ``articles`` at once."""
    found = list(articles)
    sections = _sections_by_path()
    specs = [f"width-{width}" for width in {*CARD_WIDTHS, *LEAD_WIDTHS}]
    images = get_image_model().objects.prefetch_renditions(*specs)
    prefetch_related_objects(found, Prefetch("lead_image", queryset=images))
    signers = _signers([article.pk for article in found])
    return [
        Card(article, sections.get(article.path[: -article.steplen]), tuple(signers.get(article.pk, ())))
        for article in found
    ]


def article_card(article) -> Card:
    """The card of one article as it is in memory, which in a preview is not what the database holds."""
    signers = tuple(_signer(user) for user in article.author_users)
    return Card(article, article.section, signers)


def front_page(home) -> dict:
    """The context of the front page: ``lead`` (Card or None), ``seconds``, ``latest`` and ``by_section``."""
    now = timezone.now()
    public = _articles().public_at(now).descendant_of(home)
    newest = list(public.newest_first()[:40])
    lead = public.filter(pk=home.lead_article_id).first() if home.lead_article_id else None
    lead = lead or (newest[0] if newest else None)
    shown = cards([lead] if lead else [])
    rest = cards(article for article in newest if article != lead)
    by_section: dict = {section: [] for section in sections_of(home)}
    for card in rest[3:]:
        if card.section in by_section:
            by_section[card.section].append(card)
    return {
        "lead": shown[0] if shown else None,
        "seconds": rest[:3],
        "latest": rest[:8],
        "by_section": [(section, inside[:4]) for section, inside in by_section.items() if inside],
    }


def section_page(section, number) -> dict:
    """The context of a section: ``cards`` and ``page_of`` (a Django page of the paginator) for page ``number``."""
    public = _articles().public_at(timezone.now()).child_of(section).newest_first()
    page_of = Paginator(public, PER_PAGE).get_page(number)
    return {"page_of": page_of, "cards": cards(page_of.object_list)}


def related_to(article, now, count: int = 3) -> list[Card]:
    """Other public articles in the same language that share most tags, then the newest of the same section."""
    tags = [tag.pk for tag in article.tags.all()]
    others = _articles().public_at(now).filter(language=article.language).exclude(pk=article.pk)
    ranked = others.newest_first().annotate(shared=Count("tagged_items", filter=Q(tagged_items__tag__in=tags)))
    parent = article.path[: -article.steplen]
    best = sorted(ranked[:60], key=lambda other: (-other.shared, not other.path.startswith(parent)))
    return cards(best[:count])


def sections_of(home) -> list:
    """The sections that the front page's menu leads to, in the order of the tree."""
    return list(apps.get_model("articles", "SectionPage").objects.child_of(home).live().order_by("path"))


def _articles():
    return apps.get_model("articles", "ArticlePage").objects


def _sections_by_path() -> dict:
    return {section.path: section for section in apps.get_model("articles", "SectionPage").objects.live()}


def _signers(pks) -> dict[int, list[Signer]]:
    signatures = apps.get_model("articles", "ArticleAuthor").objects.filter(page_id__in=pks)
    found: dict[int, list[Signer]] = {}
    for signature in signatures.select_related("user__author_profile").order_by("page_id", "sort_order"):
        found.setdefault(signature.page_id, []).append(_signer(signature.user))
    return found


def _signer(user) -> Signer:
    profile = getattr(user, "author_profile", None)
    return Signer(author_name(user), profile.role if profile else "")
