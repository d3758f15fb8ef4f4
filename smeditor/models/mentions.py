"""Mentions between web pages: what strangers say links to our articles, and what our articles link to. The queue of both."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.fields import LinkField
from smeditor.models.reactions import Reaction


class ReceivedMention(models.Model):
    """A stranger's word that a page of theirs links to an article of ours. What it turns out to be is a reaction.

    One row for a source and a target. It goes when its reaction is erased, and when it was refused long ago.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("not verified yet")
        VERIFIED = "verified", _("links to the article")
        REFUSED = "refused", _("does not count")

    key = models.CharField(max_length=64, unique=True)
    """HMAC-SHA-256 of source and target with the newsroom's pseudonym key."""
    source = LinkField(max_length=2000)
    target = LinkField(max_length=2000)
    host = models.CharField(max_length=255)
    """Of the source: no host is asked by many at once, and none fills the queue."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    """Why it waits, or does not count."""
    received_at = models.DateTimeField()
    """When it was sent last."""
    checked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When the source is asked next; empty: not again until it is sent again."""
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    missing_since = models.DateTimeField(null=True, blank=True)
    """First of the two checks that must both miss the page or its link before what it said counts as deleted."""
    reaction = models.ForeignKey(Reaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="mentions")

    class Meta:
        verbose_name = _("received mention")
        indexes = [
            models.Index(fields=["due_at"], name="smeditor_mention_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["host", "received_at"], name="smeditor_mention_host"),
            # What is forgotten after a while.
            models.Index(fields=["received_at"], name="smeditor_mention_refused", condition=models.Q(state="refused")),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class OutgoingMention(models.Model):
    """One link of an article to another site's page, of which that page is told. One row for a source and a target.

    Written inside the transaction that publishes or withdraws the article.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be sent")
        SENT = "sent", _("sent")
        UNWANTED = "unwanted", _("the page does not want to hear of links")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("given up")
        WITHDRAWN = "withdrawn", _("withdrawn before it was sent")

    article_key = models.PositiveBigIntegerField(db_index=True)
    """The article's id, kept when the article is deleted: the page that was told must hear of that."""
    key = models.CharField(max_length=64, unique=True)
    """SHA-256 of source and target."""
    source = LinkField(max_length=2000)
    target = LinkField(max_length=2000)
    host = models.CharField(max_length=255)
    """Of the target: no host is asked by many at once."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    linked = models.BooleanField(default=True)
    """Whether the article still links there; if not, the page is told so that it may forget the link."""
    revision = models.PositiveBigIntegerField(null=True, blank=True)
    """The article's revision that it is, or was, sent for: once for each."""
    endpoint = LinkField(max_length=2000, blank=True)
    """Where it was sent to."""
    created_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("outgoing mention")
        indexes = [
            models.Index(fields=["due_at"], name="smeditor_outgoing_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
