"""One scrub: what is left of a reader's words and names outside their own reaction, in every table that can hold some.

The places are named once, in :func:`places`; a new field that people write into belongs there, and a test that dumps the whole
database fails without it. What was published stays as it was published: the network holds it, and the proof of a delivery
says what was approved. What other readers wrote themselves is theirs, even where it says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from modelsearch.index import insert_or_update_object
from wagtail.models import ModelLogEntry, PageLogEntry, Revision, TaskState

from smeditor.articles import article_adapter
from smeditor.listening.traces import Gram, Sources, Traces, cut_everywhere, grams
from smeditor.models import (
    Attempt,
    Concern,
    ConcernEdit,
    ConcernMatch,
    ConcernMember,
    CorrectionRequest,
    Delivery,
    Hold,
    Post,
    PostMedia,
    Reaction,
    ReactionText,
    SavedReply,
    Variant,
)

OUT = [Delivery.State.SENDING, Delivery.State.SENT, Delivery.State.UNKNOWN]
ON_A_NETWORK = {"reply", "mention", "quote"}
"""Kinds whose address and profile are the reader's own; a page's address may be anybody's, ours included."""
WRITTEN = ("text", "content_warning", "first_comment")
"""Of a post, and of what differs for an account."""
ON_MEDIA = ("alt", "credit")
_ADAPTER_ERRORS = Exception  # a host's adapter may raise anything


@dataclass(frozen=True, slots=True)
class Place:
    """Rows that can hold words, and the fields in which they do."""

    rows: QuerySet[Any]
    fields: tuple[str, ...]


def places() -> Iterator[Place]:
    """Every place but posts (``_scrub_posts``) and labels (``scrub_concerns``), in which people or logs may quote a reader."""
    yield Place(Concern.objects.all(), ("answer", "evidence"))
    yield Place(ConcernEdit.objects.all(), ("before", "reason"))
    yield Place(CorrectionRequest.objects.all(), ("reason", "erratum"))
    yield Place(CorrectionRequest.objects.filter(reaction=None), ("claim", "passage"))
    yield Place(Hold.objects.all(), ("reason",))
    yield Place(SavedReply.objects.all(), ("title", "text"))
    yield Place(Delivery.objects.exclude(state__in=OUT), ("state_reason",))
    yield Place(Attempt.objects.exclude(delivery__state__in=OUT), ("sentence", "answer", "read_backs"))
    yield Place(Reaction.objects.exclude(queue_reason=""), ("queue_reason",))
    yield Place(ModelLogEntry.objects.all(), ("label", "data"))
    yield Place(PageLogEntry.objects.all(), ("data",))
    yield Place(TaskState.objects.exclude(comment=""), ("comment",))
    for name in ("Comment", "CommentReply"):
        yield Place(apps.get_model("wagtailcore", name).objects.all(), ("text",))


def traces_of(rows: Sequence[Reaction]) -> Traces:
    """What the given reactions, all of them about to go, may have left elsewhere.

    A handle is looked for everywhere only when nothing else of its reader is left, but always in the answers to them.
    """
    traces = Traces()
    texts = ReactionText.objects.filter(reaction__in=rows).select_related("reaction__article")
    leaving = _leaving(rows)
    ours = lru_cache(maxsize=256)(_our_grams)
    for text in texts:
        reaction = text.reaction
        taken_over = ours(reaction.article) if reaction.article else frozenset()
        traces.add_text(text.text, taken_over)
        if text.masked:
            traces.add_text(text.masked, taken_over)
        if text.contact:
            traces.add_literal(text.contact)
        own = reaction.kind in ON_A_NETWORK or (reaction.kind == "comment" and reaction.account_id is not None)
        if own and reaction.url:
            traces.add_literal(reaction.url)
        if reaction.reader_id in leaving:
            if "@" in text.author_handle.lstrip("@") or "." in text.author_handle:
                traces.add_literal(text.author_handle)
            if own and text.author_url:
                traces.add_literal(text.author_url)
    return traces


def _leaving(rows: Sequence[Reaction]) -> set[int | None]:
    """The readers of whom no words are left once those of ``rows`` are gone."""
    readers = {row.reader_id for row in rows}
    staying = ReactionText.objects.filter(reaction__reader__in=readers - {None}).exclude(reaction__in=rows)
    return readers - set(staying.values_list("reaction__reader", flat=True))


def _our_grams(article: Any) -> frozenset[Gram]:
    """The runs of eight words of an article: who shares its title has not made it theirs."""
    try:
        facts = article_adapter().facts(article.specific)
    except _ADAPTER_ERRORS:
        return frozenset(grams(article.title))
    parts = (facts.title, facts.kicker, facts.standfirst, *facts.paragraphs)
    whole = f"{facts.title} {facts.standfirst}"
    return frozenset(gram for part in (*parts, whole) for gram in grams(part))


def scrub(traces: Traces) -> int:
    """Cut ``traces`` out of every place; return how many rows held any."""
    if not traces:
        return 0
    changed = sum(_scrub_rows(place, traces) for place in places())
    return changed + _scrub_posts(traces)


def _holding(rows: QuerySet[Any], fields: Iterable[str], traces: Traces) -> QuerySet[Any]:
    """Those of ``rows`` that may hold a trace: by a few letters of each, so that a long table is not read whole."""
    if traces.probes is None:
        return rows
    wanted, casts = Q(), {}
    for name in fields:
        if isinstance(rows.model._meta.get_field(name), JSONField):
            casts[f"{name}_as_text"] = Cast(name, TextField())
            name = f"{name}_as_text"
        for probe in sorted(traces.probes):
            wanted |= Q(**{f"{name}__icontains": probe})
    return rows.alias(**casts).filter(wanted)


