"""Reading a page whose class nobody here knows, by the names that newsrooms give to their fields.

Each function takes a specific page as it is in memory and raises nothing for a field that is missing or of another kind:
an article that cannot be read would stop its own publication.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.utils.html import strip_tags
from modelcluster.fields import ParentalKey
from taggit.managers import TaggableManager
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import AbstractPage
from wagtail.rich_text import RichText

from smeditor.articles.page_model import page_model
from smeditor.exceptions import DATABASE_TROUBLE

logger = logging.getLogger("smeditor.articles")

KICKER = ("kicker", "strapline", "overline", "eyebrow", "surtitre")
STANDFIRST = (
    *("standfirst", "chapo", "intro", "introduction", "lead", "lede", "summary", "excerpt", "abstract", "teaser"),
    *("subtitle", "description", "search_description"),
)
SECTION = ("section", "rubric", "rubrique", "category")
AUTHORS = ("authors", "author", "byline", "signatures", "writers")
SIGNER = ("author", "writer", "journalist", "reporter", "contributor", "person")
"""What a row between a page and a person calls the person, the surest name first."""
IMAGE = (
    *("lead_image", "main_image", "hero_image", "header_image", "featured_image", "cover_image", "feed_image", "image"),
    *("social_image", "search_image"),
)
PAYWALLED = ("paywalled", "is_paywalled", "premium", "is_premium", "subscribers_only", "members_only")
EMBARGO = ("embargo_until", "embargo")
PROSE = ("body", "text", "content")
NOT_WHO_SIGNS = ("owner", "locked_by", "created_by", "updated_by", "modified_by")

Answer = TypeVar("Answer")

_LINE_ENDS = re.compile(r"(?i)</(?:p|li|h[1-6]|blockquote|div|tr)>|<br\s*/?>")


def _per_class(find: Callable[[type[AbstractPage]], Answer]) -> Callable[[type[AbstractPage]], Answer]:
    """Remember for each page class what ``find`` said of it: a class does not change while a process runs."""
    known: dict[type[AbstractPage], Answer] = {}

    @wraps(find)
    def remembered(page_class: type[AbstractPage]) -> Answer:
        if page_class not in known:
            known[page_class] = find(page_class)
        return known[page_class]

    return remembered


def plain_lines(source: str) -> list[str]:
    """The lines of rich text as plain text, one for each paragraph, list item or heading; empty ones left out."""
    lines = _LINE_ENDS.sub("\n", source).split("\n")
    return [line for line in (" ".join(html.unescape(strip_tags(line)).split()) for line in lines) if line]


def first_text(page: AbstractPage, names: tuple[str, ...]) -> str:
    """The first of the fields ``names`` that says something, as plain text on one line; empty when none does."""
    for name in names:
        value = _value(page, name)
        text = " ".join(plain_lines(str(value))) if isinstance(value, str | RichText) else ""
        if text:
            return text
    return ""


def is_marked(page: AbstractPage, names: tuple[str, ...]) -> bool:
    """Whether one of the boxes ``names`` is ticked."""
    return any(_value(page, name) is True for name in names)


def last_moment(page: AbstractPage, names: tuple[str, ...]) -> datetime | None:
    """The latest of the aware times in the fields ``names``, or None."""
    moments = [value for name in names if isinstance(value := _value(page, name), datetime) and value.tzinfo]
    return max(moments, default=None)


def section_of(page: AbstractPage) -> tuple[str, str] | None:
    """(slug, name) of the section that the page names, else of the page that it lies under, if that is no home page."""
    for name in SECTION:
        named = _value(page, name)
        if isinstance(named, models.Model):
            title = getattr(named, "title", "") or getattr(named, "name", "") or str(named)
            return str(getattr(named, "slug", "") or title), str(title)
    parent = page.get_parent() if page.depth and page.depth > 1 else None
    if parent is None or parent.is_root() or parent.is_site_root():
        return None
    return parent.slug, parent.title


def tags_of(page: AbstractPage) -> tuple[str, ...]:
    """The names of its tags, in alphabetical order."""
    names = [field.name for field in page._meta.get_fields() if isinstance(field, TaggableManager)]
    return tuple(sorted({tag.name for name in names for tag in getattr(page, name).all()}))


def authors_of(page: AbstractPage) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The ids of the users who sign, and the names of everybody who signs; where nobody does, the page's owner.

    Who signs is read under the usual names, else from the rows of the page that name a person. Where those who sign are
    no users of the site, the page's owner stands in for them among the ids: somebody must hear what readers say.
    """
    for value in _signatures(page):
        people = list(dict.fromkeys(_people(value)))
        if people:
            break
    else:
        people = [page.owner] if page.owner_id else []
    users = [person.pk for person in people if not isinstance(person, str)]
    if not users and page.owner_id:
        users = [page.owner_id]
    return tuple(users), tuple(_name(person) for person in people)


