"""The questions to editors, "do these two raise the same?": which are kept, in which order, and what follows from an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor.exceptions import Refused
from smeditor.insight.concerns import editing
from smeditor.insight.concerns.comparing import Compared
from smeditor.insight.same_concern.questions import Candidate, Interview, log_odds, probability, ranked_across
from smeditor.models import Concern, ConcernEdit, ConcernLink, ConcernMember, ConcernQuestion, Reaction
from smeditor.models.bulk import update_rows

Answer = ConcernQuestion.Answer
KEPT = 20
"""Open questions of one article: a short list, for each answer moves the rest."""
LIKELY = 0.08
"""Probability from which it is worth an editor's second: of so many pairs of an article one in twelve raises the same."""
STALE = timedelta(days=14)
"""After so long nobody is asked any more: what was worth knowing about the article has been found otherwise."""

Pair = tuple[int, int]


def open_questions() -> QuerySet[ConcernQuestion]:
    """The questions that nobody has answered, the best first."""
    return ConcernQuestion.objects.filter(answer="").order_by("-worth", "pk")


def keep(compared: Compared, now: datetime) -> None:
    """Keep the best questions about an article, drop those that are none any more, and note what editors have said."""
    rows = {
        (row.first_id, row.second_id): row
        for row in ConcernQuestion.objects.filter(first__in=compared.reactions, second__in=compared.reactions)
    }
    evidence = {_key(compared, s.first, s.second): s.values for s in compared.scores}
    chances = {_key(compared, s.first, s.second): probability(s.log_odds) for s in compared.scores}
    wanted = _best(compared, {pair for pair, row in rows.items() if row.answer})
    gone = [row.pk for pair, row in rows.items() if not row.answer and pair not in wanted]
    ConcernQuestion.objects.filter(pk__in=gone, answer="").delete()
    new = [pair for pair in wanted if pair not in rows]
    there = _still_there({pk for pair in new for pk in pair})
    ConcernQuestion.objects.bulk_create(
        [
            _row(compared, pair, evidence[pair], probability=chances[pair], worth=wanted[pair])
            for pair in new
            if there.issuperset(pair)
        ],
        ignore_conflicts=True,
    )
    known = [rows[pair] for pair in wanted if pair in rows]
    for row in known:
        pair = row.first_id, row.second_id
        row.probability, row.worth = chances[pair], wanted[pair]
        row.kind, row.evidence = compared.kind, list(evidence[pair])
    update_rows(known, ["probability", "worth", "kind", "evidence"])
    _note_links(compared, {pair for pair, row in rows.items() if row.answer}, evidence, chances, now)


def _row(compared: Compared, pair: Pair, values: Sequence[float], **fields: Any) -> ConcernQuestion:
    return ConcernQuestion(
        first_id=pair[0],
        second_id=pair[1],
        article_id=compared.article,
        kind=compared.kind,
        evidence=list(values),
        **fields,
    )


def _key(compared: Compared, first: int, second: int) -> Pair:
    return compared.reactions[first], compared.reactions[second]


def _best(compared: Compared, answered: Collection[Pair]) -> dict[Pair, float]:
    """The pairs that are to be asked about, with what asking is worth."""
    likely = {(score.first, score.second) for score in compared.scores if probability(score.log_odds) >= LIKELY}
    open_ones = [c for c in compared.interview().open_ones() if (c.first, c.second) in likely]
    found = ((_key(compared, c.first, c.second), value) for value, c in ranked_across(open_ones, compared.languages))
    return dict(islice(((pair, value) for pair, value in found if pair not in answered), KEPT))


