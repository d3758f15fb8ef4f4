"""Wagtail's own roads to the desk's models (editing, choosing, history, bulk actions, its API) ask these policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from smeditor.models import Account, Post, WordList
from smeditor.models.approval import standings
from smeditor.permissions import scope, visibility


class PostPolicy(ModelPermissionPolicy):
    """Seen as :func:`.visibility.posts_visible_to` says; acted on by those who act for all of its accounts.

    Whoever only suggests changes and withdraws their own drafts, for whatever account, until they are approved.
    """

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Post) -> bool:
        """Whether ``user`` may do ``action`` to this post: see it, or change it within their desk and their role."""
        if action == "view":
            return visibility.posts_visible_to(user).filter(pk=instance.pk).exists()
        if not self.user_has_permission(user, action):
            return False
        if visibility.only_suggests(user):
            return instance.created_by_id == user.pk and not instance.live
        return scope.acts_for_post(user, instance)

    def changeable(self, user: Any, posts: Sequence[Post]) -> set[int]:
        """The keys of those of ``posts`` that ``user`` may change as they were saved, in a fixed number of queries."""
        if not posts or not self.user_has_permission(user, "change"):
            return set()
        if visibility.only_suggests(user):
            return {post.pk for post in posts if self.user_has_permission_for_instance(user, "change", post)}
        known = zip(posts, standings(posts, user), strict=True)
        return {post.pk for post, (_own, others) in known if not others}

    def instances_user_has_any_permission_for(self, user: Any, actions: list[str]) -> QuerySet[Post]:
        """Return the posts that ``user`` may see, none where they hold none of the ``actions``."""
        rows = visibility.posts_visible_to(user)
        return rows if self.user_has_any_permission(user, actions) else rows.none()


class AccountPolicy(ModelPermissionPolicy):
    """Seen by whoever may see accounts; changed by those who act for them."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Account) -> bool:
        """Whether ``user`` may do ``action`` to this account; who may do anything to accounts sees them all."""
        if action == "view":
            return self.user_has_any_permission(user, ["view", "add", "change", "delete"])
        return self.user_has_permission(user, action) and scope.acts_for(user, instance)


class WordListPolicy(ModelPermissionPolicy):
    """Seen by whoever may see word lists; changed by those who speak for its desk, or for all where it is for all."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: WordList) -> bool:
        """Whether ``user`` may do ``action`` to this list."""
        if action == "view":
            return self.user_has_any_permission(user, ["view", "add", "change", "delete"])
        return self.user_has_permission(user, action) and scope.speaks_for_desk(user, instance.desk_id)


def register() -> None:
    """Tell Wagtail of the policies, before it makes plain ones of its own."""
    register_permission_policy(Post, PostPolicy(Post))
    register_permission_policy(Account, AccountPolicy(Account))
    register_permission_policy(WordList, WordListPolicy(WordList))