def _signatures(page: AbstractPage) -> Iterator[Any]:
    """Where a page may say who signs: its usual fields, then the relations whose rows name a person."""
    for name in AUTHORS:
        yield _value(page, name)
    for relation, key in signing_relations(type(page)):
        rows = _value(page, relation)
        yield [getattr(row, key) for row in rows.all()] if rows is not None else []


@_per_class
def signing_relations(page_class: type[AbstractPage]) -> tuple[tuple[str, str], ...]:
    """(relation, foreign key) of the rows that lie on such a page and name a person, the surest names first."""
    found = []
    for field in page_class._meta.get_fields():
        if field.one_to_many and field.auto_created and isinstance(field.remote_field, ParentalKey):
            key = _signer_key(field.related_model)
            if key:
                found.append((field.get_accessor_name(), key))
    return tuple(sorted(found, key=lambda pair: SIGNER.index(pair[1])))


def _signer_key(row_class: type[models.Model]) -> str:
    """The foreign key of a row that names a person, or nothing."""
    keys = {field.name for field in row_class._meta.concrete_fields if isinstance(field, models.ForeignKey)}
    return next((name for name in SIGNER if name in keys), "")


@_per_class
def resembles_article(page_class: type[AbstractPage]) -> bool:
    """Whether pages of a class that nobody named are articles, to all appearances.

    They have a text of their own, and somebody signs them or they bear a date; and they are no form.
    """
    fields = [field for field in page_class._meta.concrete_fields if field.model is not page_model()]
    signed = any(hasattr(page_class, name) for name in AUTHORS) or bool(signing_relations(page_class))
    dated = any(isinstance(field, models.DateField) for field in fields)
    return has_prose(page_class) and (signed or dated)


@_per_class
def has_prose(page_class: type[AbstractPage]) -> bool:
    """Whether pages of this class have a text of their own to read, and are no form to fill in."""
    if hasattr(page_class, "get_submission_class"):
        return False
    return any(
        isinstance(field, StreamField | RichTextField) or (isinstance(field, models.TextField) and field.name in PROSE)
        for field in page_class._meta.concrete_fields
        if field.model is not page_model()
    )


def image_of(page: AbstractPage) -> Any | None:
    """Its lead image: the first field with a usual name that holds one, else the first that holds an image at all."""
    model = get_image_model()
    others = [field.name for field in page._meta.get_fields() if field.concrete and field.related_model is model]
    for name in (*IMAGE, *others):
        image = _value(page, name)
        if isinstance(image, model):
            return image
    return None


def prose_of(page: AbstractPage) -> tuple[str, ...]:
    """Its paragraphs as plain text, in the order of its fields: rich text, stream fields, and plain bodies."""
    found: list[str] = []
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            found.extend(_stream_lines(_value(page, field.name)))
        elif isinstance(field, RichTextField):
            found.extend(plain_lines(_value(page, field.name) or ""))
        elif isinstance(field, models.TextField) and field.name in PROSE:
            found.extend(_plain_text_lines(_value(page, field.name) or ""))
    return tuple(found)


