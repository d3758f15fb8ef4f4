"""Links that lead nowhere: the site's own pages are looked up, foreign ones were asked in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.articles import article_adapter
from smeditor.models import LinkCheck
from smeditor.publishing.checks import addresses
from smeditor.publishing.checks.base import ALWAYS, Draft, Lookup
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Severity

STALE = timedelta(days=2)
"""What was found longer ago says nothing of today: it is asked again when the post is saved or approved."""
State = LinkCheck.State


def _dead(draft: Draft, situation: Situation) -> Iterator[str]:
    for url in situation.links(draft):
        row = known(url, situation)
        if row is not None and row.state == State.DEAD:
            sentence = _("%(url)s does not exist (any more), its server says: correct the link or take it out.")
            yield sentence % {"url": url}
        elif row is None and addresses.is_ours(url, situation.own_hosts) and leads_to_nobody(url, situation):
            sentence = _("%(url)s is not open to the public: correct the link, or publish the article first.")
            yield sentence % {"url": url}


def _unreachable(draft: Draft, situation: Situation) -> Iterator[str]:
    for url in situation.links(draft):
        row = known(url, situation)
        if row is not None and row.state == State.UNREACHABLE:
            sentence = _(
                "%(url)s could not be reached, time and again: open it yourself before you send readers there."
            )
            yield sentence % {"url": url}


def _redirected(draft: Draft, situation: Situation) -> Iterator[str]:
    for url in situation.links(draft):
        row = known(url, situation)
        if row is not None and row.state == State.REDIRECTS:
            sentence = _("%(url)s leads to %(final)s: check that this is the page you mean, and link to it.")
            yield sentence % {"url": url, "final": row.final_url}


def _unchecked(draft: Draft, situation: Situation) -> Iterator[str]:
    for url in situation.links(draft):
        row = known(url, situation)
        if (row is None or row.state == State.WAITING) and not addresses.is_ours(url, situation.own_hosts):
            sentence = _("Whether %(url)s opens was not checked yet: it will be, once the post is saved.")
            yield sentence % {"url": url}


def known(url: str, situation: Situation) -> LinkCheck | None:
    """What is known of an address and is not too old to count; a check that is waiting counts as it is."""
    row = situation.link_checks.get(addresses.key_of(url))
    if row is None or row.checked_at is None or row.checked_at >= situation.now - STALE:
        return row
    return None


def leads_to_nobody(url: str, situation: Situation) -> bool:
    """Whether an address of ours is an article's that the public cannot read now; a page that is none is not judged."""
    adapter = article_adapter()
    page = adapter.find(url)
    return page is not None and not adapter.public_now(page, situation.now)


CHECKS = (
    Lookup("link_dead", gettext_lazy("Dead links"), _dead, Severity.WARNING, stages=ALWAYS),
    Lookup("link_unreachable", gettext_lazy("Links that cannot be reached"), _unreachable, Severity.WARNING),
    Lookup("link_redirected", gettext_lazy("Links that lead elsewhere"), _redirected, Severity.INFO),
    Lookup("link_unchecked", gettext_lazy("Links that nobody checked yet"), _unchecked, Severity.INFO),
)
