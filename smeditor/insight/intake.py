"""Triage of what came in: labels with their reasons, trays, and the claimed errors put before an editor."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import QuerySet

from smeditor.articles import article_adapter
from smeditor.insight import learned
from smeditor.insight.correction_requests import open_requests
from smeditor.insight.triage import AIMED_AT_JOURNALIST, Context, RuleBook, Triage, triage
from smeditor.models import Concern, Flag, Reaction, ReactionFlag, ReactionText
from smeditor.text import addressed_to

logger = logging.getLogger("smeditor.insight")

BATCH = 200
READ_WITH = ("words", "account", "article", "concern_member__concern")
"""What `read_all` reads of a reaction, to be selected with it."""
By = ReactionFlag.By
Tray = Reaction.Tray


def run_due(now: datetime, limit: int = 2000) -> int:
    """Triage the reactions with words that have not been, oldest first; at most ``limit``. Returns how many."""
    done = 0
    while done < limit:
        batch = _triage_batch(now, min(BATCH, limit - done))
        done += batch
        if batch < BATCH:
            break
    return done


def locks() -> bool:
    """Tell whether the database can lock single rows and pass over those that somebody else has locked."""
    return connection.features.has_select_for_update_skip_locked


def _waiting() -> QuerySet[Reaction]:
    queryset = Reaction.objects.filter(triaged_at__isnull=True, words__isnull=False).order_by("pk")
    if locks():
        return queryset.select_for_update(skip_locked=True, of=("self",))
    return queryset


@transaction.atomic
def _triage_batch(now: datetime, size: int) -> int:
    reactions = list(_waiting().select_related(*READ_WITH)[:size])
    keep(read_all(reactions), now)
    return len(reactions)


@dataclass(frozen=True, slots=True)
class Read:
    """One stored reaction, what triage says of it, and the flags on which an editor or the reader has spoken."""

    reaction: Reaction
    result: Triage
    settled: frozenset[str]

    @property
    def tray(self) -> tuple[str, str]:
        """The tray in which it belongs, with the reason; where an editor put it, it stays."""
        if placed_by_machine(self.reaction):
            return _tray(self.result, self.settled)
        return self.reaction.tray, self.reaction.tray_reason

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that the rules raise and on which nobody else has spoken."""
        return tuple(flag for flag in self.result.flags if flag not in self.settled)


def read_all(reactions: Sequence[Reaction], book: RuleBook | None = None) -> list[Read]:
    """Triage stored reactions that have words (selected with `READ_WITH`), by ``book`` or the rules in force.

    Writes nothing.
    """
    settled = _settled_by_editors(reactions)
    names = lru_cache(maxsize=256)(_signed_by)
    return [Read(one, _read(one, names, book), frozenset(settled.get(one.pk, ()))) for one in reactions]


def keep(read: Sequence[Read], now: datetime) -> None:
    """Store what triage said: labels, trays, masked words, scores and the version. Editors' labels stay.

    The newsroom's promoted models have their word on the labels here.
    """
    reactions = [one.reaction for one in read]
    models = learned.promoted()
    flags: list[ReactionFlag] = []
    for one in read:
        rows = _flags(one)
        learned.revise(rows, one.reaction, models, one.settled)
        _note(one, frozenset(row.flag for row in rows if not row.present), now)
        flags += rows
    ReactionFlag.objects.filter(reaction__in=reactions, by__in=[By.RULES, By.MODEL]).delete()
    ReactionFlag.objects.bulk_create(flags, ignore_conflicts=True)
    Reaction.objects.bulk_update(
        reactions, ["triage_version", "triaged_at", "tip_score", "language", "tray", "tray_reason"], batch_size=BATCH
    )
    ReactionText.objects.bulk_update([reaction.words for reaction in reactions], ["masked"], batch_size=BATCH)
    open_requests(row.reaction for row in flags if row.flag == Flag.CORRECTION and row.present)


