"""Deliveries: one post to one account. The table is the queue; nothing else decides what is sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.fields import LinkField
from smeditor.models.posts import Post
from smeditor.models.rules import NewsClass


class Delivery(models.Model):
    """One act for one account: publish a post, edit it, delete it. Its payload is frozen at approval."""

    class Operation(models.TextChoices):
        PUBLISH = "publish", _("publish")
        EDIT = "edit", _("edit")
        DELETE = "delete", _("delete")

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused by the network")
        UNKNOWN = "unknown", _("outcome unknown")
        HUMAN = "human", _("needs a decision")
        LATE = "late", _("too late: needs a decision")
        STOPPED = "stopped", _("stopped")
        CANCELLED = "cancelled", _("cancelled")
        GONE = "gone", _("deleted on the network")

    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    account = models.ForeignKey(
        Account, verbose_name=_("account"), on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    operation = models.CharField(_("operation"), max_length=8, choices=Operation.choices, default=Operation.PUBLISH)
    occurrence = models.PositiveIntegerField(default=0)
    """0 for the first time; repeats of an evergreen post and later edits count up."""
    target = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="changes")
    """The delivery that an edit or a deletion changes."""

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SCHEDULED)
    state_reason = models.CharField(_("reason"), max_length=500, blank=True)
    state_changed_at = models.DateTimeField(_("since"), null=True, blank=True)
    slot = models.DateTimeField(_("slot"))
    """When it shall go out."""
    due_at = models.DateTimeField()
    """When the worker shall look at it next: the slot at first, later after a rate limit or for a read-back."""
    not_before = models.DateTimeField(null=True, blank=True)
    """The article's embargo: before this, neither payload nor media leave the house."""
    news_class = models.CharField(_("class"), max_length=10, choices=NewsClass.choices, default=NewsClass.NEWS)

    payload = models.JSONField(default=dict)
    payload_hash = models.CharField(max_length=64, blank=True)
    """SHA-256 of the canonical JSON of the payload. ``payload`` is sent only while it still hashes to this."""
    approved_hash = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    fast_lane = models.BooleanField(default=False)
    """Whether its own writer approved it by the account's fast lane."""
    authors = models.JSONField(default=list, blank=True)
    """Ids of the users who wrote in the payload's text since somebody else approved it last; frozen with it."""
    post_revision = models.PositiveBigIntegerField(null=True, blank=True)
    link_token = models.CharField(max_length=16, unique=True, null=True, blank=True)

    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    """Counts up at every claim. A worker whose fence is older than the row's may not write any more."""
    worker = models.CharField(max_length=100, blank=True)
    tries = models.PositiveIntegerField(default=0)
    read_backs = models.PositiveIntegerField(default=0)

    remote_id = models.CharField(max_length=500, blank=True)
    remote_url = LinkField(_("on the network"), max_length=500, blank=True)
    remote_cid = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    """When what comes after a sending (log, conversation, next repeat) was done; it is done again until it is."""
    created_at = models.DateTimeField(auto_now_add=True)

    polled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-slot", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "account", "operation", "occurrence"], name="smeditor_delivery_once"
            ),
        ]
        indexes = [
            # The claim looks at these few rows only, however many millions were delivered before.
            models.Index(
                fields=["due_at"],
                name="smeditor_delivery_due",
                condition=models.Q(state__in=["scheduled", "sending", "unknown"]),
            ),
            models.Index(fields=["state", "sent_at"], name="smeditor_delivery_lately"),
            models.Index(fields=["-slot", "-id"], name="smeditor_delivery_slot"),
            models.Index(fields=["state", "slot"], name="smeditor_delivery_state"),
            models.Index(fields=["account", "-sent_at"], name="smeditor_delivery_sent"),
            models.Index(
                # Without a value to compare: SQLite uses a partial index only where it needs no parameter to prove it.
                # The last of those that begin with the state: of several that look equally good SQLite takes the newest.
                fields=["state", "sent_at"],
                name="smeditor_delivery_follow",
                condition=models.Q(followed_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} → {self.account}"

    @classmethod
    def note_gone(cls, keys: Iterable[int], reason: str, now: datetime) -> int:
        """What was published is not on the network any more, by our own doing or another's. Returns how many it was.

        From then on it is read no more, and nothing is edited there.
        """
        published = cls.objects.filter(pk__in=list(keys), operation=cls.Operation.PUBLISH, state=cls.State.SENT)
        return published.update(state=cls.State.GONE, state_reason=reason[:500], state_changed_at=now)


class Part(models.Model):
    """One message of a delivery as the network will show it: a post has one, a thread several."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    identity = models.CharField(max_length=100, blank=True)
    """Minted and committed before the first call, constant over every retry."""
    prepared = models.JSONField(default=dict, blank=True)
    sent_stamp = models.DateTimeField(null=True, blank=True)
    """The time frozen into the message, so that a repeated send is byte-equal."""
    remote_id = models.CharField(max_length=500, blank=True)
    remote_url = LinkField(max_length=500, blank=True)
    remote_cid = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("part")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["delivery", "position"], name="smeditor_part_once")]
        indexes = [models.Index(fields=["remote_id"], name="smeditor_part_remote")]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.position}"


class Attempt(models.Model):
    """One try to send one part: committed before the call, completed by what was answered or read back."""

    class State(models.TextChoices):
        SENDING = "sending", _("sending")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        NOT_SENT = "not_sent", _("not sent")
        UNKNOWN = "unknown", _("unknown")
        FOUND = "found", _("found when read back")
        ABSENT = "absent", _("proved absent")
        DECIDED = "decided", _("decided by a person")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    part = models.ForeignKey(Part, null=True, blank=True, on_delete=models.SET_NULL, related_name="attempts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENDING)
    identity = models.CharField(max_length=100, blank=True)
    payload_hash = models.CharField(max_length=64, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    sentence = models.CharField(max_length=500, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    read_backs = models.JSONField(default=list, blank=True)
    """[{"at", "found", "absent", "looked_at", "note"}] in order."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="smeditor_attempt_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id}#{self.number}"
