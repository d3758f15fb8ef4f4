"""Approval: who wrote a text, who approved it, and the workflow step in which they are two."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Revision, Task, TaskState

from smeditor.models.accounts import Account
from smeditor.models.desks import acts_for_desk, acts_for_desks, acts_for_every_desk

TEXT = (
    "text", "link", "with_card", "content_warning", "language", "article", "first_comment", "quotes", "reply_control",
    "poll_options", "poll_minutes", "poll_multiple",
)  # fmt: skip
VARIANT_TEXT = (
    "account", "text", "link", "with_card", "content_warning", "language", "first_comment", "reply_control",
    "without_media", "without_poll",
)  # fmt: skip
MEDIA_TEXT = ("account", "part", "image", "video", "alt", "credit", "crop", "captions")
"""What readers see of a post: who changes it has written."""
PLAN = ("accounts", "send_at", "news_class", "repeat_days", "repeat_times", "go_live_at")
VARIANT_PLAN = ("account", "send_at")
"""Where and when it goes: whoever approves has seen it, but who sets it has written nothing."""


class Authorship(models.Model):
    """A user wrote in the text that a revision of a post holds, since somebody else approved it last.

    Kept beside Wagtail's revisions, which may be purged while the text lives on in the next one.
    """

    post = models.ForeignKey("smeditor.Post", on_delete=models.CASCADE, related_name="authorships")
    revision = models.PositiveBigIntegerField()
    """The id of Wagtail's revision."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("authorship")
        verbose_name_plural = _("authorships")
        constraints = [models.UniqueConstraint(fields=["revision", "author"], name="smeditor_authorship_once")]

    def __str__(self) -> str:
        return f"{self.author_id} → {self.revision}"


class Approval(models.Model):
    """A user approved a revision of a post."""

    class Review(models.TextChoices):
        """Whether somebody else reads it afterwards. One column: of two conditions PostgreSQL cannot tell that few meet both."""

        NONE = "", _("not asked for")
        WAITING = "waiting", _("to be read")
        READ = "read", _("read")

    post = models.ForeignKey("smeditor.Post", on_delete=models.CASCADE, related_name="approvals", db_index=False)
    revision = models.PositiveBigIntegerField(null=True)
    text_hash = models.CharField(max_length=64)
    """SHA-256 of the text that was approved (see :func:`text_hash`): a revision may be overwritten afterwards."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    independent = models.BooleanField(default=False)
    """Whether the user wrote nothing of it: only then does another pair of eyes have seen it."""
    article_seen = models.JSONField(default=dict, blank=True)
    """What the article was when it was approved (:func:`smeditor.articles.snapshot`); empty where there was none."""
    at = models.DateTimeField()
    review = models.CharField(max_length=8, choices=Review.choices, blank=True, default=Review.NONE)
    """Asked for where it went out by the fast lane, before anybody else had read it."""
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["post", "text_hash"], name="smeditor_approval_text"),
            models.Index(fields=["review", "-reviewed_at", "-id"], name="smeditor_approval_review"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.revision}"


def text_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what readers would see of a revision's content."""
    return _hash(content, TEXT, VARIANT_TEXT)


def seen_hash(revision: Revision | None) -> str:
    """What a form carries to say which revision was seen: its id and a hash of its text, accounts and times.

    The id alone would not do: Wagtail's autosave overwrites a revision under the same id. Empty without a revision.
    """
    if revision is None:
        return ""
    return f"{revision.pk}-{_hash(revision.content, (*TEXT, *PLAN), (*VARIANT_TEXT, *VARIANT_PLAN))[:32]}"


def _hash(content: Mapping[str, Any], names: Iterable[str], of_variants: Iterable[str]) -> str:
    chosen = {name: content.get(name) for name in names}
    chosen["accounts"] = sorted(content.get("accounts") or []) if "accounts" in chosen else None
    variants = [{name: variant.get(name) for name in of_variants} for variant in content.get("variants") or []]
    chosen["variants"] = sorted(variants, key=lambda variant: str(variant["account"]))
    media = sorted(content.get("media") or [], key=lambda item: item.get("sort_order") or 0)
    chosen["media"] = [{name: item.get(name) for name in MEDIA_TEXT} for item in media]
    return hashlib.sha256(json.dumps(chosen, sort_keys=True, default=str).encode()).hexdigest()


def latest_revision(post: Any) -> Revision | None:
    """The newest revision of a post as the database has it now, whatever the copy in memory says."""
    return Revision.objects.filter(pk__in=type(post)._base_manager.filter(pk=post.pk).values("latest_revision")).first()