def _read(reaction: Reaction, names, book: RuleBook | None) -> Triage:
    """Triage what a reader says to us, without our own handle in front of it; spans are those of the whole text."""
    text = reaction.words.text
    ahead = addressed_to(text, reaction.account.handle) if reaction.account else 0
    result = triage(text[ahead:], reaction.language or None, _context(reaction, names), book)
    if not ahead:
        return result
    because = {
        flag: [(start + ahead, end + ahead, rule) for start, end, rule in spans]
        for flag, spans in result.because.items()
    }
    return result._replace(because=because, masked=text[:ahead] + result.masked if result.masked else None)


def _signed_by(page) -> tuple[str, ...]:
    try:
        return article_adapter().facts(page).author_names
    except Exception:
        logger.exception("the article %s cannot be read", page.pk)
        return ()


def _context(reaction: Reaction, names) -> Context:
    member = getattr(reaction, "concern_member", None)
    return Context(
        journalists=names(reaction.article) if reaction.article else (),
        people_in_concern=member.concern.people if member else 0,
    )


def _settled_by_editors(reactions: Iterable[Reaction]) -> dict[int, set[str]]:
    """The flags on which an editor or the reader has spoken: the machine may not touch them."""
    settled: dict[int, set[str]] = {}
    rows = ReactionFlag.objects.filter(reaction__in=list(reactions), by__in=[By.EDITOR, By.READER]).values_list(
        "reaction_id", "flag"
    )
    for reaction_id, flag in rows:
        settled.setdefault(reaction_id, set()).add(flag)
    return settled


def _flags(read: Read) -> list[ReactionFlag]:
    return [
        ReactionFlag(
            reaction=read.reaction,
            flag=flag,
            by=By.RULES,
            score=read.result.scores.get(flag, 1.0),
            because=[list(span) for span in read.result.because.get(flag, [])],
        )
        for flag in read.flags
    ]


def _note(read: Read, taken_back: Collection[str], now: datetime) -> None:
    reaction, result = read.reaction, read.result
    reaction.triaged_at = now
    reaction.triage_version = result.version
    reaction.tip_score = result.tip_score
    reaction.language = reaction.language or (result.lang if result.lang != "und" else "")
    reaction.words.masked = result.masked or ""
    tray, reason = read.tray
    if tray == Tray.SPAM and Flag.SPAM in taken_back:
        tray, reason = Tray.INBOX, ""
    reaction.tray, reaction.tray_reason = tray, reason


def placed_by_machine(reaction: Reaction) -> bool:
    """Tell whether triage may move ``reaction``: no editor has put it where it lies, and it waits for nothing else."""
    reason = reaction.tray_reason
    if reaction.tray == Tray.INBOX:
        return not reason
    if reaction.tray == Tray.SHIELD:
        return reason in ("", AIMED_AT_JOURNALIST)
    return reaction.tray == Tray.SPAM


def _tray(result: Triage, settled: Collection[str]) -> tuple[str, str]:
    """Where triage puts a reaction. Abuse alone never moves one out of the inbox, and what an editor settled stays."""
    flags = tuple(flag for flag in result.flags if flag not in settled)
    if Flag.ABUSE in flags and AIMED_AT_JOURNALIST in result.markers:
        return Tray.SHIELD, AIMED_AT_JOURNALIST
    if flags == (Flag.SPAM,):
        return Tray.SPAM, ", ".join(rule for _, _, rule in result.because.get(Flag.SPAM, []))[:300]
    return Tray.INBOX, ""


def relabel(reaction: Reaction, flag: str, present: bool, user) -> ReactionFlag:
    """Keep an editor's word on one flag: it outranks the rules from now on and is a label to learn from."""
    row, _ = ReactionFlag.objects.update_or_create(
        reaction=reaction, flag=flag, defaults={"present": present, "by": By.EDITOR, "user": user, "score": 1.0}
    )
    learned.note_label(flag)
    if flag == Flag.TIP and present:  # its words name no concern from now on
        Concern.objects.filter(members__reaction=reaction, label_by_editor=False).update(label="")
    return row
