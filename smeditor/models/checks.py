"""What the checks of a post keep: how grave a desk takes each, whether links open, and what became of each finding."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.accounts import Account
from smeditor.models.desks import Desk
from smeditor.models.fields import LONGEST_LINK, LinkField
from smeditor.models.posts import Post


class CheckSeverity(models.TextChoices):
    """Whether a finding stops a post."""

    ERROR = "error", _("stops the post")
    WARNING = "warning", _("warns")
    INFO = "info", _("only tells")


class CheckSetting(models.Model):
    """How grave a desk takes a check. Without a desk it is said for every desk that says nothing of its own."""

    code = models.CharField(_("check"), max_length=60)
    desk = models.ForeignKey(
        Desk, verbose_name=_("desk"), null=True, blank=True, on_delete=models.CASCADE, related_name="check_settings"
    )
    severity = models.CharField(_("severity"), max_length=8, choices=CheckSeverity.choices)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("setting of a check")
        verbose_name_plural = _("settings of checks")
        ordering = ["code", "desk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "desk"], name="smeditor_check_setting_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(desk__isnull=True), name="smeditor_check_setting_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_severity_display()}"


class LinkCheck(models.Model):
    """What an address answered when the desk asked it, in the background. One row for each address, whoever links to it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not asked yet")
        OPENS = "opens", _("opens")
        REDIRECTS = "redirects", _("leads elsewhere")
        DEAD = "dead", _("does not exist any more")
        UNREACHABLE = "unreachable", _("cannot be reached")
        UNKNOWN = "unknown", _("lets no program in")

    key = models.CharField(max_length=64, unique=True)
    """SHA-256 of the address without our own token."""
    url = LinkField(_("address"), max_length=LONGEST_LINK)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    """The HTTP status of the last answer; None where none came."""
    final_url = LinkField(_("leads to"), max_length=LONGEST_LINK, blank=True)
    asked_at = models.DateTimeField()
    """When a post with this address was saved or approved last."""
    checked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When it is asked next; None while nothing is to be asked."""
    tries = models.PositiveSmallIntegerField(default=0)
    """In a row without an answer."""

    class Meta:
        verbose_name = _("check of a link")
        verbose_name_plural = _("checks of links")
        indexes = [
            models.Index(fields=["due_at"], name="smeditor_link_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["asked_at"], name="smeditor_link_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.get_state_display()}"


class CheckResult(models.Model):
    """A check spoke up about a post on an account, and what an editor did then. No text of anybody's is in it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("nothing yet")
        CHANGED = "changed", _("changed so that it is gone")
        APPROVED = "approved", _("approved all the same")
        WITHDRAWN = "withdrawn", _("withdrawn afterwards")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="check_results", db_index=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    """None where it is said of the whole post."""
    desk = models.ForeignKey(Desk, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    """The account's, as it was then."""
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=8, choices=CheckSeverity.choices)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    outcome_at = models.DateTimeField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who did what ``outcome`` says; None where nobody is known."""

    class Meta:
        verbose_name = _("result of a check")
        verbose_name_plural = _("results of checks")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["post", "outcome"], name="smeditor_check_post"),
            models.Index(fields=["at", "code"], name="smeditor_check_at"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.post_id}"
