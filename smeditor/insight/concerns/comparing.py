"""The reactions to an article, compared with each other: what is sure is joined, what is likely becomes a question.

The words have placed each reaction already, by what is common in the whole newsroom (:mod:`.membership`). Here the latest
ones under one article are weighed against each other with all that is known of them (:mod:`..same_concern`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Exists, ExpressionWrapper, F, IntegerField, OuterRef, QuerySet

from smeditor.articles import article_adapter
from smeditor.articles.page_model import page_model
from smeditor.insight.concerns.calibration import weights_for
from smeditor.insight.meaning import loading
from smeditor.insight.meaning.encoder import Vector
from smeditor.insight.meaning.groupable import GROUPED, groupable
from smeditor.insight.meaning.stored import in_force, vectors_of
from smeditor.insight.same_concern.evidence import Article, Text
from smeditor.insight.same_concern.groups import borne_out, certainties, least_certainty, sure_groups
from smeditor.insight.same_concern.probability import Scored, kind_of, scored
from smeditor.insight.same_concern.questions import Candidate, Interview
from smeditor.models import ConcernLink, ConcernMember, CorrectionRequest, Reaction
from smeditor.text.addressing import without_addressees

LATEST = 300
"""Reactions of an article that are compared with each other, the newest: 45,000 pairs, about a second."""
CANDIDATES = 600
"""So many of them are looked at: some have been erased, confided or raise nothing."""
NEWEST_FIRST = ("article_id", "-published_at")
"""As the index has them: that an article is NULL is no constant to PostgreSQL, which would sort all that have none."""
ARTICLE = ExpressionWrapper(F("article") + 0, output_field=IntegerField())
"""The article of what waits. Of the bare column PostgreSQL would walk through all that was ever said, article by article, to
name forty different ones without sorting.
"""
ARTICLES = 20
"""Articles that one run looks at; what is left waits for the next one."""
WORK_SECONDS = 10
PATIENCE = timedelta(minutes=10)
"""How long the vector of a reaction is waited for; after that the words must do."""
LARGE, REST = 100, 60.0
"""An article of so many reactions is compared again only after so many seconds: each new one is one among many."""
MOSTLY = 2 / 3
"""Share of an article's reactions that have vectors, from which the others are left to their words."""
MOST_PASSAGES, KEPT_ARTICLES = 60, 50
CERTAIN = 6.0
"""Log-odds of what an editor has said."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Link:
    """What an editor said of two reactions, and the edit that it is part of (None: none)."""

    same: bool
    edit: int | None


@dataclass(frozen=True)
class Compared:
    """What came of comparing the reactions to one article (None: those that have none), by the places of ``reactions``.

    ``scores``: each pair. ``candidates``: the same, what an editor has said being as good as certain. ``groups``: who is joined
    for sure. ``links``: what editors said of pairs of places. ``member_of``: the concern of each. ``pinned``: those that an
    editor has placed. ``kind``: the weights that were used.
    """

    article: int | None
    reactions: list[int]
    languages: list[str]
    scores: list[Scored]
    candidates: list[Candidate]
    groups: list[int]
    links: dict[Pair, Link]
    member_of: list[int]
    pinned: set[int]
    kind: str

    def certainties(self) -> dict[int, float]:
        """Return how likely two reactions of a concern raise the same, for each concern of which two at least are here."""
        return cast("dict[int, float]", certainties(self.member_of, self.candidates))

    def is_enough(self, chance: float) -> bool:
        """Whether a concern of such a certainty may be shown."""
        return chance >= least_certainty(self.kind)

    def interview(self) -> Interview:
        """Return the questions that are open, in the light of what is sure and of what editors have said."""
        open_ones = [c for c in self.candidates if (c.first, c.second) not in self.links]
        interview = Interview(len(self.reactions), open_ones)
        for (first, second), link in self.links.items():
            interview.answer(first, second, same=link.same)
        for place, group in enumerate(self.groups):
            interview.answer(self.groups.index(group), place, same=True)
        return interview


def _candidates(scores: Sequence[Scored], links: Mapping[Pair, Link]) -> list[Candidate]:
    found = []
    for score in scores:
        word = links.get((score.first, score.second))
        log_odds = score.log_odds if word is None else CERTAIN if word.same else -CERTAIN
        found.append(Candidate(score.first, score.second, log_odds))
    return found


_rested: dict[int | None, float] = {}
"""When this process compared a large article last (seconds of the monotonic clock)."""


def due(now: datetime) -> list[int | None]:
    """Return the articles (None: none) whose new reactions are to be compared now.

    What still waits for its vector is waited for, for a while.
    """
    waiting = _waiting().order_by()
    found: list[int | None] = list(waiting.values_list(ARTICLE, flat=True).distinct()[: 2 * ARTICLES])
    if not found:
        return []
    unread: set[int | None] = set()
    if loading.path() and in_force():
        patient = waiting.filter(embedded_at__isnull=True, collected_at__gt=now - PATIENCE)
        unread = set(patient.values_list(ARTICLE, flat=True).distinct())
    return [article for article in found if article not in unread and not _rests(article)][:ARTICLES]


def waiting_under(article: int | None) -> list[int]:
    """Return the ids of the reactions to an article that are still to be compared."""
    return list(_waiting().filter(article=article).values_list("pk", flat=True))


def _waiting() -> QuerySet[Reaction]:
    return Reaction.objects.filter(
        compared_at__isnull=True, grouped_at__isnull=False, kind__in=Reaction.KINDS_WITH_TEXT, queue__in=GROUPED
    )


def _rests(article: int | None) -> bool:
    return article in _rested and time.monotonic() - _rested[article] < REST


def compare(article: int | None) -> Compared | None:
    """Compare the newest reactions to an article; None where fewer than two can be."""
    newest = _comparable(article).select_related("content").prefetch_related("labels")[:LATEST]
    # In the order of their ids: of two that were written at once the same one is the first of their question each time.
    rows = sorted(newest, key=lambda row: row.pk)
    if len(rows) >= LARGE:
        _rested[article] = time.monotonic()
        while len(_rested) > 1_000:
            del _rested[next(iter(_rested))]
    members = {
        member.reaction_id: member for member in ConcernMember.objects.filter(reaction__in=[row.pk for row in rows])
    }
    vectors = vectors_of(list(members))
    rows = [row for row in rows if row.pk in members]
    if len(vectors) >= MOSTLY * len(rows):
        # What no encoder can read, and what came during a failure, would hold all others to their words.
        rows = [row for row in rows if row.pk in vectors]
    if len(rows) < 2:
        return None
    keys = [row.pk for row in rows]
    compared = Article(_texts(rows, vectors), _passages(article))
    version = in_force()
    kind = kind_of(compared, version)
    scores = scored(compared, version, weights_for(kind))
    links = _links(keys)
    candidates = _candidates(scores, links)
    concerns = [members[key].concern_id for key in keys]
    together = [*(pair for pair, word in links.items() if word.same), *borne_out(concerns, candidates, kind)]
    apart = [pair for pair, word in links.items() if not word.same]
    return Compared(
        article=article,
        reactions=keys,
        languages=[row.language for row in rows],
        scores=scores,
        candidates=candidates,
        groups=sure_groups(len(rows), candidates, together, apart),
        links=links,
        member_of=concerns,
        pinned={place for place, key in enumerate(keys) if members[key].by == ConcernMember.By.EDITOR},
        kind=kind,
    )


def _comparable(article: int | None) -> QuerySet[Reaction]:
    """The newest reactions to an article that may be compared, among the newest ``CANDIDATES``.

    First which they may be, in their index alone: with all that is asked of them besides, PostgreSQL would rather read and
    sort whatever was ever said under no article.
    """
    rows = Reaction.objects.filter(
        article=article, grouped_at__isnull=False, kind__in=Reaction.KINDS_WITH_TEXT, queue__in=GROUPED
    )
    keys = list(rows.order_by(*NEWEST_FIRST).values_list("pk", flat=True)[:CANDIDATES])
    found = groupable(Reaction.objects.filter(pk__in=keys)).order_by(*NEWEST_FIRST)
    return found.filter(Exists(ConcernMember.objects.filter(reaction=OuterRef("pk"))))


def _texts(rows: Sequence[Reaction], vectors: Mapping[int, Vector]) -> list[Text]:
    contested = dict(
        CorrectionRequest.objects.filter(reaction__in=rows).exclude(passage="").values_list("reaction", "passage")
    )
    return [
        Text(
            key=row.pk,
            text=without_addressees(row.content.text),
            lang=row.language or None,
            labels=frozenset(label.label for label in row.labels.all() if label.present),
            vector=vectors.get(row.pk),
            thread=row.conversation_id,
            contested=contested.get(row.pk, ""),
        )
        for row in rows
    ]


def _links(reactions: Sequence[int]) -> dict[Pair, Link]:
    """What editors have said of pairs of ``reactions``, by their places: the latest word on each."""
    place_of = {pk: place for place, pk in enumerate(reactions)}
    found: dict[Pair, Link] = {}
    rows = ConcernLink.objects.filter(first__in=reactions, second__in=reactions, undone_at__isnull=True)
    for first, second, kind, edit in rows.order_by("at", "pk").values_list("first", "second", "kind", "edit"):
        a, b = sorted((place_of[first], place_of[second]))
        if a != b:
            found[a, b] = Link(kind == ConcernLink.Kind.MUST, edit)
    return found


_read: dict[int, tuple[object, list[Vector]]] = {}
"""The vectors of articles' passages with what they were made of: one article is compared many times."""


def _passages(article: int | None) -> list[Vector]:
    """Return the vectors of an article's title, standfirst and paragraphs; none where there is no encoder or no page."""
    encoder = loading.encoder()
    page = page_model().objects.filter(pk=article).first() if article and encoder else None
    if page is None or encoder is None:
        return []
    made_of = (encoder.version, page.live_revision_id, page.latest_revision_id, page.title)
    if page.pk in _read and _read[page.pk][0] == made_of:
        return _read[page.pk][1]
    facts = article_adapter().facts(page)
    passages = [text for text in (facts.title, facts.standfirst, *facts.paragraphs) if text.strip()]
    vectors = encoder.vectors(passages[:MOST_PASSAGES]) or []
    while len(_read) >= KEPT_ARTICLES:
        del _read[next(iter(_read))]
    _read[page.pk] = made_of, list(vectors)
    return _read[page.pk][1]


def forget() -> None:
    """Drop what this process remembers of articles."""
    _rested.clear()
    _read.clear()
