"""Choices of a post's form that are not the model's: which message of a thread, a card or not, who may answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from smeditor import conf
from smeditor.exceptions import ConfigurationError
from smeditor.models.accounts import network_choices
from smeditor.models.post_media import MOST_PARTS
from smeditor.networks.registry import capabilities


class PartSelect(forms.Select):
    """The message of a thread that an image or video goes with: counted from 0, named from 1."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = CallableChoiceIterator(_parts)


class CardSelect(forms.NullBooleanSelect):
    """Link card: as in the post, yes, or no."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", _("as in the post")), ("true", _("yes")), ("false", _("no"))]


class ReplyControlSelect(forms.Select):
    """Who may answer, in the words that the networks declare; empty leaves it to them."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = CallableChoiceIterator(reply_controls)


def _parts() -> list[tuple[int, str]]:
    return [(part, gettext("part %(number)d") % {"number": part + 1}) for part in range(MOST_PARTS)]


def reply_controls() -> list[tuple[str, str]]:
    """The choices of all networks: the word that is stored, and what an editor reads with the network's name."""
    choices = [("", pgettext("who may answer", "as the network has it"))]
    added = conf.get("NETWORKS")
    for slug, label in network_choices():
        try:
            declared = capabilities(slug, added).reply_controls
        except ConfigurationError:
            continue
        choices += [(control.value, f"{label}: {control.label}") for control in declared]
    return choices
