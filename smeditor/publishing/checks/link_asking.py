"""Asking foreign addresses whether they open: in the background, each at most every few hours, never while somebody waits."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from smeditor.accounts.clients import outside_client
from smeditor.articles import article_adapter
from smeditor.exceptions import FetchRefused, SmeditorError, TooLarge
from smeditor.models import LinkCheck, Post
from smeditor.publishing.checks import addresses
from smeditor.publishing.checks.base import draft_of
from smeditor.text.links import same_article
from smeditor.wakeup import wake

if TYPE_CHECKING:
    from smeditor.networks.client import GuardedClient

logger = logging.getLogger("smeditor.publishing")

FRESH = timedelta(hours=6)
"""What was asked since is not asked again, however often a post is saved."""
AT_ONCE = 20
LEASE = timedelta(minutes=10)
AGAIN = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""After which a server that gave no answer is asked again; when all are through it counts as unreachable."""
WATCHED = timedelta(days=7)
"""So long after a post was saved a dead link of it is asked again, every few hours: it may come back."""
KEPT = timedelta(days=90)
MOST_BYTES = 200_000
GONE = (404, 410)
State = LinkCheck.State


def ask_for(post: Post, now: datetime) -> int:
    """Have the foreign addresses of ``post`` (as it is in memory) asked soon. Returns how many are to be asked."""
    own = _own_address(post)
    drafts = [draft_of(post, account) for account in post.accounts.all()]
    urls = {addresses.key_of(url): url for draft in drafts for url in addresses.foreign(draft, own)}
    hosts = addresses.own_hosts() if urls else frozenset()
    wanted = {key: url for key, url in urls.items() if not addresses.is_ours(url, hosts)}
    if not wanted:
        return 0
    LinkCheck.objects.bulk_create(
        [LinkCheck(key=key, url=url, asked_at=now, due_at=now) for key, url in sorted(wanted.items())],
        ignore_conflicts=True,
    )
    rows = LinkCheck.objects.filter(key__in=wanted)
    rows.update(asked_at=now)
    old = Q(checked_at__isnull=True) | Q(checked_at__lt=now - FRESH)
    rows.filter(old).exclude(due_at__lte=now + LEASE).update(due_at=now, tries=0)
    waiting = rows.filter(due_at__lte=now).count()
    if waiting:
        wake("check")
    return waiting


def _own_address(post: Post) -> str:
    if post.article is None:
        return ""
    try:
        return article_adapter().facts(post.article.specific).url
    except TypeError:
        return ""


def run_due(now: datetime, client: GuardedClient | None = None) -> int:
    """Ask the addresses that are due, at most twenty, and forget those nobody has linked to for long. Returns how many.

    Two workers at once ask none twice: whoever moves an address's time on asks it. ``client``: in place of the guarded
    client for strangers' addresses.
    """
    LinkCheck.objects.filter(asked_at__lt=now - KEPT).delete()
    due = list(LinkCheck.objects.filter(due_at__lte=now).order_by("due_at", "pk")[:AT_ONCE])
    if not due:
        return 0
    asking = client or outside_client()
    asked = 0
    try:
        for row in due:
            if LinkCheck.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=now + LEASE):
                _record(row, _answer(row.url, asking), now)
                asked += 1
    finally:
        if client is None:
            asking.close()
    return asked


def _answer(url: str, client: GuardedClient) -> dict[str, Any]:
    """The state of an address, with status and final address where there is one."""
    try:
        response = client.get(url, max_bytes=MOST_BYTES)
    except TooLarge:
        return {"state": State.OPENS}  # a film is no page, but it is there
    except FetchRefused:
        return {"state": State.UNKNOWN}
    except SmeditorError:
        return {"state": State.UNREACHABLE}
    status, final = response.status_code, str(response.request.url)
    if status in GONE:
        return {"state": State.DEAD, "status": status}
    if status >= 500:
        return {"state": State.UNREACHABLE, "status": status}
    if status >= 400:
        return {"state": State.UNKNOWN, "status": status}
    if same_article(url, final):
        return {"state": State.OPENS, "status": status}
    return {"state": State.REDIRECTS, "status": status, "final_url": final[:2000]}


def _record(row: LinkCheck, answer: dict[str, Any], now: datetime) -> None:
    changes = {"status": None, "final_url": "", **answer}
    if answer["state"] == State.UNREACHABLE and row.tries < len(AGAIN):
        # A passing failure is not written down as what the link is.
        LinkCheck.objects.filter(pk=row.pk).update(due_at=now + AGAIN[row.tries], tries=F("tries") + 1)
        return
    again = now + FRESH if answer["state"] == State.DEAD and row.asked_at > now - WATCHED else None
    LinkCheck.objects.filter(pk=row.pk).update(checked_at=now, due_at=again, tries=0, **changes)
    logger.info("link checked: id=%s state=%s", row.pk, answer["state"])
