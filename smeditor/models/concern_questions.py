"""What editors are asked about concerns: two reactions, and whether they raise the same."""

from __future__ import annotations

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from smeditor.models.concerns import ConcernEdit
from smeditor.models.reactions import Reaction


class ConcernQuestion(models.Model):
    """Two reactions under one article, how likely they raise the same concern, and what an editor said.

    It goes with either reaction, and with its words: ``evidence`` is made of them. What an editor said outlives it as a
    :class:`.ConcernLink`.
    """

    class Answer(models.TextChoices):
        SAME = "same", _("the same")
        DIFFERENT = "different", _("not the same")
        SKIPPED = "skipped", _("skipped")

    first = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Reaction, on_delete=models.CASCADE, related_name="+")
    """The later one of the two."""
    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    probability = models.FloatField()
    worth = models.FloatField()
    """What an answer would teach, in log-odds: the highest is asked first."""
    kind = models.CharField(max_length=20)
    """By which weights it was judged: with the vectors of the shipped encoder, with another one's, or by words."""
    evidence = models.JSONField(default=list)
    """The values that the probability was made of, in the order of their weights."""
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    edit = models.ForeignKey(ConcernEdit, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions")
    """What the answer did to concerns; undone, the question is open again."""
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("question about concerns")
        verbose_name_plural = _("questions about concerns")
        ordering = ["-worth", "pk"]
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="smeditor_question_once")]
        indexes = [
            # The open ones: all of them, the best first, and those of one article.
            models.Index(fields=["-worth", "id"], name="smeditor_question_open", condition=models.Q(answer="")),
            models.Index(fields=["article", "answer"], name="smeditor_question_article"),
            # What the weights learn from.
            models.Index(fields=["kind", "answer", "-answered_at"], name="smeditor_question_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"
