"""What an editor does about drift: take the article's update into the post, or leave the post as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from smeditor.articles import ArticleFacts, Difference, differences, snapshot, state_hash
from smeditor.exceptions import NotAllowed, SmeditorError
from smeditor.models import ArticleDrift, Post
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.publishing import drift

IN_CARD = {"headline", "link", "image"}
"""What the link card shows: it is drawn from the article, and frozen anew at each approval."""


class Changed(SmeditorError):
    """The post or its article is not what the page showed any more. Nothing was changed."""


@dataclass(frozen=True)
class Update:
    """What taking the update makes of a post: ``post`` is the changed text, not saved; ``changes`` is False for no text."""

    before: Post
    post: Post
    differences: list[Difference]
    article_state: str

    @property
    def changes(self) -> bool:
        """Whether readers would see a difference: in text, link or image, or in the link card."""
        return self.changes_text or self.changes_card

    @property
    def changes_text(self) -> bool:
        """Whether text, link or image differ."""
        return _content(self.before) != _content(self.post)

    @property
    def changes_card(self) -> bool:
        """Whether the link card, which shows the article's headline and image, differs."""
        return bool(
            self.post.with_card and self.post.link and IN_CARD & {difference.field for difference in self.differences}
        )


def newest(post: Post) -> Post:
    """The post as it was saved last, draft or approved."""
    revision = latest_revision(post)
    return revision.as_object() if revision is not None else post


def update_of(post: Post, facts: ArticleFacts) -> Update:
    """What taking the update would make of ``post``. Nothing is written."""
    before, after = newest(post), newest(post)
    kept, state = drift.seen_by(before), snapshot(facts)
    found = differences(kept, state)
    for difference in found:
        _apply(after, difference, facts)
    after.article_seen = state
    after.article_title, after.article_revision = facts.title[:255], facts.revision_id
    return Update(before, after, found, state_hash(state))


def refusal(post: Post, user: Any) -> str:
    """Why ``user`` may not decide about this post, in a sentence; "" when they may: who may edit it may."""
    if not policy_registry.get_by_type(Post).user_has_permission_for_instance(user, "change", post):
        return _(
            "You may not change this post: it is another desk's, or it is approved already. Ask one of its editors."
        )
    lock = post.get_lock()
    if lock is not None and lock.for_user(user):
        return _("The post is locked: unlock it, or ask who locked it.")
    return ""


def take(post: Post, user: Any, shown: str, article_state: str, now: datetime) -> bool:
    """Save the article's update as a new revision by ``user``. Returns whether the post is to be approved again.

    ``shown`` and ``article_state`` say which text and which state of the article the page showed. Raises NotAllowed, Changed.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        _require(post, user)
        facts = drift.facts_now(post.article)
        if facts is None:
            raise Changed(_("The article cannot be read any more. Nothing was changed."))
        update = update_of(post, facts)
        if shown != seen_hash(latest_revision(post)) or article_state != update.article_state:
            raise Changed(
                _("The post or its article was changed since you opened this page. Read it again, then decide.")
            )
        if not post.live:
            update.post.save()
        update.post.save_revision(user=user, log_action=True)
        drift.check_post(Post.objects.get(pk=post.pk), now)
    return post.live


def leave(post: Post, user: Any, article_state: str, now: datetime) -> None:
    """Remember that ``user`` leaves the post as it is, for this state of the article. Raises NotAllowed, Changed."""
    with transaction.atomic():
        post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        _require(post, user)
        row = ArticleDrift.objects.select_for_update(of=("self",)).filter(post=post).first()
        if row is None or row.article_state != article_state:
            raise Changed(_("The article was changed again since you opened this page. Read it again, then decide."))
        row.state, row.left_by, row.left_at = ArticleDrift.State.LEFT, user, now
        row.save()
        log(post, "smeditor.drift_left", user=user, data={"article_state": article_state})


def _require(post: Post, user: Any) -> None:
    sentence = refusal(post, user)
    if sentence:
        raise NotAllowed(sentence)


def _apply(post: Post, difference: Difference, facts: ArticleFacts) -> None:
    """Carry one difference into ``post``: where it holds the old value word for word."""
    old, new = difference.old, difference.new
    match difference.field:
        case "headline" if old and new:
            # What holds the new one already, of which the old one may be a part, stays as it is.
            _replace(post, f"{re.escape(new)}|{re.escape(old)}", new)
        case "link" if old and new:
            address = rf"{re.escape(old)}(?![\w\-./%])"
            for holder in _holders(post):
                holder.link = re.sub(address, lambda _match: new, holder.link)
            _replace(post, address, new)
        case "image":
            _replace_image(post, old, facts)
        case "authors" if old and new:
            _replace(post, rf"(?<!\w){re.escape(', '.join(old))}(?!\w)", ", ".join(new))


def _holders(post: Post) -> list[Any]:
    """The post and its variants: each may hold a text, a link and a first comment."""
    return [post, *post.variants.all()]


def _replace(post: Post, pattern: str, new: str) -> None:
    for holder in _holders(post):
        holder.text = re.sub(pattern, lambda _match: new, holder.text)
        holder.first_comment = re.sub(pattern, lambda _match: new, holder.first_comment)


def _replace_image(post: Post, old: int | None, facts: ArticleFacts) -> None:
    """The new lead image in the place of the old one, with its own alt text; none where it may not leave the house."""
    image = facts.image if facts.image and facts.image.social_rights else None
    for row in list(post.media.all()) if old is not None else ():
        if row.image_id != old:
            continue
        if image is None:
            post.media.remove(row)
        else:
            row.image_id, row.alt, row.credit = image.id, image.alt, ""


def _content(post: Post) -> list[Any]:
    texts = sorted(
        (variant.account_id, variant.text, variant.link, variant.first_comment) for variant in post.variants.all()
    )
    media = [(row.image_id, row.alt) for row in post.media.all()]
    return [post.text, post.link, post.first_comment, texts, media]