def _value(page: AbstractPage, name: str) -> Any:
    """What the page has under ``name``: a field, a relation or a property; None when it has nothing of that kind."""
    try:
        field = page._meta.get_field(name)
    except FieldDoesNotExist:
        if not hasattr(type(page), name):
            return None
    else:
        name = getattr(field, "get_accessor_name", lambda: name)() or name  # a relation that points here
    try:
        return getattr(page, name, None)
    except ObjectDoesNotExist:
        return None
    except DATABASE_TROUBLE:
        raise  # what is not read now must not count as not there
    except Exception:  # a property is the host's own code, and its fault must not keep an article from being published
        logger.warning("page %s: %s cannot be read", page.pk, name, exc_info=True)
        return None


def _people(value: Any, depth: int = 0) -> Iterator[Any]:
    """The users (or, of who is no user, the names) behind a user, a name, a relation, or a row that names one."""
    if isinstance(value, str):
        yield from [value.strip()] if value.strip() else []
    elif isinstance(value, get_user_model()):
        yield value
    elif isinstance(value, models.Manager | list):
        for row in value if isinstance(value, list) else value.all():
            yield from _people(row, depth)
    elif isinstance(value, models.Model):
        user = _user_named_by(value) or _user_with_the_mail_of(value)
        named = next((found for name in ("author", "person") if (found := getattr(value, name, None))), None)
        if user is not None:
            yield user
        elif named is not None and depth == 0:
            yield from _people(named, depth + 1)
        else:
            yield _full_name(value) or str(value)


def _full_name(row: models.Model) -> str:
    """The first and last name of a person who has both, since what a row shows of itself may say more than the name."""
    names = [getattr(row, name, None) for name in ("first_name", "last_name")]
    return " ".join(name.strip() for name in names if isinstance(name, str) and name.strip())


def _user_with_the_mail_of(row: models.Model) -> Any | None:
    """The one active user whose address a person's row bears. A name alone makes nobody the same person."""
    address = getattr(row, "email", None)
    if not isinstance(address, str) or "@" not in address:
        return None
    field = get_user_model().get_email_field_name()
    found = list(
        get_user_model()._default_manager.filter(**{f"{field}__iexact": address.strip(), "is_active": True})[:2]
    )
    return found[0] if len(found) == 1 else None


def _user_named_by(row: models.Model) -> Any | None:
    users = [field.name for field in row._meta.concrete_fields if field.related_model is get_user_model()]
    signing = [name for name in users if name not in NOT_WHO_SIGNS]
    return getattr(row, signing[0]) if signing else None


def _name(person: Any) -> str:
    return person if isinstance(person, str) else person.get_full_name() or person.get_username()


def _stream_lines(value: Any) -> Iterator[str]:
    """The prose of a stream: rich text and plain text wherever they lie, and headings by their names."""
    if isinstance(value, blocks.StreamValue):
        for child in value:
            yield from _block_lines(child.block_type, child.block, child.value)


def _block_lines(name: str, block: blocks.Block, value: Any) -> Iterator[str]:
    if isinstance(value, RichText):
        yield from plain_lines(value.source)
    elif isinstance(value, blocks.StreamValue):
        yield from _stream_lines(value)
    elif isinstance(block, blocks.StructBlock) and value:
        for child, inner in block.child_blocks.items():
            yield from _block_lines(child, inner, value.get(child))
    elif isinstance(block, blocks.ListBlock) and value:
        for item in value:
            yield from _block_lines(name, block.child_block, item)
    elif isinstance(value, str) and (isinstance(block, blocks.TextBlock) or name in ("heading", "subheading", "title")):
        yield from _plain_text_lines(value)


def _plain_text_lines(value: str) -> list[str]:
    return [line for line in (" ".join(line.split()) for line in value.splitlines()) if line]
