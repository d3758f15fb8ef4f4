"""Where a post goes: at least one account, which sends, is connected and not on hold, and whose four eyes are two people's."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.models import Account, Delivery
from smeditor.models.approval import authors_of, latest_revision
from smeditor.publishing import approval, fitting, holds
from smeditor.publishing.checks.base import Draft, Lookup
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Finding, Severity


def _any(situation: Situation) -> Iterator[str]:
    if not situation.accounts:
        yield _("No account is chosen: the post would go nowhere.")


def _standing(draft: Draft, situation: Situation) -> Iterator[Finding]:
    account = draft.account

    def finding(code: str, severity: Severity, sentence: str) -> Finding:
        return Finding(code, severity, sentence % {"account": account}, account)

    if not account.sends:
        sentence = _("%(account)s only listens: take it off the post.")
        yield finding("does_not_send", Severity.ERROR, sentence)
    if account.state == Account.State.FAILED:
        sentence = _("%(account)s must be reconnected: the post waits until then.")
        yield finding("account_failed", Severity.WARNING, sentence)
    elif account.state == Account.State.DISCONNECTED:
        sentence = _("%(account)s is disconnected: the post waits until it is connected.")
        yield finding("account_disconnected", Severity.WARNING, sentence)
    elif account.state == Account.State.PAUSED:
        sentence = _("%(account)s is paused: the post waits until then.")
        yield finding("account_paused", Severity.WARNING, sentence)
    hold = holds.binding(situation.holds, Delivery(post=situation.post, account=account))
    if hold is not None:
        yield Finding(
            "held",
            Severity.WARNING,
            _("%(account)s: %(reason)s") % {"account": account, "reason": holds.reason(hold)},
            account,
        )
    if not draft.texts and not draft.alts:
        sentence = _("The post for %(account)s has no text: write one.")
        yield finding("empty", Severity.ERROR, sentence)


def _fits(draft: Draft, situation: Situation) -> Iterator[Finding]:
    return fitting.findings(situation.post, draft.account, situation.article.facts)


def _four_eyes(situation: Situation) -> Iterator[Finding]:
    if situation.user is None:
        return
    revision = latest_revision(situation.post)
    authors = authors_of(situation.post, revision.pk if revision else None)
    for account in situation.accounts:
        sentence = approval.objection(account, authors, situation.user.pk)
        if sentence:
            yield Finding("four_eyes", Severity.ERROR, sentence, account)


CHECKS = (
    Lookup("no_account", gettext_lazy("An account"), _any, Severity.ERROR, fixed=True, whole=True),
    Lookup("account", gettext_lazy("The state of the account"), _standing, fixed=True),
    Lookup("fits", gettext_lazy("What the network takes"), _fits, fixed=True),
    Lookup("four_eyes", gettext_lazy("Another pair of eyes"), _four_eyes, Severity.ERROR, fixed=True, whole=True),
)
