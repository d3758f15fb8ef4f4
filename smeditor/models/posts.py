"""Posts: what the desk says about a story, or to a reader. ``live`` means *approved*, never *sent*."""

from __future__ import annotations

from typing import Any

import swapper
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
)
from wagtail.search import index

from smeditor.models.accounts import Account
from smeditor.models.approval import latest_revision, note_authors
from smeditor.models.fields import LONGEST_LINK, LinkField
from smeditor.models.moments import MomentField
from smeditor.models.rules import NewsClass, Rule
from smeditor.models.text_fields import NormalCharField, NormalTextField


def title_of(text: str, article_title: str) -> str:
    """Return what a post is called in a list: its first line, else its article's title; "" where it has neither."""
    return Truncator((text.strip().splitlines() or [article_title])[0]).chars(80)


LONGEST_REPLY_CONTROL = 40
"""Characters of a network's own word for who may answer."""


class PollDuration(models.IntegerChoices):
    """How long a poll runs, in minutes."""

    HOUR = 60, _("1 hour")
    SIX_HOURS = 360, _("6 hours")
    DAY = 1440, _("1 day")
    THREE_DAYS = 4320, _("3 days")
    WEEK = 10_080, _("7 days")


class Post(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    ClusterableModel,
    models.Model,
):
    """What the desk says. Deliveries carry it to accounts and are never edited through revisions."""

    class Kind(models.TextChoices):
        STORY = "story", _("about an article")
        REPLY = "reply", _("answer to a reader")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.STORY, editable=False)
    text = NormalTextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("article"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="smeditor_posts",
    )
    article_key = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    """The article's id, kept when the article is deleted."""
    article_revision = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    article_title = models.CharField(max_length=255, blank=True, editable=False)
    article_seen = models.JSONField(default=dict, blank=True, editable=False)
    """What the article was when this text was written (:func:`smeditor.articles.snapshot`); each revision keeps its own."""
    angle = NormalCharField(
        _("angle"),
        max_length=60,
        blank=True,
        help_text=_("In a word or two what this post makes of the story, for colleagues: readers do not see it."),
    )
    link = LinkField(_("link"), max_length=LONGEST_LINK, blank=True)
    with_card = models.BooleanField(_("link card"), default=True)
    content_warning = NormalCharField(_("content warning"), max_length=200, blank=True)
    first_comment = NormalTextField(
        _("first comment"), blank=True, help_text=_("Written beneath the post as soon as it is there.")
    )
    quotes = models.ForeignKey(
        "self",
        verbose_name=pgettext_lazy("what a post does", "quotes"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="quoted_in",
        help_text=_("An earlier post of ours: each account quotes what was published there."),
    )
    reply_control = models.CharField(
        _("who may answer"), max_length=LONGEST_REPLY_CONTROL, blank=True, help_text=_("Where the network lets us say.")
    )
    poll_options = NormalTextField(
        _("options of the poll"),
        blank=True,
        help_text=_("One on each line; the text is the question. Empty: no poll."),
    )
    poll_minutes = models.PositiveIntegerField(
        _("how long the poll runs"), choices=PollDuration.choices, default=PollDuration.DAY
    )
    poll_multiple = models.BooleanField(
        _("several answers"),
        default=False,
        help_text=_("Readers may choose more than one option, where the network can."),
    )
    news_class = models.CharField(_("class"), max_length=10, choices=NewsClass.choices, default=NewsClass.NEWS)
    topics = models.JSONField(_("topics"), default=list, blank=True, editable=False)
    """Section and tags of the article, lower case: what a hold on a topic is matched against."""
    accounts = ParentalManyToManyField(Account, verbose_name=_("accounts"), blank=True, related_name="posts")
    send_at = MomentField(
        _("send at"), null=True, blank=True, help_text=_("Empty: in the next free slot of each account.")
    )
    repeat_days = models.PositiveSmallIntegerField(
        _("repeat every … days"), null=True, blank=True, help_text=_("Evergreen posts only.")
    )
    repeat_times = models.PositiveSmallIntegerField(_("times in all"), default=1)

    rule = models.ForeignKey(
        Rule, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="posts"
    )
    in_reply_to = models.ForeignKey(
        "smeditor.Reaction", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="answers"
    )
    conversation = models.ForeignKey(
        "smeditor.Conversation", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="posts"
    )
    concern = models.ForeignKey(
        "smeditor.Concern", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="posts"
    )
    saved_reply = models.ForeignKey(
        "smeditor.SavedReply", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="posts"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="smeditor_post",
        for_concrete_model=False,
    )
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="smeditor_post",
        for_concrete_model=False,
    )

    search_fields = [
        index.SearchField("text"),
        index.SearchField("article_title"),
        index.AutocompleteField("text"),
        index.FilterField("live"),
        index.FilterField("kind"),
        index.FilterField("language"),
        index.FilterField("created_at"),
    ]

    # What a revision must not bring back: it belongs to the row, not to the text.
    kept_over_revisions = (
        "kind",
        "article_key",
        "rule_id",
        "in_reply_to_id",
        "conversation_id",
        "concern_id",
        "created_by_id",
    )

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # The posts of an article, and whether there is one that answers no reader: without a look at any post.
            models.Index(fields=["article_key", "kind"], name="smeditor_post_article"),
            models.Index(fields=["kind", "-created_at", "-id"], name="smeditor_post_kind"),
            # Of a class that is rare, or of which there is none: along the other one every post was read to find that out.
            models.Index(fields=["kind", "news_class", "-created_at", "-id"], name="smeditor_post_class"),
            models.Index(fields=["-created_at", "-id"], name="smeditor_post_created"),
            models.Index(fields=["-created_at", "-id"], name="smeditor_post_draft", condition=models.Q(live=False)),
        ]
        permissions = [
            ("schedule_post", _("Can give posts a slot and withdraw them")),
            ("resolve_delivery", _("Can decide on deliveries whose outcome is unknown or that are late")),
            ("hold_delivery", _("Can stop and release sending")),
        ]

    def __str__(self) -> str:
        return title_of(self.text, self.article_title) or f"#{self.pk}"

    @property
    def revisions(self) -> Any:
        """The post's revisions, as Wagtail asks for them."""
        return self._revisions

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the post, and with it the id of its article, which stays when the article is deleted."""
        if self.article_id:
            self.article_key = self.article_id
        super().save(*args, **kwargs)

    def save_revision(
        self, user: Any = None, *args: Any, previous_revision: Revision | None = None, **kwargs: Any
    ) -> Revision:
        """Save a revision, and who wrote in its text: every road by which a text changes leads through here."""
        with transaction.atomic():
            before = latest_revision(self)
            revision = super().save_revision(user, *args, previous_revision=previous_revision, **kwargs)
            note_authors(self, revision, before, user, previous_revision)
        return revision

    def publish(self, revision: Revision, user: Any = None, *args: Any, **kwargs: Any) -> None:
        """Approve ``revision``: one approval of a post at a time, and its receivers learn who approves.

        Wagtail's signal names nobody, so the revision carries the user there.
        """
        with transaction.atomic():
            type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
            revision.approved_by = user
            super().publish(revision, user, *args, **kwargs)

    def with_content_json(self, content: dict) -> Post:
        """Return a copy of the post with a revision's content, but with the row's own ``kept_over_revisions``."""
        post = super().with_content_json(content)
        for name in self.kept_over_revisions:
            setattr(post, name, getattr(self, name))
        post.created_at = self.created_at
        return post

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """Return the template of the editor's preview, whatever the mode."""
        return "smeditor/preview/post.html"


class Variant(models.Model):
    """The post for one account, where it differs from the post itself. Empty fields mean: as in the post."""

    post = ParentalKey(Post, on_delete=models.CASCADE, related_name="variants")
    account = models.ForeignKey(Account, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+")
    text = NormalTextField(_("text"), blank=True)
    link = LinkField(_("link"), max_length=LONGEST_LINK, blank=True)
    with_card = models.BooleanField(_("link card"), null=True, blank=True)
    """None: as in the post."""
    content_warning = NormalCharField(_("content warning"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    first_comment = NormalTextField(_("first comment"), blank=True)
    reply_control = models.CharField(_("who may answer"), max_length=LONGEST_REPLY_CONTROL, blank=True)
    without_media = models.BooleanField(_("without images and videos"), default=False)
    """Its own images and videos are those that name the account: :class:`smeditor.models.PostMedia`."""
    without_poll = models.BooleanField(_("without the poll"), default=False)
    send_at = MomentField(_("send at"), null=True, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [models.UniqueConstraint(fields=["post", "account"], name="smeditor_variant_once")]

    def __str__(self) -> str:
        return f"{self.account}"
