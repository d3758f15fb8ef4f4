"""What is counted of concerns from their members: people, size, spread, times, article, name, and the state that follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from smeditor import conf
from smeditor.insight.concerns.comparing import Compared
from smeditor.insight.concerns.titles import SAMPLE, names_of
from smeditor.models import Concern, ConcernMember, Reaction, Reader
from smeditor.models.bulk import update_rows

AT_ONCE = 200
SMALL = 200
"""Members up to which a concern is counted anew whenever one joins; a larger one is when it has grown by a tenth."""
LARGE_STEP, NAME_STEP = 1.1, 1.25
"""Growth after which a large concern is counted anew, and after which a concern is named anew."""
PERSON = Q(reaction__reader__is_staff=False, reaction__reader__is_bot=False)
COUNTED = ("people", "size", "articles", "networks", "first_at", "last_at", "article")
State = Concern.State

Rename = Callable[[Concern, int], bool]
"""Whether a concern that had as many members as its row says, and has so many now, is to be named anew."""


def refresh(concerns: QuerySet[Concern]) -> None:
    """Recompute people, size, spread, times, article, label and state of concerns from their members."""
    keys = list(concerns.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        _count_anew(keys[start : start + AT_ONCE], lambda _concern, _size: True)


def count_joined(joined: Mapping[int, Sequence[Reaction]]) -> None:
    """Count the reactions that have just become members, by the ids of their concerns.

    What it costs does not grow with the members that a large concern has already: who came is added, and all of it is
    counted anew each time it has grown by a tenth, so that what was erased or merged meanwhile is made good. On how many
    articles and networks it is raised is told anew then: whether one is new would be asked of all members.
    """
    keys = list(joined)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        # Who has just come may be a stranger: compared they are judged anew, before an editor sees them.
        Concern.objects.filter(pk__in=part, state=State.FORMING).update(is_sure=None)
        large = [
            concern
            for concern in Concern.objects.filter(pk__in=part, size__gt=SMALL)
            if not _grew(concern.size, concern.size + len(joined[concern.pk]), LARGE_STEP)
        ]
        _add(large, joined)
        _count_anew(set(part) - {concern.pk for concern in large}, _has_grown)


def judge(reactions: Collection[int], compared: Compared | None) -> None:
    """Say of the concerns of ``reactions`` (ids) whether it is sure enough that they are one, and open those that are.

    ``compared``: the reactions of their article; of a concern of which no two are among them the words have decided.
    """
    certainties = compared.certainties() if compared else {}
    members = ConcernMember.objects.filter(reaction__in=reactions)
    concerns = Concern.objects.in_bulk({*members.values_list("concern", flat=True), *certainties})
    for pk, concern in concerns.items():
        if compared is not None and pk in certainties:
            concern.certainty = round(certainties[pk], 4)
            concern.is_sure = compared.is_enough(certainties[pk])
        elif concern.is_sure is None:
            concern.is_sure = True
    update_rows(concerns.values(), ["certainty", "is_sure"])
    _open(list(concerns.values()))


def _grew(before: int, after: int, step: float) -> bool:
    """Whether a number that grew from ``before`` to ``after`` has passed a power of ``step``."""
    return before < 1 or int(math.log(after, step)) > int(math.log(before, step))


def _has_grown(concern: Concern, size: int) -> bool:
    if not concern.label or (size > 1 and not concern.evidence.get("terms")):
        return True
    return size > 0 and concern.size < SAMPLE and (size < concern.size or _grew(concern.size, size, NAME_STEP))


def _count_anew(keys: Iterable[int], rename: Rename) -> None:
    concerns = Concern.objects.in_bulk(list(keys))
    members = ConcernMember.objects.filter(concern__in=concerns).order_by()
    counts: dict[int, dict[str, Any]] = {
        row["concern"]: {**row}
        for row in members.values("concern").annotate(
            people=Count("reaction__reader", distinct=True, filter=PERSON),
            size=Count("pk"),
            articles=Count("reaction__article", distinct=True),
            networks=Count("reaction__network", distinct=True),
            first=Min("reaction__published_at"),
            last=Max("reaction__published_at"),
        )
    }
    articles = _articles(members)
    none: dict[str, Any] = {"people": 0, "size": 0, "articles": 0, "networks": 0, "first": None, "last": None}
    renamed = [concern for pk, concern in concerns.items() if rename(concern, counts.get(pk, none)["size"])]
    for pk, concern in concerns.items():
        found = counts.get(pk, none)
        concern.people, concern.size = found["people"], found["size"]
        concern.articles, concern.networks = found["articles"], found["networks"]
        concern.first_at, concern.last_at = found["first"], found["last"]
        concern.article_id = articles.get(pk)
    update_rows(concerns.values(), COUNTED)
    _name(renamed)
    _open(list(concerns.values()))


def _articles(members: QuerySet[ConcernMember]) -> dict[int, int]:
    """The article that most of the members of each concern are about, the older one where two are level."""
    most: dict[int, tuple[int, int]] = {}
    rows = members.filter(reaction__article__isnull=False).values_list("concern", "reaction__article")
    for concern, article, number in rows.annotate(number=Count("pk")):
        most[concern] = max(most.get(concern, (0, 0)), (number, -article))
    return {concern: -article for concern, (_number, article) in most.items()}


def _name(concerns: Sequence[Concern]) -> None:
    """Name concerns anew from the texts that are left; what an editor has written stays."""
    if not concerns:
        return
    names = names_of(concerns)
    for concern in concerns:
        name = names[concern.pk]
        concern.evidence = {"terms": list(name.terms), "texts": list(name.terms.values())}
        if not concern.label_by_editor:
            concern.label = name.label
    update_rows(concerns, ["label", "evidence"])


def _add(concerns: Sequence[Concern], joined: Mapping[int, Sequence[Reaction]]) -> None:
    """Add to large concerns those who have joined them."""
    if not concerns:
        return
    came = {concern.pk: {row.reader_id for row in joined[concern.pk] if row.reader_id} for concern in concerns}
    readers = {reader for found in came.values() for reader in found}
    people = set(
        Reader.objects.filter(pk__in=readers, is_staff=False, is_bot=False).order_by().values_list("pk", flat=True)
    )
    before = set(
        ConcernMember.objects.filter(concern__in=came, reaction__reader__in=people)
        .exclude(reaction__in=[row.pk for concern in concerns for row in joined[concern.pk]])
        .order_by()
        .values_list("concern", "reaction__reader")
        .distinct()
    )
    for concern in concerns:
        rows = joined[concern.pk]
        times = [row.published_at for row in rows]
        concern.size += len(rows)
        concern.people += sum((concern.pk, reader) not in before for reader in came[concern.pk] & people)
        concern.first_at = min([*times, *filter(None, [concern.first_at])])
        concern.last_at = max([*times, *filter(None, [concern.last_at])])
    update_rows(concerns, ["people", "size", "first_at", "last_at"])
    _open(concerns)


def _open(concerns: Sequence[Concern]) -> None:
    """Open what enough people raise, once it is sure that it is one, and what as many raise anew after it was answered."""
    enough = conf.get("CONCERN_PEOPLE")
    forming = [
        concern.pk
        for concern in concerns
        if concern.state == State.FORMING and concern.people >= enough and concern.is_sure
    ]
    if forming:
        Concern.objects.filter(pk__in=forming, state=State.FORMING).update(state=State.OPEN)
    answered = [concern.pk for concern in concerns if concern.state == State.ANSWERED]
    if not answered:
        return
    since = ConcernMember.objects.filter(concern__in=answered, reaction__collected_at__gt=F("concern__answered_at"))
    people = since.order_by().values("concern").annotate(people=Count("reaction__reader", distinct=True, filter=PERSON))
    again = list(people.filter(people__gte=enough).values_list("concern", flat=True))
    Concern.objects.filter(pk__in=again, state=State.ANSWERED).update(state=State.OPEN)
