"""Form fields and widgets that the desk's forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget

from smeditor.exceptions import SmeditorError
from smeditor.models.text_fields import NormalCharFormField


class SentenceField(NormalCharFormField):
    """A list of short words, typed with commas between them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Separate by commas. Empty: any."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:
        text = super().to_python(value)
        return list(dict.fromkeys(word.strip().casefold() for word in text.split(",") if word.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


class PlainDateTime(forms.DateTimeInput):
    """The browser's own field for a date and a time, on the editor's clock: it needs no script."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PlainDate(forms.DateInput):
    """The browser's own field for a day: Wagtail's picker would put a script into the page."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayRange(DateRangePickerWidget):
    """Two days, from and to, in the browser's own fields: Wagtail's picker would put a script into the page."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = [
            forms.DateInput(attrs={"type": "date", "aria-label": label}, format="%Y-%m-%d")
            for label in (_("Date from"), _("Date to"))
        ]


class Secret(forms.PasswordInput):
    """A secret: typed, never shown again."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "spellcheck": "false"}, render_value=False)


def cleaned(form: forms.Form) -> dict[str, Any]:
    """What was filled into ``form``. Raises SmeditorError with the form's own sentences when it is not valid."""
    if not form.is_valid():
        raise SmeditorError(" ".join(str(message) for messages in form.errors.values() for message in messages))
    return form.cleaned_data
