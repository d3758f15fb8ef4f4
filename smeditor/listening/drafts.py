"""What a reader deletes is gone from posts that are not out yet: the words quoted in drafts, their revisions, payloads.

What was published stays as it was published: the network holds it, and the proof of a delivery says what was approved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from wagtail.models import Revision

from smeditor.models import Delivery, Post

GRAM = 8
"""Words in a row that count as a quotation; the whole text where it is shorter, from `SHORTEST` words on."""
SHORTEST = 4
LEFT_OUT = "[…]"
EDGES = ".,;:!?…«»\"'“”‘’()[]{}"
WRITTEN = ["text", "image_alt", "content_warning"]
OUT = [Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNKNOWN]
_WORD = re.compile(r"\S+")


def without(passage: str, text: str) -> str:
    """``passage`` with every run of words that it quotes from ``text`` replaced by ``[…]``."""
    theirs = [word for part in text.casefold().split() if (word := part.strip(EDGES))]
    size = min(GRAM, len(theirs))
    if size < SHORTEST:
        return passage
    runs = {tuple(theirs[at : at + size]) for at in range(len(theirs) - size + 1)}
    ours = [(*match.span(), word) for match in _WORD.finditer(passage) if (word := match[0].casefold().strip(EDGES))]
    spans: list[tuple[int, int]] = []
    for at in range(len(ours) - size + 1):
        if tuple(word for _, _, word in ours[at : at + size]) in runs:
            start, end = ours[at][0], ours[at + size - 1][1]
            overlaps = spans and start <= spans[-1][1]
            spans[-1 if overlaps else len(spans) :] = [(spans[-1][0] if overlaps else start, end)]
    for start, end in reversed(spans):
        passage = f"{passage[:start]}{LEFT_OUT}{passage[end:]}"
    return passage


def scrub_drafts(texts: Sequence[str]) -> int:
    """Take the quotations of ``texts`` out of every post that is not published; return how many posts held any.

    A delivery whose payload changes is not what was approved any more: the last look stops it.
    """
    long_enough = [text for text in texts if len(text.split()) >= SHORTEST]
    if not long_enough:
        return 0

    def cut(passage: str) -> str:
        for text in long_enough:
            passage = without(passage, text)
        return passage

    out = Delivery.objects.filter(post=OuterRef("pk"), state__in=OUT)
    return sum(_scrub(post, cut) for post in Post.objects.filter(~Exists(out)).prefetch_related("variants"))


def _scrub(post: Post, cut: Callable[[str], str]) -> bool:
    changed = [_scrub_row(row, cut) for row in (post, *post.variants.all())]
    kind = ContentType.objects.get_for_model(Post, for_concrete_model=False)
    revisions = Revision.objects.filter(content_type=kind, object_id=str(post.pk))
    changed += [_scrub_json(row, "content", cut) for row in revisions]
    changed += [_scrub_json(row, "payload", cut) for row in post.deliveries.exclude(state__in=OUT)]
    return any(changed)


def _scrub_row(row: Any, cut: Callable[[str], str]) -> bool:
    names = [name for name in WRITTEN if hasattr(row, name)]
    new = {name: cut(getattr(row, name)) for name in names}
    changed = [name for name in names if new[name] != getattr(row, name)]
    for name in changed:
        setattr(row, name, new[name])
    if changed:
        row.save(update_fields=changed)
    return bool(changed)


def _scrub_json(row: Any, name: str, cut: Callable[[str], str]) -> bool:
    new = _everywhere(getattr(row, name), cut)
    if new == getattr(row, name):
        return False
    fields = {name: new}
    if isinstance(row, Revision):
        fields["object_str"] = cut(row.object_str)
    type(row).objects.filter(pk=row.pk).update(**fields)
    return True


def _everywhere(value: Any, cut: Callable[[str], str]) -> Any:
    """``value`` of JSON with ``cut`` applied to every string in it."""
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, Mapping):
        return {key: _everywhere(one, cut) for key, one in value.items()}
    return [_everywhere(one, cut) for one in value] if isinstance(value, list) else value