def _still_there(reactions: Collection[int]) -> set[int]:
    """Those of ``reactions`` whose words are there, held until the end of the transaction: evidence is made of them."""
    rows = Reaction.objects.filter(pk__in=reactions, content__isnull=False).order_by("pk")
    return set(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def _note_links(
    compared: Compared,
    known: Collection[Pair],
    evidence: dict[Pair, tuple[float, ...]],
    chances: dict[Pair, float],
    now: datetime,
) -> None:
    """Let the weights learn from what editors merged, split and moved as from any answer."""
    new = {pair: word for places, word in compared.links.items() if (pair := _key(compared, *places)) not in known}
    there = _still_there({pk for pair in new for pk in pair})
    ConcernQuestion.objects.bulk_create(
        [
            _row(
                compared, pair, evidence[pair], probability=chances[pair], worth=0.0, edit_id=word.edit,
                answer=Answer.SAME if word.same else Answer.DIFFERENT, answered_at=now,
            )
            for pair, word in new.items()
            if there.issuperset(pair)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def drop_stale(now: datetime) -> None:
    """Forget the questions that were asked long ago and that nobody answered."""
    ConcernQuestion.objects.filter(answer="", asked_at__lt=now - STALE).delete()


@transaction.atomic
def answer(question: ConcernQuestion, user: Any, *, same: bool) -> ConcernEdit:
    """Say whether two reactions raise the same concern; the returned edit undoes it.

    The same: the smaller of their concerns goes into the other one, or of it what an editor has joined to the reaction
    before. Not the same: they are kept apart, and parted where they stand together. Raises Refused when somebody was
    faster, one of them has left its concern, or it contradicts what was said before.
    """
    question = _unanswered(question)
    members = {
        member.reaction_id: member
        for member in ConcernMember.objects.filter(reaction__in=[question.first_id, question.second_id]).select_related(
            "concern", "reaction"
        )
    }
    if len(members) < 2:
        raise Refused(_("One of the two is in no concern any more. Reload the page."))
    first, second = members[question.first_id], members[question.second_id]
    edit = _join(first, second, user) if same else _part(first, second, user)
    kind = ConcernLink.Kind.MUST if same else ConcernLink.Kind.CANNOT
    ConcernLink.objects.create(first=first.reaction, second=second.reaction, kind=kind, edit=edit)
    _close(question, Answer.SAME if same else Answer.DIFFERENT, user, edit)
    reorder(question)
    # What this teaches moves the other questions about the article as soon as they are compared again.
    Reaction.objects.filter(pk=question.second_id).update(compared_at=None)
    return edit


@transaction.atomic
def skip(question: ConcernQuestion, user: Any) -> None:
    """Say that one cannot tell: nobody is asked about these two again. Raises Refused when somebody has answered."""
    _close(_unanswered(question), Answer.SKIPPED, user, None)


def _unanswered(question: ConcernQuestion) -> ConcernQuestion:
    row = ConcernQuestion.objects.select_for_update(of=("self",)).filter(pk=question.pk).first()
    if row is None or row.answer:
        raise Refused(_("Somebody has answered this already."))
    return row


def _close(question: ConcernQuestion, answer_given: str, user: Any, edit: ConcernEdit | None) -> None:
    question.answer, question.user, question.edit, question.answered_at = answer_given, user, edit, timezone.now()
    question.save(update_fields=["answer", "user", "edit", "answered_at"])


def _join(first: ConcernMember, second: ConcernMember, user: Any) -> ConcernEdit:
    if first.concern_id == second.concern_id:
        return editing.keep_together(first, second, user)
    going, staying = sorted((first, second), key=lambda member: (member.concern.size, -member.concern_id))
    joined = editing.joined_by_editors(going)
    if _are_apart(joined, editing.joined_by_editors(staying)):
        raise Refused(_("An editor said that these are two concerns. Undo that first."))
    if len(joined) == going.concern.members.count():
        return editing.merge(going.concern, staying.concern, user)
    return editing.carry(joined, staying.concern, user)


def _part(first: ConcernMember, second: ConcernMember, user: Any) -> ConcernEdit:
    if first.concern_id != second.concern_id:
        return editing.keep_apart(first, second, user)
    leaving, staying = editing.joined_by_editors(second), editing.joined_by_editors(first)
    if second.reaction_id in {member.reaction_id for member in staying}:
        raise Refused(_("An editor said that these are the same. Undo that first."))
    smaller = min((leaving, staying), key=len)
    return editing.split(first.concern, [member.reaction for member in smaller], user)


def _are_apart(some: Collection[ConcernMember], others: Collection[ConcernMember]) -> bool:
    these, those = ({member.reaction_id for member in members} for members in (some, others))
    links = ConcernLink.objects.filter(kind=ConcernLink.Kind.CANNOT, undone_at__isnull=True)
    return links.filter(Q(first__in=these, second__in=those) | Q(first__in=those, second__in=these)).exists()


def about(article: int | None) -> QuerySet[ConcernQuestion]:
    """The questions about an article (None: about reactions to none), those that somebody could not answer left out."""
    kept = ["", Answer.SAME, Answer.DIFFERENT]
    return ConcernQuestion.objects.filter(article=article, answer__in=kept).order_by()


def reorder(answered: ConcernQuestion) -> None:
    """Put the open questions about an article in order anew after an answer; those whose answer follows now are dropped."""
    rows = list(about(answered.article_id))
    places = {
        pk: place for place, pk in enumerate(sorted({pk for row in rows for pk in (row.first_id, row.second_id)}))
    }
    open_rows = {_places(row, places): row for row in rows if not row.answer}
    interview = Interview(len(places), [Candidate(*pair, log_odds(row.probability)) for pair, row in open_rows.items()])
    for row in rows:
        if row.answer:
            interview.answer(*_places(row, places), same=row.answer == Answer.SAME)
    spoken = dict(Reaction.objects.filter(pk__in=places).values_list("pk", "language"))
    languages = [spoken.get(pk) for pk in places]
    worth = {(c.first, c.second): value for value, c in ranked_across(interview.open_ones(), languages)}
    ConcernQuestion.objects.filter(pk__in=[row.pk for pair, row in open_rows.items() if pair not in worth]).delete()
    left = [row for pair, row in open_rows.items() if pair in worth]
    for row in left:
        row.worth = worth[_places(row, places)]
    update_rows(left, ["worth"])


def _places(row: ConcernQuestion, places: dict[int, int]) -> Pair:
    return places[row.first_id], places[row.second_id]


def questions_of(concern: Concern) -> QuerySet[ConcernQuestion]:
    """The open questions about reactions of a concern, the best first."""
    members = ConcernMember.objects.filter(concern=concern).values("reaction")
    return open_questions().filter(Q(first__in=members) | Q(second__in=members))