def authors_of(post: Any, revision: int | None) -> set[int]:
    """The ids of the users who wrote in the text that a revision holds; who made the post where nothing is recorded."""
    if revision:
        known = Authorship.objects.filter(post_id=post.pk, revision=revision).values_list("author_id", flat=True)
        if authors := set(known):
            return authors
    return {post.created_by_id} - {None}


def note_authors(
    post: Any, revision: Revision, before: Revision | None, user: Any, restored: Revision | None = None
) -> None:
    """Record who wrote in the text of ``revision``, which ``user`` saved after ``before``. Call it in a transaction.

    Who changes no word has written nothing. ``restored`` is the older revision that was brought back: its authors
    are authors again.
    """
    # A copy of `before` that was read before the saving: an autosave overwrites the row of the revision itself.
    text = text_hash(revision.content)
    old = text_hash(before.content) if before else ""
    authors = authors_of(post, before.pk if before else None)
    if text != old:
        if before and Approval.objects.filter(post_id=post.pk, text_hash=old, independent=True).exists():
            authors = set()
        authors |= {user.pk} if user is not None else set()
    if restored is not None:
        authors |= authors_of(post, restored.pk)
    Authorship.objects.filter(revision=revision.pk).exclude(author_id__in=authors).delete()
    Authorship.objects.bulk_create(
        [Authorship(post_id=post.pk, revision=revision.pk, author_id=key) for key in sorted(authors)],
        ignore_conflicts=True,
    )


def needs_another(account: Account, authors: Iterable[int], user_id: int | None) -> bool:
    """Whether ``account`` wants another pair of eyes on a text of ``authors`` than those of ``user_id``."""
    return account.approval == Account.Approval.FOUR_EYES and (user_id is None or user_id in set(authors))


def is_own(post: Any, user: Any) -> bool:
    """Whether ``user`` wrote in ``post`` as it was saved last and one of its accounts wants another pair of eyes."""
    revision = latest_revision(post)
    authors = authors_of(post, revision.pk if revision else None)
    accounts = revision.as_object().accounts.all() if revision else post.accounts.all()
    return user is not None and any(needs_another(account, authors, user.pk) for account in accounts)


def others_desk(post: Any, user: Any) -> bool:
    """Whether ``post``, as it was saved last, goes to an account that ``user`` does not act for."""
    if acts_for_every_desk(user):
        return False
    revision = latest_revision(post)
    accounts = {*post.accounts.all(), *(revision.as_object().accounts.all() if revision else ())}
    return any(not acts_for_desk(user, account.desk_id) for account in accounts)


def standings(posts: Sequence[Any], user: Any) -> list[tuple[bool, bool]]:
    """Return (:func:`is_own`, :func:`others_desk`) of each of ``posts`` as the database has them, in a fixed number of queries."""
    keys = [post.pk for post in posts]
    newest = type(posts[0])._base_manager.filter(pk__in=keys).values_list("pk", "latest_revision")
    revisions = Revision.objects.in_bulk({revision for _post, revision in newest if revision})
    saved = {post: revisions.get(revision) for post, revision in newest}
    writers = defaultdict(set)
    for post, revision, author in Authorship.objects.filter(revision__in=revisions).values_list(
        "post_id", "revision", "author_id"
    ):
        writers[post, revision].add(author)
    on = defaultdict(set)
    for post, account in type(posts[0]).accounts.through.objects.filter(post__in=keys).values_list("post", "account"):
        on[post].add(account)
    goes_to = {
        key: set(revision.content.get("accounts") or ()) if revision else on[key] for key, revision in saved.items()
    }
    accounts = Account.objects.in_bulk(set().union(*on.values(), *goes_to.values()))
    desks = acts_for_desks(user, (account.desk_id for account in accounts.values()))
    found = []
    for post in posts:
        revision = saved[post.pk]
        authors = (writers[post.pk, revision.pk] if revision else set()) or {post.created_by_id} - {None}
        sent_to = [accounts[key] for key in goes_to[post.pk] if key in accounts]
        own = user is not None and any(needs_another(account, authors, user.pk) for account in sent_to)
        others = any(accounts[key].desk_id not in desks for key in on[post.pk] | goes_to[post.pk] if key in accounts)
        found.append((own, others))
    return found


APPROVES = "smeditor.publish_post"
SHOWN_ON_HOME = 5
"""Posts that wait for approval on Wagtail's home page."""


