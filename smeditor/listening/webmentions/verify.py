"""Going and seeing whether what strangers said is true, and keeping what their pages say as reactions.

A page that is not there yet, or does not link yet, is waited for; one that was there and is not any more is asked twice.
Only what says itself that it is gone (410) is believed at once. What could not be read to its end tells nothing.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import AbstractPage

from smeditor.accounts.clients import outside_client
from smeditor.articles import visibility_of
from smeditor.exceptions import (
    DATABASE_TROUBLE,
    AuthExpired,
    BadAnswer,
    FetchRefused,
    Gone,
    RateLimited,
    Refused,
    SmeditorError,
)
from smeditor.listening import erase
from smeditor.listening.attach import Finder
from smeditor.listening.batch import WEB, Origin
from smeditor.listening.identity import keys_of
from smeditor.listening.notes import SECOND_CHECK
from smeditor.listening.store import store
from smeditor.models import Reaction, ReactionKey, ReceivedMention
from smeditor.networks.base import InboundItem
from smeditor.networks.webmention.pairs import Pair

if TYPE_CHECKING:
    from smeditor.networks.webmention.source import SourcePage

logger = logging.getLogger("smeditor.listening")

AT_ONCE = 20
CHOICE = 200
"""Of so many that are due those of different hosts are taken."""
THREADS = 4
LEASE = timedelta(minutes=3)
PATIENCE = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""After how long what was not there, or could not be read, is asked again."""
LONGEST_WAIT = timedelta(days=7)
"""How long an article that is not public yet is waited for."""
FORGOTTEN = timedelta(days=30)
"""What was refused is kept so long, with its reason."""
STATUS_GONE = 410
Answer: TypeAlias = "SourcePage | SmeditorError"


def run_due(now: datetime) -> int:
    """Verify what is due at ``now`` (aware), forget what was refused long ago; return how many pairs were looked at."""
    forget(now)
    rows = _claim(now)
    if not rows:
        return 0
    finder = Finder()
    asked = [row for row in rows if _may_be_asked(row, finder, now)]
    with ThreadPoolExecutor(THREADS, thread_name_prefix="verifying") as pool:
        answers = list(pool.map(lambda row: _ask(Pair(row.source, row.target), now), asked))
    for row, answer in zip(asked, answers, strict=True):
        _judge(row, answer, finder, now)
    return len(rows)


def _judge(row: ReceivedMention, answer: Answer, finder: Finder, now: datetime) -> None:
    """Write what one answer means. Whatever is wrong with one page holds up no other."""
    try:
        with transaction.atomic():
            held = ReceivedMention.objects.select_for_update().filter(pk=row.pk, lease_until=row.lease_until)
            known = held.values_list("reaction_id", flat=True).first()
            if not held.exists():
                return  # it is another worker's by now, or gone
            row.reaction_id = known
            _Verdict(row, finder, now).on(answer)
    except DATABASE_TROUBLE:
        raise  # it is asked again when its lease is over
    except Exception as error:
        # The cause by its class only: a message may quote what a reader wrote.
        logger.error("a mention could not be stored: %s", type(error).__qualname__)
        reason = _("The page could not be read, for a reason that only the log knows.")
        _done(row, now, state=_unless_verified(row), reason=reason)


def forget(now: datetime) -> None:
    """Forget what was refused long ago."""
    refused = ReceivedMention.objects.filter(state=ReceivedMention.State.REFUSED, due_at__isnull=True)
    refused.filter(received_at__lt=now - FORGOTTEN).delete()


def waiting(now: datetime) -> QuerySet[ReceivedMention]:
    """What is due at ``now`` and nobody's, the longest due first."""
    return ReceivedMention.objects.filter(_free(now), due_at__lte=now).order_by("due_at", "pk")


