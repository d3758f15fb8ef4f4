"""Languages by their names: to choose one in a form, where the code is what is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext

from smeditor.templatetags.smeditor_desk import language_name


class LanguageSelect(forms.Select):
    """Every language that Django can name, in the order of its name; a kept code that is none of them stays a choice."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = CallableChoiceIterator(choices)

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """Wagtail's and Django's own, with the code that is kept among them: saving a form must not lose it."""
        known = {code for code, _label in self.choices}
        added = [(code, language_name(code)) for code in value if code and code not in known]
        shown = LanguageSelect(self.attrs)
        shown.choices = [*self.choices, *added]
        return super(LanguageSelect, shown).optgroups(name, value, attrs)


def choices() -> list[tuple[str, str]]:
    """The codes of languages with their names in that of the page, by name; first the choice of none."""
    named = [(code, language_name(code)) for code, known in LANG_INFO.items() if "name" in known]
    return [("", gettext("not chosen")), *sorted(named, key=lambda choice: choice[1].casefold())]
