"""What differs between the post that was approved last and the one that is to be approved now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.compare import diff_text
from wagtail.models import Revision

from smeditor.models import Approval, Post
from smeditor.models.approval import TEXT, latest_revision, text_hash

FIELDS = (*(name for name in TEXT if name != "text"), "accounts", "send_at")
"""What else of a post is compared, beside its text."""
RELATED: dict[str, StrOrPromise] = {"media": _("images and videos"), "variants": _("Where it differs")}
LONGEST = 20_000
"""Characters of a text that are compared letter by letter."""


@dataclass(frozen=True)
class Difference:
    """What changed since an approval: the text with what was added and taken out, and the other fields by name."""

    text: SafeString | None
    fields: list[StrOrPromise]
    approved: int
    current: int
    """The ids of both revisions, for Wagtail's own comparison."""


def since_approval(post: Post) -> Difference | None:
    """What changed in ``post`` since it was approved last; None where it never was, or nothing did."""
    approval = Approval.objects.filter(post_id=post.pk, revision__isnull=False).first() if post.pk else None
    old = Revision.objects.filter(pk=approval.revision).first() if approval else None
    new = latest_revision(post) if old else None
    if approval is None or old is None or new is None or old.pk == new.pk:
        return None
    if text_hash(old.content) != approval.text_hash:
        return None  # an autosave has overwritten it since: what was approved is not there to be compared any more
    before, after = old.content, new.content
    labels = {column.name: column.verbose_name for column in (*Post._meta.fields, *Post._meta.many_to_many)}
    names = {key: labels[key] for key in FIELDS} | RELATED
    fields = [name for key, name in names.items() if _plain(before.get(key)) != _plain(after.get(key))]
    texts = [str(content.get("text") or "")[:LONGEST] for content in (before, after)]
    text = diff_text(*texts).to_html() if texts[0] != texts[1] else None
    return Difference(text, fields, old.pk, new.pk) if text or fields else None


def _plain(value: Any) -> Any:
    """``value`` in a form that is the same whenever an editor would say so."""
    if isinstance(value, list):
        rows = [{k: v for k, v in row.items() if k != "pk"} if isinstance(row, dict) else row for row in value]
        return sorted(map(str, rows))
    return value or None
