"""Who is behind many reactions: how few write how much, who is new, who says the same, shares the same, and when.

Readers are pseudonyms here and nothing else. What it shows is no verdict: a hundred angry people who arrive at once are
a hundred angry people.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from smeditor.insight.alerts.participation import Participation, participation_of
from smeditor.insight.alerts.tallies import floor
from smeditor.models import Alert, Reaction
from smeditor.text.addressing import without_addressees
from smeditor.text.links import links_in

MOST = 5000
"""Reactions that are compared at once, the newest."""
NEW_WITHIN = timedelta(days=7)
"""How long before its first reaction here somebody may have been seen first and still count as new."""
AROUND = timedelta(hours=24)
"""How long before and after an alert those who speak are looked at."""
SHOWN = 10
LEAST_ALIKE = 2
SHORTEST = 4
"""Words from which two equal texts are no coincidence."""

_SPACE = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Alike:
    """The same words, or the same link, from several people. ``reactions``: ids, the earliest first."""

    text: str
    people: int
    reactions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReaderShare:
    """One reader: a short pseudonym, how many messages, the share of all, whether they are new here."""

    name: str
    messages: int
    share: float
    new: bool


@dataclass(frozen=True, slots=True)
class Coordination:
    """What many reactions have in common. Shares are from 0 to 1; ``timing``: [[start of the quarter, people, 0]]."""

    participation: Participation
    loudest: list[ReaderShare]
    newcomers: float
    same_texts: list[Alike]
    same_links: list[Alike]
    timing: list[list]
    busiest: float
    """Share of the messages in the busiest hour."""
    cut: bool
    """Only the newest ``MOST`` were looked at."""


def around(alert: Alert, reactions: QuerySet[Reaction]) -> QuerySet[Reaction]:
    """Those of ``reactions`` that came within a day of ``alert`` and lie in its scope: its article, account or topic, or all."""
    rows = reactions.filter(published_at__gte=alert.at - AROUND, published_at__lt=alert.at + AROUND)
    kind, _colon, name = alert.scope.partition(":")
    if kind == "article":
        return rows.filter(article=alert.article)
    if kind == "account":
        return rows.filter(account=alert.account)
    return rows.filter(delivery__post__topics__icontains=name) if kind == "topic" else rows


def examine(reactions: Iterable[Reaction]) -> Coordination:
    """Look at ``reactions`` (with reader and words selected), those of our own people and of programs left out."""
    rows = list(reactions)
    rows, cut = rows[:MOST], len(rows) > MOST
    rows = [row for row in rows if row.reader is None or not (row.reader.is_staff or row.reader.is_bot)]
    rows.sort(key=lambda row: (row.published_at, row.pk))
    by_person: dict[Hashable, list[Reaction]] = defaultdict(list)
    for row in rows:
        by_person[row.reader_id or f"reaction:{row.pk}"].append(row)
    fresh = {person for person, messages in by_person.items() if _is_new(messages[0])}
    loudest = sorted(by_person.items(), key=lambda pair: (-len(pair[1]), pair[1][0].pk))[:SHOWN]
    return Coordination(
        participation=participation_of({person: len(messages) for person, messages in by_person.items()}),
        loudest=[
            ReaderShare(pseudonym(messages[0]), len(messages), len(messages) / len(rows), person in fresh)
            for person, messages in loudest
        ],
        newcomers=len(fresh) / len(by_person) if by_person else 0.0,
        same_texts=_alike(rows, _texts),
        same_links=_alike(rows, _links),
        timing=_timing(rows),
        busiest=_busiest(rows),
        cut=cut,
    )


def pseudonym(reaction: Reaction) -> str:
    """A short name by which an editor can tell readers apart and nobody can find them."""
    return reaction.reader.pseudonym[-6:] if reaction.reader else f"#{reaction.pk}"


def _is_new(first: Reaction) -> bool:
    """Whether the reader of the earliest reaction was unknown here until shortly before it."""
    return first.reader is None or first.published_at - first.reader.first_seen_at <= NEW_WITHIN


def _texts(row: Reaction) -> list[str]:
    content = getattr(row, "content", None)
    plain = " ".join(_SPACE.split(without_addressees(content.text).casefold())).strip() if content else ""
    return [plain] if len(plain.split()) >= SHORTEST else []


def _links(row: Reaction) -> list[str]:
    content = getattr(row, "content", None)
    return sorted(set(links_in(content.text))) if content else []


def _alike(rows: list[Reaction], of: Callable[[Reaction], list[str]]) -> list[Alike]:
    found: dict[str, list[Reaction]] = defaultdict(list)
    for row in rows:
        for key in of(row):
            found[key].append(row)
    alike = [
        Alike(key, len({row.reader_id or -row.pk for row in same}), tuple(row.pk for row in same))
        for key, same in found.items()
    ]
    shared = [group for group in alike if group.people >= LEAST_ALIKE]
    return sorted(shared, key=lambda group: (-group.people, -len(group.reactions), group.text))[:SHOWN]


def _timing(rows: list[Reaction]) -> list[list]:
    people: dict[datetime, set[Hashable]] = defaultdict(set)
    for row in rows:
        people[floor(row.published_at)].add(row.reader_id or -row.pk)
    if not people:
        return []
    last = max(people)
    quarters = [last - step * timedelta(minutes=15) for step in range(95, -1, -1)]
    return [[at.isoformat(), len(people.get(at, ())), 0] for at in quarters if at >= min(people)]


def _busiest(rows: list[Reaction]) -> float:
    hours = Counter(row.published_at.replace(minute=0, second=0, microsecond=0) for row in rows)
    return max(hours.values()) / len(rows) if rows else 0.0