class ApprovesInPairs(Task):
    """A task of posts in which nobody approves their own text for an account under the four-eyes rule, nor another desk's.

    Who may approve at all says the class that it is mixed with.
    """

    class Meta:
        abstract = True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """Return the actions that ``user`` may take on the post: none on another desk's, no approval of their own."""
        return self._allowed(super().get_actions(obj, user), is_own(obj, user), others_desk(obj, user))

    def actions_of(self, posts: Sequence[Any], user: Any) -> list[list[tuple[str, str, bool]]]:
        """Return what :meth:`get_actions` gives for each of ``posts`` as it was saved, in a fixed number of queries."""
        known = standings(posts, user)
        return [
            self._allowed(super(ApprovesInPairs, self).get_actions(post, user), own, others)
            for post, (own, others) in zip(posts, known, strict=True)
        ]

    @staticmethod
    def _allowed(actions: list[tuple[str, str, bool]], own: bool, others: bool) -> list[tuple[str, str, bool]]:
        if others:
            return []
        return [action for action in actions if action[0] != "approve"] if own else actions

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        """Return those that have waited longest, no more than Wagtail's home page shows well.

        It reads each post behind one by itself; the desk's own list has them all.
        """
        rows = super().get_task_states_user_can_moderate(user, **kwargs)
        longest = rows.order_by("started_at", "pk").values_list("pk", flat=True)[:SHOWN_ON_HOME]
        return rows.filter(pk__in=list(longest))

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Carry the action out. Raises PermissionDenied when an author would approve their own post, or somebody another desk's."""
        with transaction.atomic():
            if action_name == "approve":
                # What is approved is what is there now, not what was there when the task began.
                post = task_state.workflow_state.content_object
                type(post)._base_manager.select_for_update(of=("self",)).get(pk=post.pk)
                if others_desk(post, user) or is_own(post, user):
                    raise PermissionDenied
            super().on_action(task_state, user, action_name, **kwargs)


class FourEyesApprovalTask(ApprovesInPairs, AbstractGroupApprovalTask):
    """Members of the chosen groups approve. Nobody approves their own text for an account under the four-eyes rule."""

    class Meta:
        verbose_name = _("four-eyes approval")
        verbose_name_plural = _("four-eyes approvals")

    @classmethod
    def get_description(cls) -> str:
        """Say, where a task is chosen, what this one does."""
        return gettext("Members of the chosen groups approve; nobody approves their own post for a four-eyes account.")


class EditorsOfTheDesk(Task):
    """Whoever may approve posts at all, whatever groups they are in; which post, says the desk of its accounts."""

    class Meta:
        abstract = True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """Return Wagtail's three actions to whoever may approve posts."""
        if not user.has_perm(APPROVES):
            return []
        return [
            ("reject", gettext("Request changes"), True),
            ("approve", gettext("Approve"), False),
            ("approve", gettext("Approve with comment"), True),
        ]

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """While it waits, only those who may approve posts change it."""
        return not user.has_perm(APPROVES)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        """Return those that wait about posts of which no account is another desk's."""
        rows = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        if not user.has_perm(APPROVES):
            return rows.none()
        if acts_for_every_desk(user):
            return rows
        post = Cast(OuterRef("workflow_state__object_id"), models.BigIntegerField())
        others = Account.posts.through.objects.filter(post=post, account__desk__isnull=False)
        return rows.exclude(Exists(others.exclude(account__desk__in=user.smeditor_desks.values("pk"))))


class DeskEditorApprovalTask(ApprovesInPairs, EditorsOfTheDesk):
    """An editor of the desk whose accounts the post goes to approves. They are asked by mail, and reminded."""

    class Meta:
        verbose_name = _("approval by a desk editor")
        verbose_name_plural = _("approvals by a desk editor")

    @classmethod
    def get_description(cls) -> str:
        """Say, where a task is chosen, what this one does."""
        return gettext(
            "An editor of the desk that the accounts belong to approves, and is asked by mail; nobody approves their own post "
            "for a four-eyes account."
        )


class ApprovalReminder(models.Model):
    """Those who may approve were reminded of a post that waits, once for each time that it was submitted."""

    task_state = models.PositiveBigIntegerField(unique=True)
    """The id of Wagtail's task state."""
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder of an approval")
        verbose_name_plural = _("reminders of approvals")

    def __str__(self) -> str:
        return f"{self.task_state}"
