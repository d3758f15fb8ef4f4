"""Desks, the teams that share accounts; and roles, what a person does at any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class Desk(models.Model):
    """A section's or a language's team: who works there, and where its mail goes. Its accounts name it as theirs."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("members"), blank=True, related_name="smeditor_desks"
    )

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["name"]
        permissions = [("act_for_all_desks", _("Can act for the accounts of every desk"))]

    def __str__(self) -> str:
        return self.name


def acts_for_every_desk(user: Any) -> bool:
    """Whether there is no desk that ``user`` does not act for; nobody (``None``) acts for none."""
    return user is not None and user.has_perm("smeditor.act_for_all_desks")


def acts_for_desk(user: Any, desk_id: int | None) -> bool:
    """Whether ``user`` acts for a desk; ``None`` stands for what belongs to no desk, and so to everybody."""
    if desk_id is None or acts_for_every_desk(user):
        return True
    return Desk.objects.filter(pk=desk_id, members=user.pk).exists()


def acts_for_desks(user: Any, desk_ids: Iterable[int | None]) -> set[int | None]:
    """Those of ``desk_ids`` that ``user`` acts for, in one query; see :func:`acts_for_desk`."""
    asked = set(desk_ids)
    if asked <= {None} or acts_for_every_desk(user):
        return asked
    return asked & {None, *Desk.objects.filter(members=user.pk).values_list("pk", flat=True)}


class Role(models.TextChoices):
    """What a person does at the desk. Each role is one group of the desk's own, with the permissions it needs."""

    CONTRIBUTOR = "contributor", _("contributor")
    JOURNALIST = "journalist", _("journalist")
    MODERATOR = "moderator", _("moderator")
    SOCIAL_EDITOR = "social_editor", _("social editor")
    DESK_EDITOR = "desk_editor", _("desk editor")
    CHIEF = "chief", _("chief")


class RoleGroup(models.Model):
    """Marks the group that the desk made for a role, so that it is found again whatever it is called by then."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, unique=True)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="smeditor_role")

    class Meta:
        verbose_name = _("group of a role")
        verbose_name_plural = _("groups of roles")

    def __str__(self) -> str:
        return self.get_role_display()