def _scrub_rows(place: Place, traces: Traces) -> int:
    changed = 0
    for row in _holding(place.rows, place.fields, traces).only("pk", *place.fields).iterator(chunk_size=500):
        old = {name: getattr(row, name) for name in place.fields}
        new = {name: cut_everywhere(value, traces) for name, value in old.items()}
        if new != old:
            type(row)._base_manager.filter(pk=row.pk).update(**new)
            changed += 1
    return changed


# posts


def _unpublished() -> QuerySet[Post]:
    return Post.objects.filter(~Exists(Delivery.objects.filter(post=OuterRef("pk"), state__in=OUT)))


def _scrub_posts(traces: Traces) -> int:
    """Cut ``traces`` out of the posts that are not out: row, variants, revisions, payloads, search.

    A delivery whose payload changes is not what was approved any more: the last check stops it.
    """
    posts = _unpublished()
    ids = set(_holding(posts, WRITTEN, traces).values_list("pk", flat=True))
    for rows, fields in ((Variant.objects, WRITTEN), (PostMedia.objects, ON_MEDIA)):
        ids |= set(_holding(rows.filter(post__in=posts), fields, traces).values_list("post_id", flat=True))
    revisions = Revision.objects.filter(content_type=_post_type())
    held = _holding(revisions, ("content", "object_str"), traces).values_list("object_id", flat=True)
    ids |= set(posts.filter(pk__in=[int(key) for key in held]).values_list("pk", flat=True))
    waiting = Delivery.objects.filter(post__in=posts)
    ids |= set(_holding(waiting, ("payload",), traces).values_list("post_id", flat=True))
    return sum(_scrub_post(post, traces) for post in Post.objects.filter(pk__in=ids))


def _post_type() -> ContentType:
    return ContentType.objects.get_for_model(Post, for_concrete_model=False)


def _scrub_post(post: Post, traces: Traces) -> bool:
    """Cut ``traces`` out of all that is kept of one post that is not out; return whether there were any."""
    revisions = Revision.objects.filter(content_type=_post_type(), object_id=str(post.pk))
    logs = ModelLogEntry.objects.filter(content_type=_post_type(), object_id=str(post.pk))
    changed = [
        _scrub_rows(Place(rows, fields), traces)
        for rows, fields in (
            (Post.objects.filter(pk=post.pk), WRITTEN),
            (Variant.objects.filter(post=post), WRITTEN),
            (PostMedia.objects.filter(post=post), ON_MEDIA),
            (revisions, ("content", "object_str")),
            (Delivery.objects.filter(post=post).exclude(state__in=OUT), ("payload",)),
            (logs, ("label", "data")),
        )
    ]
    if changed[0]:
        insert_or_update_object(Post.objects.get(pk=post.pk))
    return any(changed)


def scrub_answers(rows: Sequence[Reaction]) -> int:
    """Take handles and names out of the answers to ``rows`` that are not out, however they are addressed."""
    changed = 0
    answers = _unpublished().filter(in_reply_to__in=rows)
    for post in answers.select_related("in_reply_to__content"):
        text = getattr(post.in_reply_to, "content", None)
        if text is None:
            continue
        traces = Traces()
        handle = text.author_handle.lstrip("@")
        for literal in (handle, f"@{handle.partition('@')[0]}", text.author_name, text.author_url):
            traces.add_literal(literal)
        traces.probes = None
        changed += bool(traces) and _scrub_post(post, traces)
    return changed


# concerns


def scrub_concerns(texts: Mapping[int, str]) -> None:
    """Take what quotes these texts (by reaction id) out of the labels of concerns, merged ones included.

    An empty label asks to be made anew from the words that are left, an editor's too.
    """
    ids = _touched_concerns(texts)
    sources = Sources(texts.values())
    for concern in Concern.objects.filter(pk__in=ids):
        if sources.gave(concern.label):
            concern.label, concern.label_by_editor = "", False
        concern.evidence = {}  # terms, of which nobody can say from whose words they come: they are counted anew
        concern.save(update_fields=["label", "label_by_editor", "evidence"])
    for match in ConcernMatch.objects.filter(Q(first__in=ids) | Q(second__in=ids)):
        kept = [term for term in match.evidence if not sources.hold(term.removeprefix("url:"))]
        if kept != match.evidence:
            ConcernMatch.objects.filter(pk=match.pk).update(evidence=kept)
    for edit in ConcernEdit.objects.filter(Q(concern__in=ids) | Q(other__in=ids)):
        label = edit.before.get("label", "")
        if sources.gave(label):
            edit.before = {**edit.before, "label": "", "label_by_editor": False}
            edit.save(update_fields=["before"])


def _touched_concerns(texts: Mapping[int, str]) -> set[int]:
    """The concerns in which these reactions are or were, with those that were merged into them or split off."""
    ids = set(ConcernMember.objects.filter(reaction__in=texts).values_list("concern", flat=True))
    while True:
        near = Q(merged_into__in=ids) | Q(merged__in=ids) | Q(edits__other__in=ids)
        more = set(Concern.objects.filter(near).values_list("pk", flat=True))
        edits = ConcernEdit.objects.filter(concern__in=ids, other__isnull=False)
        more |= set(edits.values_list("other", flat=True))
        if more <= ids:
            return ids
        ids |= more
