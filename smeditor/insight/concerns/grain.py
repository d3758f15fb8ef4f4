"""How broad an editor wants a concern: cut into its tighter parts, or together with the nearest of its subject.

Both are shown before they are done, consist of splits and merges that are kept and undone like any other, and are
remembered: the concern's ``grain`` says how near a later text must stand to join it, and that second thoughts leave it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from smeditor.exceptions import Refused
from smeditor.insight.clustering.background import common_terms
from smeditor.insight.clustering.communities import communities, symmetric
from smeditor.insight.clustering.neighbours import Window
from smeditor.insight.clustering.reclustering import least_similarity, resolution
from smeditor.insight.clustering.tokens import base_language, terms
from smeditor.insight.concerns import editing
from smeditor.models import Concern, ConcernEdit, ConcernLink, ConcernMember, Reaction
from smeditor.text.addressing import without_addressees

Grain, Operation = Concern.Grain, ConcernEdit.Operation
DONE: dict[str, tuple[int, str]] = {
    Operation.TIGHTEN: (Grain.TIGHT, "smeditor.concern_tightened"),
    Operation.BROADEN: (Grain.BROAD, "smeditor.concern_broadened"),
}
"""What each makes of a concern's grain, and what the log calls it."""
READ = 600
"""Newest reactions of a concern that are read for its parts: a tenth of a second, however many there are."""
STRICTER = 0.5
"""Threshold at which a concern's own reactions are grouped anew: what is left of it is said in nearly the same words."""
NEAR = 0.2
"""Similarity of two concerns' terms from which one is proposed for the other."""
COMPARED, PROPOSED = 500, 8
"""Concerns of the same subject that are compared, those that were raised last; and the parts or concerns proposed."""


class Near(NamedTuple):
    """A concern that a broader one would take in, and how near their words are."""

    concern: Concern
    similarity: float


def parts(concern: Concern, reactions: QuerySet[Reaction]) -> list[list[int]]:
    """Return what a tighter concern would let go: ids of two or more of ``reactions`` each, the largest part first.

    ``reactions``: those that the editor may see; of the concern's, the newest ``READ`` are read. The largest group stays (of
    two that are level the older one), and so does what stands alone.
    """
    newest = ConcernMember.objects.filter(concern=concern).order_by("-reaction").values("reaction")[:READ]
    members = reactions.filter(pk__in=newest, content__isnull=False).order_by("-pk")
    read = [
        (key, bag)
        for key, text in members.values_list("pk", "content__text")
        if (bag := tuple(dict.fromkeys(terms(without_addressees(text), concern.language or None))))
    ]
    if len(read) < 3:
        return []
    window = Window([bag for _key, bag in read], common_terms(base_language(concern.language)))
    nearest = [window.nearest(place) for place in range(window.size)]
    graph = symmetric(nearest, least_similarity(STRICTER, window.size))
    groups: dict[int, list[int]] = {}
    for (key, _bag), group in zip(read, communities(graph, resolution(STRICTER)), strict=True):
        groups.setdefault(group, []).append(key)
    ranked = sorted(groups.values(), key=lambda group: (-len(group), group[-1]))
    return [group for group in ranked[1:] if len(group) > 1][:PROPOSED]


def nearest(concern: Concern, concerns: QuerySet[Concern]) -> list[Near]:
    """Return which of ``concerns`` a broader one would take in, the nearest first: of its article, else of its language.

    ``concerns``: those that the editor may see. What an editor has taken out of it is not proposed again.
    """
    own = _vector(concern)
    others = concerns.filter(merged_into__isnull=True, language=concern.language).exclude(pk=concern.pk)
    others = others.exclude(state=Concern.State.DECLINED).exclude(pk__in=_parted(concern))
    if concern.article_id:
        others = others.filter(article=concern.article_id)
    found = [Near(other, _cosine(own, _vector(other))) for other in others.order_by("-last_at")[:COMPARED]]
    near = [candidate for candidate in found if candidate.similarity >= NEAR]
    return sorted(near, key=lambda candidate: (-candidate.similarity, candidate.concern.pk))[:PROPOSED]


def _vector(concern: Concern) -> dict[str, float]:
    pairs = zip(concern.evidence.get("terms", ()), concern.evidence.get("texts", ()), strict=False)
    return {term: math.sqrt(number) for term, number in pairs}


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    lengths = math.sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values()))
    return sum(weight * b.get(term, 0.0) for term, weight in a.items()) / lengths if lengths else 0.0


def _parted(concern: Concern) -> set[int]:
    links = ConcernLink.objects.filter(
        Q(first__concern_member__concern=concern) | Q(second__concern_member__concern=concern),
        kind=ConcernLink.Kind.CANNOT,
        undone_at__isnull=True,
    )
    sides = links.values_list("first__concern_member__concern", "second__concern_member__concern")
    return {side for pair in sides for side in pair if side is not None and side != concern.pk}


@transaction.atomic
def tighten(
    concern: Concern, groups: Collection[Collection[Reaction]], user: Any, *, for_article: bool = False
) -> ConcernEdit:
    """Make each of ``groups`` a concern of its own, and remember of all of them that they are to be tight.

    ``for_article``: remember it of the article as well. Raises Refused when nothing was chosen or nothing would be left.
    """
    if not any(groups):
        raise Refused(_("Choose at least one part first."))
    edit = _remember(Operation.TIGHTEN, concern, user, for_article=for_article)
    for group in groups:
        part = editing.split(concern, group, user, part_of=edit).concern
        part.grain = Grain.TIGHT
        part.save(update_fields=["grain"])
    return edit


@transaction.atomic
def broaden(concern: Concern, others: Collection[Concern], user: Any, *, for_article: bool = False) -> ConcernEdit:
    """Take ``others`` into ``concern``, and remember that it is to be broad. Raises Refused when none was chosen.

    ``for_article``: remember it of the article as well.
    """
    if not others:
        raise Refused(_("Choose at least one concern first."))
    edit = _remember(Operation.BROADEN, concern, user, for_article=for_article)
    for other in others:
        editing.merge(other, concern, user, part_of=edit)
    return edit


def _remember(operation: str, concern: Concern, user: Any, *, for_article: bool) -> ConcernEdit:
    row = Concern.objects.select_for_update().get(pk=concern.pk)
    if row.merged_into_id:
        raise Refused(_("One of the two was merged already. Reload the page."))
    grain, action = DONE[operation]
    edit = ConcernEdit.objects.create(operation=operation, concern=row, user=user, before={"grain": row.grain})
    if for_article and row.article_id:
        edit.article_before = editing.remember_for_article(row.article_id, grain)
        edit.save(update_fields=["article_before"])
    concern.grain = row.grain = grain
    row.save(update_fields=["grain"])
    log(instance=row, action=action, user=user)
    return edit
