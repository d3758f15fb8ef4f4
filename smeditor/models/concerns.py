"""Concerns: what several people raise, across articles and networks."""

from __future__ import annotations

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.fields import LONGEST_LINK, LinkField
from smeditor.models.reactions import Reaction
from smeditor.models.text_fields import NormalCharField, NormalTextField


class Concern(models.Model):
    """Something that several people raise. Its id is permanent; a merged concern points to the one it went into."""

    class State(models.TextChoices):
        FORMING = "forming", _("forming")
        OPEN = "open", _("open")
        ASSIGNED = "assigned", _("assigned")
        ANSWERED = "answered", _("answered")
        DECLINED = "declined", _("declined")

    class Grain(models.IntegerChoices):
        BROAD = -1, _("broad")
        USUAL = 0, _("as usual")
        TIGHT = 1, _("tight")

    label = NormalCharField(_("what readers ask"), max_length=300, blank=True)
    label_by_editor = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=12, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.FORMING)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged", db_index=False
    )
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        verbose_name=_("article"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="smeditor_concerns",
    )
    grain = models.SmallIntegerField(_("how alike its reactions are"), choices=Grain.choices, default=Grain.USUAL)
    people = models.PositiveIntegerField(_("people"), default=0)
    size = models.PositiveIntegerField(_("reactions"), default=0)
    articles = models.PositiveIntegerField(_("articles"), default=0)
    networks = models.PositiveIntegerField(_("networks"), default=0)
    """On how many it is raised; stored, for a list that counted them would read every member of what it shows."""
    first_at = models.DateTimeField(_("first raised"), null=True, blank=True)
    last_at = models.DateTimeField(_("last raised"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="smeditor_concerns",
    )
    answer = NormalTextField(_("answer"), blank=True)
    answer_url = LinkField(_("link to the answer"), max_length=LONGEST_LINK, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    certainty = models.FloatField(null=True, blank=True, editable=False)
    """How likely two of its reactions raise the same, on average; None: nobody has compared them yet."""
    is_sure = models.BooleanField(null=True, editable=False)
    """Whether that is enough to show it; what is not becomes questions. None: not compared yet."""
    evidence = models.JSONField(default=dict, blank=True)
    """The words that hold it together: {"terms": [...], "version": …}."""

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ["-people", "-last_at"]
        indexes = [
            models.Index(fields=["state", "-people"], name="smeditor_concern_state"),
            models.Index(fields=["-people", "-last_at"], name="smeditor_concern_people"),
            models.Index(fields=["label"], name="smeditor_concern_label"),
            # Of those alone that were merged: SQLite takes an index in which NULL is a value for the narrowest of all.
            models.Index(
                fields=["merged_into"],
                name="smeditor_concern_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
            # Those that were raised last: into which another one goes.
            models.Index(
                fields=["-last_at"], name="smeditor_concern_last", condition=models.Q(merged_into__isnull=True)
            ),
        ]
        permissions = [("answer_concern", _("Can answer, merge and split concerns"))]

    def __str__(self) -> str:
        return self.label or f"#{self.pk}"


class ConcernMember(models.Model):
    """One reaction in one concern, how it got there, and whether those who raised it have been told."""

    class By(models.TextChoices):
        MACHINE = "machine", _("found alike")
        EDITOR = "editor", _("an editor")

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="members", db_index=False)
    reaction = models.OneToOneField(Reaction, on_delete=models.CASCADE, related_name="concern_member")
    by = models.CharField(max_length=10, choices=By.choices, default=By.MACHINE)
    similarity = models.FloatField(default=0)
    evidence = models.JSONField(default=list, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member of a concern")
        ordering = ["at", "pk"]
        # Of a large concern those are shown that are most like the others.
        indexes = [models.Index(fields=["concern", "-similarity", "reaction"], name="smeditor_member_central")]

    def __str__(self) -> str:
        return f"{self.concern_id}/{self.reaction_id}"


class ConcernEdit(models.Model):
    """What an editor did to concerns, with what it takes to undo it."""

    class Operation(models.TextChoices):
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")
        MOVE = "move", _("moved")
        DECLINE = "decline", _("declined")
        REOPEN = "reopen", _("reopened")
        TOGETHER = "together", _("kept together")
        APART = "apart", _("kept apart")
        TIGHTEN = "tighten", _("made tighter")
        BROADEN = "broaden", _("made broader")

    operation = models.CharField(_("operation"), max_length=8, choices=Operation.choices)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="edits")
    other = models.ForeignKey(Concern, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict, blank=True)
    """{reaction id: id of the concern it was in before}."""
    before = models.JSONField(default=dict, blank=True)
    """Fields of ``concern`` as they were: {"state", "label_by_editor"}, and "label" where an editor had set it; or {"grain"}."""
    article_before = models.SmallIntegerField(choices=Concern.Grain.choices, null=True, blank=True)
    """The grain of the concern's article before, where it was set too."""
    part_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts")
    """The one that made a concern tighter or broader; taking that back takes back its splits and merges."""
    reason = NormalCharField(_("reason"), max_length=500, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("edit of a concern")
        verbose_name_plural = _("edits of concerns")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_operation_display()}: {self.concern}"


class ArticleGrain(models.Model):
    """How alike reactions under one article are to be that join a concern, where an editor wants it other than usual."""

    article = models.OneToOneField(
        swapper.get_model_name("wagtailcore", "Page"), on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    grain = models.SmallIntegerField(choices=Concern.Grain.choices)

    class Meta:
        verbose_name = _("grain of an article's concerns")

    def __str__(self) -> str:
        return f"{self.article_id}: {self.get_grain_display()}"


class ConcernLink(models.Model):
    """An editor's word that two reactions belong together, or do not; replayed on every rebuild."""

    class Kind(models.TextChoices):
        MUST = "must", _("belong together")
        CANNOT = "cannot", _("do not belong together")

    first = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    edit = models.ForeignKey(ConcernEdit, null=True, on_delete=models.CASCADE, related_name="links")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link between reactions")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.first_id} {self.kind} {self.second_id}"


class ConcernMatch(models.Model):
    """Two concerns of different languages that may be the same one. An editor accepts or rejects, and is not asked again."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    first = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="+")
    evidence = models.JSONField(default=list, blank=True)
    """The names, numbers and links that both have."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("proposal across languages")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="smeditor_match_once")]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"
