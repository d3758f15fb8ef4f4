"""Telling pages that an article links to them: what is due, one page of a host at a time, each under a lease.

The last check comes before each: a page is told of nothing that the public cannot read. What waits for that has a reason
and an end; what failed is tried again ever more rarely, and given up.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Site

from smeditor import conf
from smeditor.accounts.clients import outside_client
from smeditor.articles import visibility_of
from smeditor.articles.page_model import page_model
from smeditor.exceptions import AuthExpired, BadAnswer, FetchRefused, Gone, RateLimited, Refused, SmeditorError
from smeditor.models import OutgoingMention
from smeditor.models.sources import host_of
from smeditor.networks.webmention.pairs import Pair

if TYPE_CHECKING:
    from smeditor.networks.webmention.sending import Delivered

logger = logging.getLogger("smeditor.mentions")

AT_ONCE = 20
CHOICE = 200
"""Of so many that are due those of different hosts are taken."""
THREADS = 4
LEASE = timedelta(minutes=5)
"""Longer than a fetch, four redirects of an endpoint and their time-outs take, however many stand in line."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 60, 360, 1440, 4320, 10_080))
"""After how long a page that could not be told is told again."""
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = timedelta(days=30)
"""How long an article of which nobody knows when it will be public is waited for; then for its next publication."""
State = OutgoingMention.State


def run_due(now: datetime) -> int:
    """Tell the pages that are due at ``now`` (aware); return how many were asked."""
    rows = [row for row in _claim(now) if _may_be_sent(row, now)]
    if not rows:
        return 0
    own = {host_of(f"//{name}") for name in Site.objects.values_list("hostname", flat=True)}
    pingbacks = conf.get("PINGBACKS")
    with ThreadPoolExecutor(THREADS, thread_name_prefix="announcing") as pool:
        results = list(pool.map(lambda row: _send(row, own, pingbacks), rows))
    for row, result in zip(rows, results, strict=True):
        _note(row, result, now)
    return len(rows)


def _claim(now: datetime) -> list[OutgoingMention]:
    if not conf.get("WEBMENTION_SENDS"):
        return []
    by_host: dict[str, OutgoingMention] = {}
    for row in waiting(now)[:CHOICE]:
        by_host.setdefault(row.host, row)
    claimed = []
    for row in list(by_host.values())[:AT_ONCE]:
        if OutgoingMention.objects.filter(_free(now), pk=row.pk, due_at=row.due_at).update(lease_until=now + LEASE):
            row.lease_until = now + LEASE
            claimed.append(row)
    return claimed


def waiting(now: datetime) -> QuerySet[OutgoingMention]:
    """What is due at ``now`` and nobody's, the longest due first."""
    return OutgoingMention.objects.filter(_free(now), due_at__lte=now).order_by("due_at", "pk")


def _free(now: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now)


def _may_be_sent(row: OutgoingMention, now: datetime) -> bool:
    """The last check: of what is linked the public must be able to read it; of what is not, the page must know."""
    if not row.linked:
        if row.sent_at is None:
            _done(row, state=State.WITHDRAWN)
        return row.sent_at is not None
    page = page_model().objects.filter(pk=row.article_key).first()
    if page is None:
        _done(row, state=State.WITHDRAWN, reason=_("The article was deleted."))
        return False
    visibility = visibility_of(page, now)
    if visibility.public:
        return True
    since = visibility.until or row.waits_since or now
    if now - since > PATIENCE:
        _done(row, state=State.FAILED, reason=visibility.reason)
        return False
    pause = min(max((now - since) / 10, SHORTEST_WAIT), LONGEST_WAIT)
    _done(row, reason=visibility.reason, waits_since=since, due_at=visibility.until or now + pause)
    return False


def _send(row: OutgoingMention, own_hosts: Collection[str], pingbacks: bool) -> Delivered | SmeditorError:
    """Tell one page. It runs in any thread, and asks no database."""
    from smeditor.networks.webmention.sending import announce  # loaded where there is something to send

    try:
        with outside_client() as client:
            pair = Pair(row.source, row.target)
            return announce(client, pair, pingbacks=pingbacks, own_hosts=own_hosts, first=row.sent_at is None)
    except SmeditorError as error:
        return error
    except Exception as error:
        logger.error("a page could not be told: %s", type(error).__qualname__)
        return BadAnswer(_("It could not be sent, for a reason that only the log knows."))


def _note(row: OutgoingMention, result: Delivered | SmeditorError, now: datetime) -> None:
    """Write down what came of it."""
    from smeditor.networks.webmention.sending import NoEndpoint

    if not isinstance(result, SmeditorError):
        _done(row, state=State.SENT, reason="", sent_at=now, tries=0, endpoint=result.endpoint.url)
    elif isinstance(result, NoEndpoint | Gone):
        _done(row, state=State.UNWANTED, reason=result.sentence)
    elif isinstance(result, Refused | FetchRefused | AuthExpired | BadAnswer):
        _done(row, state=State.REFUSED, reason=result.sentence)
    elif row.tries >= len(PAUSES):
        _done(row, state=State.FAILED, reason=result.sentence)
    else:
        at = now + PAUSES[row.tries]
        if isinstance(result, RateLimited):
            at = max(at, result.again_at(now))
        _done(row, reason=result.sentence, due_at=at, tries=row.tries + 1)


def _done(row: OutgoingMention, *, due_at: datetime | None = None, **changes: Any) -> None:
    """Write what came of it and let go of the row; what was published meanwhile stays due."""
    if "reason" in changes:
        changes["reason"] = str(changes["reason"])[:300]
    mine = OutgoingMention.objects.filter(pk=row.pk, lease_until=row.lease_until)
    if mine.filter(due_at=row.due_at).update(due_at=due_at, lease_until=None, **changes):
        return
    # Published or withdrawn while it was being told: what it is due for now is another revision.
    kept = {name: changes[name] for name in ("sent_at", "endpoint") if name in changes}
    mine.update(lease_until=None, **kept)
    if kept:
        # Withdrawn before it was known to have been sent: it was, so that the page must hear of that too.
        unaware = OutgoingMention.objects.filter(pk=row.pk, linked=False, due_at=None)
        unaware.update(due_at=kept["sent_at"], state=State.WAITING, tries=0)