def _free(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def _claim(now: datetime) -> list[ReceivedMention]:
    by_host: dict[str, ReceivedMention] = {}
    for row in waiting(now)[:CHOICE]:
        by_host.setdefault(row.host, row)
    claimed = []
    for row in list(by_host.values())[:AT_ONCE]:
        if ReceivedMention.objects.filter(_free(now), pk=row.pk).update(lease_until=now + LEASE):
            row.lease_until = now + LEASE
            claimed.append(row)
    return claimed


def _ask(pair: Pair, now: datetime) -> Answer:
    """What the source is. It runs in any thread, and asks no database."""
    from smeditor.networks.webmention.source import fetch_source  # loaded where there is something to read

    try:
        with outside_client() as client:
            return fetch_source(client, pair, now)
    except SmeditorError as error:
        return error
    except Exception as error:
        # The cause by its class only: a message may quote what a reader wrote.
        logger.error("a page could not be read: %s", type(error).__qualname__)
        return BadAnswer(_("The page could not be read, for a reason that only the log knows."))


def _may_be_asked(row: ReceivedMention, finder: Finder, now: datetime) -> bool:
    """Whether its target is an article of ours that the public may read; no page is asked for any other."""
    article = finder.page_at(row.target)
    if article is None:
        _done(row, now, state=_unless_verified(row), reason=_("The target is no article."))
        return False
    visibility = visibility_of(article, now)
    if visibility.public or row.reaction_id:
        return True
    if now - row.received_at > LONGEST_WAIT:
        _done(row, now, state=ReceivedMention.State.REFUSED, reason=visibility.reason)
    else:
        pause = max(PATIENCE[1], (now - row.received_at) / 4)
        at = min(visibility.until or now + pause, now + LONGEST_WAIT)
        _done(row, now, reason=visibility.reason, due_at=at, checked_at=row.checked_at)
    return False


class _Verdict:
    """What one answer means for one pair."""

    def __init__(self, row: ReceivedMention, finder: Finder, now: datetime) -> None:
        self.row = row
        self.finder = finder
        self.now = now

    def on(self, answer: Answer) -> None:
        """Store, erase, wait or refuse."""
        if not isinstance(answer, SmeditorError):
            self._read(answer)
        elif isinstance(answer, Gone):
            missing = _("The page is not there.")
            self._withdraw(missing) if answer.status == STATUS_GONE else self._missing(missing)
        elif isinstance(answer, RateLimited):
            self._later(answer.sentence, answer.again_at(self.now))
        elif isinstance(answer, FetchRefused | BadAnswer | Refused | AuthExpired):
            self._unreadable(answer.sentence)
        else:
            self._later(answer.sentence)

    def _read(self, page: SourcePage) -> None:
        if page.gone:
            self._withdraw(_("The page says that it was deleted."))
        elif page.item is not None:
            self._keep(page.item)
        elif page.whole:
            self._missing(_("The page does not link to the article."))
        else:
            self._later(_("The page could not be read to its end."))

    def _keep(self, item: InboundItem) -> None:
        article = self.finder.page_at(self.row.target)
        if article is None:
            _done(self.row, self.now, state=_unless_verified(self.row), reason=_("The target is no article."))
            return
        reaction, before = self._stored(item, article), self.row.reaction
        if before is not None and (reaction is None or before.pk != reaction.pk):
            self._erase_own(before)  # it was a like and is an answer now
        if reaction is None or erase.is_hidden(reaction):
            # Its author deleted it or does not want to be collected, or it is our own: its address does not stay.
            ReceivedMention.objects.filter(pk=self.row.pk).delete()
            return
        verified = ReceivedMention.State.VERIFIED
        _done(self.row, self.now, state=verified, reaction=reaction, tries=0, missing_since=None, reason="")

    def _stored(self, item: InboundItem, article: AbstractPage) -> Reaction | None:
        origin = Origin(WEB, article=article, attached_only=True)
        keys = [key.key for key in keys_of(item, origin.scope)]
        known = ReactionKey.objects.filter(key__in=keys).exists()
        # What a page says now is what it says, whatever date it gives to that.
        item = replace(item, edited_at=self.now) if known else item
        store([item], origin, self.now, self.finder)
        found = ReactionKey.objects.filter(key__in=keys).select_related("reaction").first()
        return found.reaction if found else None

    def _missing(self, reason: str) -> None:
        """It is not there. Of what was there before two checks must say so; what never was is waited for a little."""
        if self.row.reaction is None:
            self._later(reason)
            return
        since = self.row.missing_since or self.now
        if self.now - since >= SECOND_CHECK:
            self._withdraw(reason)
        else:
            _done(self.row, self.now, reason=reason, missing_since=since, due_at=since + SECOND_CHECK)

    def _withdraw(self, reason: str) -> None:
        """Erase what the page said, unless it still links to another article of ours, or somebody else shows it."""
        reaction = self.row.reaction
        if reaction is None:
            _done(self.row, self.now, state=ReceivedMention.State.REFUSED, reason=reason)
            return
        verified = ReceivedMention.objects.filter(reaction=reaction, state=ReceivedMention.State.VERIFIED)
        others = verified.exclude(pk=self.row.pk).order_by("pk")
        other = others.first()
        ReceivedMention.objects.filter(pk=self.row.pk).delete()
        if other is None:
            self._erase_own(reaction)
            return
        # Is that one still there? It is asked at once, and what it leads to is what the page is about.
        article = self.finder.page_at(other.target)
        if article is not None:
            Reaction.objects.filter(pk=reaction.pk).update(article=article)
        others.update(due_at=self.now)

    def _erase_own(self, reaction: Reaction) -> None:
        """Erase a reaction that is known by this page alone; what a network shows is gone when the network says so."""
        if reaction.network == WEB and reaction.source_id is None:
            erase.erase(reaction, self.now)

    def _unreadable(self, reason: str) -> None:
        """It will not be read the next time either. Of what was there before that tells nothing."""
        _done(self.row, self.now, state=_unless_verified(self.row), reason=reason)

    def _later(self, reason: str, at: datetime | None = None) -> None:
        """Ask again, ever more rarely, and some day no more."""
        if self.row.tries >= len(PATIENCE):
            self._unreadable(reason)
            return
        due = max(at or self.now, self.now + PATIENCE[self.row.tries])
        _done(self.row, self.now, reason=reason, due_at=due, tries=self.row.tries + 1)


def _unless_verified(row: ReceivedMention) -> str:
    """Refused, unless it was true once."""
    return ReceivedMention.State.VERIFIED if row.reaction_id else ReceivedMention.State.REFUSED


def _done(row: ReceivedMention, now: datetime, *, reason: str, due_at: datetime | None = None, **changes: Any) -> None:
    """Write what came of a check and let go of the row. Where it was sent again meanwhile, it is due all the same."""
    changes = {"checked_at": now, "reason": reason[:300], "lease_until": None, **changes}
    mine = ReceivedMention.objects.filter(pk=row.pk, lease_until=row.lease_until)
    if not mine.filter(received_at=row.received_at).update(due_at=due_at, **changes):
        mine.update(**{**changes, "tries": 0})
