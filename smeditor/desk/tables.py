"""Columns that the desk's listings share."""

from __future__ import annotations

from django.utils.translation import gettext
from wagtail.admin.ui.tables import Column


class MomentColumn(Column):
    """A moment on the newsroom's clock: a slot lies ahead as often as behind, so "3 hours ago" would not do."""

    cell_template_name = "smeditor/admin/cells/moment.html"


class HashColumn(Column):
    """A hash or another long name that machines compare: small, and broken where it must be."""

    cell_template_name = "smeditor/admin/cells/hash.html"


class TextColumn(Column):
    """What a reader wrote, in whichever direction their writing runs."""

    cell_template_name = "smeditor/admin/cells/text.html"


def as_percent(share: float) -> str:
    """``share``, from 0 to 1, as whole percent, written as the editor's language does."""
    return gettext("%(n)d%%") % {"n": round(share * 100)}
