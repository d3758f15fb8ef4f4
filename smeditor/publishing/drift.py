"""Drift: an article is published again with another headline, link, paywall, image or byline than its posts were written for.

A post keeps what the article was when it was written; each of its revisions keeps its own. What differs is found when
the article is published, when the post is saved and when it is approved, and is one row of
:class:`~smeditor.models.ArticleDrift` until the post matches again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import AbstractPage, Revision

from smeditor.articles import ArticleFacts, Difference, Snapshot, article_adapter, differences, snapshot, state_hash
from smeditor.articles.page_model import page_model
from smeditor.exceptions import DATABASE_TROUBLE
from smeditor.models import ArticleDrift, Post

logger = logging.getLogger("smeditor.publishing")

MOST_POSTS = 200
"""Posts about one article that are compared with it, the newest."""
LONGEST_VALUE = 300
State = ArticleDrift.State


def facts_now(page: AbstractPage | None) -> ArticleFacts | None:
    """What ``page`` says as readers have it; None where it is gone or cannot be read."""
    if page is None:
        return None
    try:
        return article_adapter().facts(page.specific)
    except DATABASE_TROUBLE:
        raise
    except Exception:  # the host's own code: its fault must keep nobody from publishing or saving
        logger.warning("drift: article=%s cannot be read", page.pk, exc_info=True)
        return None


def check_article(page: AbstractPage, now: datetime) -> int:
    """Compare the newest posts about ``page``, which was just published, with it. Returns how many do not match."""
    posts = list(
        Post.objects.filter(article_key=page.pk, kind=Post.Kind.STORY)
        .exclude(article_seen={}, article_title="")
        .order_by("-created_at", "-pk")[:MOST_POSTS]
    )
    facts = facts_now(page) if posts else None
    if facts is None:
        return 0
    revisions = Revision.objects.in_bulk([post.latest_revision_id for post in posts if post.latest_revision_id])
    known = {row.post_id: row for row in ArticleDrift.objects.filter(post__in=posts)}
    state = snapshot(facts)
    return sum(
        _keep(post, revisions.get(post.latest_revision_id), state, known.get(post.pk), now) is not None
        for post in posts
    )


def check_post(post: Post, now: datetime, revision: Revision | None = None) -> ArticleDrift | None:
    """Compare one post, as the database has it, with its article. ``revision`` is its newest, where it was just saved."""
    if post.kind != Post.Kind.STORY or not post.article_key:
        return None
    newest = revision or Revision.objects.filter(pk=post.latest_revision_id).first()
    page = page_model().objects.filter(pk=post.article_key).first()
    row = ArticleDrift.objects.filter(post=post).first()
    if page is None or (row is None and _is_current(page, post, newest)):
        return row
    facts = facts_now(page)
    return row if facts is None else _keep(post, newest, snapshot(facts), row, now)


def seen_by(post: Post, revision: Revision | None = None) -> Snapshot:
    """What the article was when the text of ``revision``, or else of ``post``, was written."""
    content = revision.content if revision is not None else {}
    kept = (content.get("article_seen") if revision is not None else None) or post.article_seen
    if kept:
        return kept
    return {"headline": post.article_title} if post.article_title else {}


def found_in(row: ArticleDrift) -> list[Difference]:
    """The differences that ``row`` keeps."""
    return [Difference(entry["field"], entry["old"], entry["new"]) for entry in row.differences]


def sentences(post: Post) -> Iterator[str]:
    """What no longer matches in ``post`` while nobody has decided about it: one sentence for each difference."""
    if not post.pk or post.kind != Post.Kind.STORY:
        return
    row = ArticleDrift.objects.filter(post=post.pk, state=State.OPEN).first()
    for difference in found_in(row) if row is not None else ():
        yield sentence(difference)


def sentence(difference: Difference) -> str:
    """What changed, with the old and the new, for an editor."""
    old, new = _short(difference.old), _short(difference.new)
    match difference.field:
        case "headline":
            text = _("The post no longer matches the headline: it was “%(old)s” and is now “%(new)s”.")
        case "link":
            text = _("The article has moved: it was at %(old)s and is now at %(new)s.")
        case "paywalled":
            return (
                _("The article is for subscribers now: it was free when the post was written.")
                if difference.new
                else _("The article is free now: it was for subscribers when the post was written.")
            )
        case "image":
            return _("The article has another lead image, or none, since the post was written.")
        case _:
            text = _("Other people sign the article: it was %(old)s and is now %(new)s.")
    return text % {"old": old or "–", "new": new or "–"}


def renew(post: Post, facts: ArticleFacts) -> None:
    """Let ``post``, whose text an editor has just written, keep the new state of what they wrote after it.

    Who writes the new headline where the old one stood, or puts the new link or image in, knows of the change.
    """
    kept, state = dict(seen_by(post)), snapshot(facts)
    if not kept:
        post.article_seen = state
        return
    texts = " ".join([post.text, *(variant.text for variant in post.variants.all())])
    images = {row.image_id for row in post.media.all()} - {None}
    for difference in differences(kept, state):
        headline = difference.field == "headline" and _holds_only(texts, difference)
        link = difference.field == "link" and post.link.partition("?")[0] == str(difference.new).partition("?")[0]
        image = difference.field == "image" and difference.new in images
        if headline or link or image:
            kept[difference.field] = difference.new
    post.article_seen = kept if differences(kept, state) else state


def _holds_only(texts: str, difference: Difference) -> bool:
    """Whether ``texts`` hold the new value and the old one no more, of which the new one may be made."""
    return difference.new in texts and difference.old not in texts.replace(difference.new, "")


def _is_current(page: AbstractPage, post: Post, revision: Revision | None) -> bool:
    """Whether the article was published no more since post and revision were written: then nothing need be read."""
    known = {seen_by(post, revision).get("revision"), *([seen_by(post).get("revision")] if post.live else ())}
    return known == {page.live_revision_id or page.latest_revision_id} and None not in known


def _keep(
    post: Post, revision: Revision | None, state: Snapshot, row: ArticleDrift | None, now: datetime
) -> ArticleDrift | None:
    """Write down how ``post`` stands to its article, whose state is ``state``; None when it matches."""
    written = differences(seen_by(post, revision), state)
    approved = differences(seen_by(post), state) if post.live else []
    name = state_hash(state)
    if not written and not approved:
        ArticleDrift.objects.filter(post=post).delete()
        return None
    row = row or ArticleDrift(post=post, found_at=now)
    if not written:
        row.state = State.TAKEN
    elif row.state != State.LEFT or row.article_state != name:
        row.state, row.left_by, row.left_at = State.OPEN, None, None
        if row.article_state != name:
            row.found_at = now
    row.differences = as_json(written or approved)
    row.article_state = name
    row.save()
    return row


def as_json(found: Iterable[Difference]) -> list[dict[str, Any]]:
    """``found`` as the row keeps it."""
    return [{"field": difference.field, "old": difference.old, "new": difference.new} for difference in found]


def _short(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value if value is not None else "")
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
