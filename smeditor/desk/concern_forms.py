"""What an editor says about a concern: its name, who has it, into which one it goes, and why it is declined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.backends import ModelBackend
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets import AdminAutoHeightTextInput

from smeditor.models import Concern
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions import ANSWER_CONCERN
from smeditor.permissions.people import by_name
from smeditor.permissions.visibility import concerns_visible_to

OFFERED = 80
"""Concerns among which one chooses: those that were raised last."""
LABEL_SHOWN = 60
"""Characters of a concern's label in a list."""


class PersonChoice(forms.ModelChoiceField):
    """A user, by the name that the admin shows."""

    def label_from_instance(self, obj: Any) -> str:
        """The name of ``obj`` as Wagtail writes it."""
        return str(get_user_display_name(obj))


class ConcernLabelForm(forms.Form):
    """A concern's name by hand; an empty one gives it back to its readers' own words."""

    label = NormalCharFormField(
        label=_("Name of the concern"),
        help_text=_("Empty: in the readers' own words."),
        max_length=300,
        required=False,
        widget=AdminAutoHeightTextInput(attrs={"dir": "auto"}),
    )


class AssignForm(forms.Form):
    """Who has a concern: anybody who may answer one, or nobody."""

    user = PersonChoice(
        label=_("Who"),
        queryset=by_name(ModelBackend().with_perm(ANSWER_CONCERN)),
        required=False,
        empty_label=_("nobody"),
        error_messages={"invalid_choice": _("This person may not answer concerns.")},
        widget=forms.Select(attrs={"class": "sme-inline__field"}),
    )


class ConcernChoice(forms.ModelChoiceField):
    """A concern, by the beginning of its label and the number of people who raised it."""

    def label_from_instance(self, obj: Any) -> str:
        """The label of ``obj``, cut to ``LABEL_SHOWN`` characters, and its people."""
        return f"{Truncator(obj.label).chars(LABEL_SHOWN)} ({obj.people})"


class ConcernChoiceForm(forms.Form):
    """Another concern, of all that ``user`` may see and that were not merged into one; ``offered``: those of the list."""

    def __init__(self, *args: Any, user: Any, offered: Iterable[Concern] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = ConcernChoice(
            label=_("Which concern"),
            queryset=concerns_visible_to(user).filter(merged_into__isnull=True),
            error_messages={"required": _("Choose a concern first."), "invalid_choice": _("Choose a concern first.")},
            widget=forms.Select(attrs={"class": "sme-inline__field"}),
        )
        into.widget.choices = [(concern.pk, into.label_from_instance(concern)) for concern in offered]
        self.fields["into"] = into


def offered_to(user: Any, article_id: int | None, without: Concern | None) -> list[Concern]:
    """The ``OFFERED`` newest concerns that ``user`` may see, but for the one ``without``; those of the article first."""
    rows = concerns_visible_to(user).filter(merged_into__isnull=True).exclude(label="")
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    newest = list(rows.exclude(state=Concern.State.DECLINED).order_by("-last_at")[:OFFERED])
    return sorted(newest, key=lambda candidate: candidate.article_id != article_id)


class DeclineForm(forms.Form):
    """Why a concern will not be answered."""

    reason = NormalCharFormField(
        label=_("Why it will not be answered"),
        max_length=500,
        error_messages={"required": _("Say why it will not be answered, so that colleagues know.")},
    )
