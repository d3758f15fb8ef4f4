"""Moments that a person types: within the calendar, and with the zone named where two clocks might be meant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from smeditor import conf
from smeditor.text.params import is_usable_day


class MomentFormField(forms.DateTimeField):
    """A date and a time on the clock of whoever types it. Beyond 1900 and 2199 it is refused with a sentence."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the aware time. Raises ValidationError for a day outside of 1900 to 2199."""
        moment = super().to_python(value)
        if moment is not None and not is_usable_day(moment.date()):
            raise ValidationError(_("Choose a day between 1900 and 2199."), code="far_away")
        return moment


class MomentField(models.DateTimeField):
    """A moment; its form field says whose clock it is on where the editor's differs from the newsroom's."""

    def formfield(self, **kwargs: Any) -> Any:
        """Return the form's field, whose help text names the time zones in which the form is read."""
        help_text = kwargs.pop("help_text", self.help_text)
        return super().formfield(**{"form_class": MomentFormField, "help_text": _with_zones(help_text), **kwargs})


def zone_note() -> str:
    """In which zone times are typed, and the newsroom's; empty where both are one, as they nearly always are."""
    here, newsroom_zone = timezone.get_current_timezone_name(), str(conf.zone())
    if here == newsroom_zone:
        return ""
    return _("Times are on your clock (%(here)s); the newsroom's is %(newsroom)s.") % {
        "here": here,
        "newsroom": newsroom_zone,
    }


def _with_note(text: Any) -> str:
    return " ".join(part for part in (str(text), zone_note()) if part)


# When the field is made nobody is logged in: whose clock it is, is known when the form is shown.
_with_zones = lazy(_with_note, str)
