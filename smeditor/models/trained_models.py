"""What was learned from editors: one small model for each label, in shadow until an editor promotes it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.reactions import Label, Reaction


class TrainedModel(models.Model):
    """The model of one label, with what it was measured at. It is made of readers' words, and goes where they go."""

    class State(models.TextChoices):
        SHADOW = "shadow", _("in shadow")
        PROMOTED = "promoted", _("promoted")

    label = models.CharField(_("label"), max_length=20, choices=Label.choices, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SHADOW)
    weights = models.TextField(blank=True, editable=False)
    """The model as JSON; "" before the first training, and from the moment in which a reader took words back that it
    had learned from until it is rebuilt without them: it says nothing meanwhile."""
    labels = models.PositiveIntegerField(_("labels"), default=0)
    positives = models.PositiveIntegerField(_("of them positive"), default=0)
    model_ap = models.FloatField(default=0)
    rules_ap = models.FloatField(default=0)
    """Average precision of the model and of the rules on the newest fifth of the labels, from 0 to 1."""
    precision = models.FloatField(_("precision"), default=0)
    recall = models.FloatField(_("recall"), default=0)
    missing = models.JSONField(default=list, blank=True)
    """The conditions of promotion that are not met: "labels", "positives", "better"."""
    pending_labels = models.PositiveIntegerField(default=0)
    """Labels that editors set since it was trained."""
    asked = models.BooleanField(default=False)
    """To be rebuilt at the worker's next look."""
    trained_at = models.DateTimeField(_("rebuilt"), null=True, blank=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    promoted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("learned model")
        verbose_name_plural = _("learned models")
        ordering = ["label"]
        permissions = [
            ("promote_trainedmodel", _("Can promote trained models and apply new rules to what is labelled"))
        ]

    def __str__(self) -> str:
        return self.get_label_display()


class Rerun(models.Model):
    """One version of the rules carried over to what was labelled before it, with what takes that back."""

    version = models.CharField(_("rules"), max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    """The moment that all that it changed carries as ``triaged_at``."""
    read = models.PositiveIntegerField(_("reactions read"), default=0)
    changed = models.PositiveIntegerField(_("reactions changed"), default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("re-run of the rules")
        verbose_name_plural = _("re-runs of the rules")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.version


class RerunChange(models.Model):
    """What one reaction carried before a replay: labels and places, never a word."""

    rerun = models.ForeignKey(Rerun, on_delete=models.CASCADE, related_name="changes")
    reaction = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="+")
    labels = models.JSONField(default=list, blank=True)
    """[{"label", "present", "by", "score", "evidence"}]: the labels that the machine had set."""
    before = models.JSONField(default=dict, blank=True)
    """{"triage_version", "queue", "queue_reason", "mask", "moved_to"}; ``mask``: [[start, end]] of the hidden
    words; ``moved_to``: the queue that the re-run chose."""

    class Meta:
        verbose_name = _("change by a re-run")

    def __str__(self) -> str:
        return f"{self.rerun_id}/{self.reaction_id}"
