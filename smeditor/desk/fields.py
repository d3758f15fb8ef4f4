"""Form fields and widgets that the desk's forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminAutoHeightTextInput

from smeditor.exceptions import SmeditorError
from smeditor.models.text_fields import NormalCharFormField, NormalTextField

# Wagtail gives its growing text field to Django's own class alone, lest rich text got it.
register_form_field_override(NormalTextField, override={"widget": AdminAutoHeightTextInput})


class SentenceField(NormalCharFormField):
    """A list of short words, typed with commas between them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Separate by commas. Empty: any."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The words as the field shows them, with commas between them."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """The words that were typed, folded to lower case, each once. Raises ValidationError as any text field does."""
        return self._terms(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words were typed than ``initial`` has, whatever their spaces and capitals."""
        return list(initial or []) != self._terms(self.to_python(data))

    def _terms(self, text: str | None) -> list[str]:
        terms = (term.strip().casefold() for term in (text or "").split(","))
        return list(dict.fromkeys(term for term in terms if term))


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
