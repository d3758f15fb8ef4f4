"""Bylines: who signs which article, so that a list can be narrowed to one's own stories in the database itself."""

from __future__ import annotations

from collections.abc import Iterable

import swapper
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Byline(models.Model):
    """One user signs one article. A row without a user says that the article was read and nobody of ours signs it."""

    article = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"), on_delete=models.CASCADE, related_name="smeditor_bylines"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="smeditor_bylines"
    )

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="smeditor_byline_once")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.user_id}"

    @classmethod
    def keep(cls, article_id: int, user_ids: Iterable[int]) -> None:
        """Let exactly ``user_ids`` sign the article ``article_id``."""
        wanted: set[int | None] = set(user_ids) or {None}
        rows = cls.objects.filter(article_id=article_id)
        known = dict(rows.values_list("user", "pk"))
        rows.filter(pk__in=[pk for user, pk in known.items() if user not in wanted]).delete()
        new = [cls(article_id=article_id, user_id=user) for user in wanted - set(known)]
        Byline.objects.bulk_create(new, ignore_conflicts=True)
