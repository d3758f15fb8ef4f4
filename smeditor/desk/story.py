"""The memory of a story: what was and will be said about an article, where, when, by whom, how it stands, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.images import get_image_model
from wagtail.models import Revision
from wagtail.permissions import policy_registry

from smeditor.articles import Difference
from smeditor.models import ArticleDrift, Delivery, Post
from smeditor.models.approval import seen_hash
from smeditor.permissions.visibility import deliveries_visible_to, posts_visible_to, reactions_visible_to
from smeditor.publishing import drift

LABELS: dict[str, StrOrPromise] = {
    "headline": _("Headline"),
    "link": _("Link"),
    "paywalled": _("Subscribers"),
    "image": _("Lead image"),
    "authors": _("Authors"),
}
WRITTEN = ("reply", "quote", "mention", "comment")
"""Kinds of reactions that say something; all others are counted as such."""


@dataclass(frozen=True)
class Change:
    """One difference between a post and its article, for an editor: its name, the sentence, and the two values where they are texts."""

    label: StrOrPromise
    sentence: str
    old: str
    new: str


@dataclass
class Sent:
    """One delivery of a post that this user sees, with what came of it."""

    delivery: Delivery
    answers: int = 0
    others: int = 0


@dataclass
class StoryPost:
    """One post about the story, with everything that is shown of it."""

    post: Post
    sent: list[Sent] = field(default_factory=list)
    drift: ArticleDrift | None = None
    changes: list[Change] = field(default_factory=list)
    may_change: bool = False
    shown: str = ""

    @property
    def drifted(self) -> bool:
        """Whether the post no longer matches and nobody has decided about that."""
        return self.drift is not None and self.drift.is_open

    @property
    def url(self) -> str:
        """The page on which what changed is compared and decided about."""
        return reverse("smeditor:post_drift", args=[self.post.pk])


def memory(user: Any, article_key: int, most: int) -> list[StoryPost]:
    """The newest ``most`` posts about an article that ``user`` may see, in a fixed number of queries; none without the right."""
    visible = posts_visible_to(user).filter(article_key=article_key).exclude(kind=Post.Kind.REPLY)
    sent = Prefetch(
        "deliveries",
        deliveries_visible_to(user).select_related("account__desk").order_by("slot", "pk"),
        "seen_deliveries",
    )
    rows = visible.select_related("created_by__wagtail_userprofile", "rule", "drift").prefetch_related(sent, "accounts")
    return story_posts(user, list(rows.order_by("-created_at", "-pk")[:most]))


def story_posts(user: Any, posts: Sequence[Post]) -> list[StoryPost]:
    """What is shown of ``posts``, read with their ``seen_deliveries``, ``drift`` and accounts."""
    deliveries = [delivery for post in posts for delivery in post.seen_deliveries]
    results = results_of(user, deliveries)
    open_ones = [post for post in posts if (row := getattr(post, "drift", None)) is not None and row.is_open]
    may = policy_registry.get_by_type(Post).changeable(user, open_ones)
    revisions = Revision.objects.in_bulk([post.latest_revision_id for post in open_ones if post.latest_revision_id])
    names = image_names(drift.found_in(post.drift) for post in open_ones)
    return [
        StoryPost(
            post=post,
            sent=[Sent(delivery, *results.get(delivery.pk, (0, 0))) for delivery in post.seen_deliveries],
            drift=getattr(post, "drift", None),
            changes=changes_of(post.drift, names) if post in open_ones else [],
            may_change=post.pk in may,
            shown=seen_hash(revisions.get(post.latest_revision_id)) if post in open_ones else "",
        )
        for post in posts
    ]


def results_of(user: Any, deliveries: Sequence[Delivery]) -> dict[int, tuple[int, int]]:
    """How many answers and how many other reactions each delivery has, as far as ``user`` sees them, by its key."""
    if not deliveries:
        return {}
    rows = reactions_visible_to(user).filter(delivery__in=[delivery.pk for delivery in deliveries])
    counted = (
        rows.order_by()
        .values("delivery")
        .annotate(written=Count("pk", filter=Q(kind__in=WRITTEN)), all_kinds=Count("pk"))
    )
    return {row["delivery"]: (row["written"], row["all_kinds"] - row["written"]) for row in counted}


def changes_of(row: ArticleDrift, names: dict[Any, str]) -> list[Change]:
    """What ``row`` keeps, as an editor reads it; ``names`` are those of images (:func:`image_names`)."""
    return [
        Change(
            LABELS[difference.field],
            drift.sentence(difference),
            _value(difference, difference.old, names),
            _value(difference, difference.new, names),
        )
        for difference in drift.found_in(row)
    ]


def image_names(found: Any) -> dict[Any, str]:
    """The titles of the images that differences name, by their ids, in one query; none where no image changed."""
    keys = {
        value
        for some in found
        for difference in some
        if difference.field == "image"
        for value in (difference.old, difference.new)
        if value
    }
    return dict(get_image_model().objects.filter(pk__in=keys).values_list("pk", "title")) if keys else {}


def _value(difference: Difference, value: Any, names: dict[Any, str]) -> str:
    match difference.field:
        case "image":
            return names.get(value, "–")
        case "authors":
            return ", ".join(value) or "–"
        case "paywalled":
            return ""
    return str(value or "–")
