"""Text that a person gives: it comes in, is compared and is stored in its one normal form, and no longer than agreed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from smeditor.text import LONGEST_TEXT


class NormalCharFormField(forms.CharField):
    """A form's text in normal form (:func:`smeditor.text.normal.normalise_text`). What is too long is refused, never cut.

    ``max_length``: characters, 20,000 where nothing is said.
    """

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        self.most = max_length or LONGEST_TEXT
        super().__init__(max_length=self.most, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the text in normal form."""
        # A NUL comes from no keyboard: it stays, so that Django's own validator refuses it.
        if value not in self.empty_values and "\x00" not in (value := str(value)):
            from smeditor.text.normal import normalise_whole

            # Beyond any limit of ours the text is refused anyway: it is not worth the time of a whole normalisation.
            value = normalise_whole(value[: 4 * self.most + 1])
        return super().to_python(value)


class _Normal(models.Field):
    """What both model fields do: the stored value and the value that is looked for are in normal form."""

    one_line = False

    def get_prep_value(self, value: Any) -> Any:
        return self._normal(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self._normal(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": NormalCharFormField, **kwargs})

    def _normal(self, value: Any) -> Any:
        if not isinstance(value, str) or not value:
            return value
        from smeditor.text.normal import normalise_text

        normal = normalise_text(value, self.max_length or LONGEST_TEXT)
        return " ".join(normal.split("\n")) if self.one_line else normal


class NormalTextField(_Normal, models.TextField):
    """Text of several lines; 20,000 characters where no ``max_length`` is given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(*args, **kwargs)


class NormalCharField(_Normal, models.CharField):
    """Text of one line: a line end becomes a space."""

    one_line = True
