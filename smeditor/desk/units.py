"""The networks' units of length, as an editor calls them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

UNITS = {
    "grapheme": _("characters"),
    "character": _("characters"),
    "weighted": _("weighted characters"),
    "utf16": _("UTF-16 units"),
}


def unit_label(unit: str) -> str:
    """The unit in words; one that nobody has named yet stays as its network calls it."""
    return str(UNITS.get(unit, unit))
