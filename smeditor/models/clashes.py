"""Clashes: what must not run beside a breaking story, the stories it may clash with, and the holds that are proposed for it."""

from datetime import datetime

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.deliveries import Delivery
from smeditor.models.holds import Hold
from smeditor.models.posts import Post
from smeditor.models.text_fields import NormalCharField


class TopicClash(models.Model):
    """Two topics that do not go together: beside an event of the one, posts of the other wait for an editor.

    The lists hold lower case. Topics are the sections and tags of an article; words are looked for in headlines and posts.
    """

    name = NormalCharField(_("name"), max_length=100, unique=True)
    active = models.BooleanField(_("active"), default=True)
    event_topics = models.JSONField(_("topics of the event"), default=list, blank=True)
    event_terms = models.JSONField(_("words in its headline"), default=list, blank=True)
    topics = models.JSONField(_("topics that do not go with it"), default=list, blank=True)
    terms = models.JSONField(_("words that do not go with it"), default=list, blank=True)
    reason = NormalCharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("topic clash")
        verbose_name_plural = _("topic clashes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SensitiveEvent(models.Model):
    """A breaking story, for as long as what goes out beside it is looked at. Written in Wagtail's own transaction."""

    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    article_key = models.PositiveBigIntegerField(unique=True)
    """The article's id, kept when the article is deleted."""
    title = models.CharField(max_length=255, blank=True)
    headline = models.TextField(blank=True)
    """Kicker, title and standfirst: where the words of a clash are looked for."""
    topics = models.JSONField(default=list, blank=True)
    """Section and tags, in lower case."""
    tags = models.JSONField(default=list, blank=True)
    """The tags alone: what another story must share to be about the same thing."""
    noticed_at = models.DateTimeField()
    active_until = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    """When the queue was last compared with it; empty: it is to be done."""

    class Meta:
        verbose_name = _("breaking news")
        indexes = [
            models.Index(fields=["id"], name="smeditor_event_unchecked", condition=models.Q(checked_at__isnull=True)),
            models.Index(fields=["active_until"], name="smeditor_event_active"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.article_key)


class HoldProposal(models.Model):
    """A queued post that may clash with a breaking story. It goes out at its time unless an editor holds it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        HELD = "held", _("held")
        LEFT = "left", _("left as it is")

    event = models.ForeignKey(SensitiveEvent, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="hold_proposals")
    clash = models.ForeignKey(TopicClash, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    evidence = models.JSONField(default=list, blank=True)
    """The topics and words of the post for which it was proposed."""
    state = models.CharField(_("state"), max_length=5, choices=State.choices, default=State.OPEN)
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("proposed hold")
        verbose_name_plural = _("proposed holds")
        ordering = ["-proposed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["event", "post"], name="smeditor_hold_proposal_once")]
        indexes = [
            models.Index(fields=["state", "-proposed_at", "-id"], name="smeditor_proposal_open"),
            models.Index(fields=["-decided_at"], name="smeditor_proposal_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.event} / {self.post}"

    @classmethod
    def waiting(cls, rows: models.QuerySet["HoldProposal"], now: datetime) -> models.QuerySet["HoldProposal"]:
        """Those of ``rows`` on which somebody can still decide: the story is fresh, and the post has something that waits."""
        queued = Delivery.objects.filter(post=models.OuterRef("post"), state=Delivery.State.SCHEDULED)
        return rows.filter(models.Exists(queued), state=cls.State.OPEN, event__active_until__gt=now)
